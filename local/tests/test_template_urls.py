from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from wrasse_local.template_urls import bucket_and_key

from .helpers import Account, unique

TEMPLATE = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:4566/bucket/a/key.template",
        "https://s3.us-east-1.amazonaws.com/bucket/a/key.template",
        "https://bucket.s3.amazonaws.com/a/key.template",
        "https://bucket.s3.us-east-1.amazonaws.com/a/key.template",
        "s3://bucket/a/key.template",
    ],
)
def test_all_forms_of_an_object_address_are_understood(url: str) -> None:
    assert bucket_and_key(url) == ("bucket", "a/key.template")


def test_a_template_is_read_from_our_own_port(aws: Account) -> None:
    bucket, stack = unique("templates"), unique("stack")
    aws("s3").create_bucket(Bucket=bucket)
    aws("s3").put_object(Bucket=bucket, Key="t.json", Body=TEMPLATE)
    aws("cloudformation").create_stack(StackName=stack, TemplateURL=f"{aws.engine.endpoint}/{bucket}/t.json")
    assert aws.stack(stack)["StackStatus"] == "CREATE_COMPLETE"


def test_a_missing_template_names_its_address(aws: Account) -> None:
    url = f"{aws.engine.endpoint}/no-such-bucket/t.json"
    with pytest.raises(ClientError, match=r"no-such-bucket/t\.json"):
        aws("cloudformation").create_stack(StackName=unique("stack"), TemplateURL=url)
