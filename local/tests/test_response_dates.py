from __future__ import annotations

import http.client
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest

from .helpers import Account, unique

SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=AKIA/20261120/us-east-1/sqs/aws4_request, Signature=0"}


def dates(aws: Account, method: str, path: str, headers: dict[str, str] | None = None) -> list[str]:
    connection = http.client.HTTPConnection(urlsplit(aws.engine.endpoint).netloc)
    connection.request(method, path, headers=headers or {})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.headers.get_all("Date") or []


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/_engine/health", {}),
        ("GET", "/_engine/nothing", {}),
        ("GET", "/", {"Origin": "https://example.com"}),
        ("GET", "/a-bucket-that-is-not-there", {}),
        ("POST", "/", {"X-Amz-Target": "AWSHealth_20160804.DescribeEvents"}),
        ("POST", "/", {"X-Amz-Target": "DynamoDB_20120810.ListTables"}),
        ("POST", "/", {"X-Amz-Target": "Nothing_1.Nothing"}),
        ("POST", "/?Action=ListQueues&Version=2012-11-05", SIGNED),
    ],
)
def test_every_answer_has_one_date_of_the_engine_s_clock(
    aws: Account, method: str, path: str, headers: dict[str, str]
) -> None:
    aws.post("/clock/advance", seconds=3600)
    [date] = dates(aws, method, path, headers)
    assert date.endswith(" GMT")
    assert abs((parsedate_to_datetime(date) - aws.engine.clock.now()).total_seconds()) < 5


def test_an_sdk_is_served_whatever_the_date(aws: Account) -> None:
    aws.post("/clock/advance", seconds=86_400)
    bucket = unique("bucket")
    aws("s3").create_bucket(Bucket=bucket)
    aws("s3").put_object(Bucket=bucket, Key="k", Body=b"v")
    got = aws("s3").get_object(Bucket=bucket, Key="k")
    assert got["Body"].read() == b"v"
    told = datetime.strptime(got["ResponseMetadata"]["HTTPHeaders"]["date"], "%a, %d %b %Y %H:%M:%S GMT")
    assert abs((told - aws.engine.clock.now().replace(tzinfo=None)).total_seconds()) < 5
