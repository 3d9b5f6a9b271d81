from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from .helpers import Account

PAGE = {"Origin": "https://page.example"}
IMAGE = {"Sec-Fetch-Site": "cross-site"}


@pytest.mark.parametrize("headers", [PAGE, IMAGE])
@pytest.mark.parametrize("path", ["/_engine/health", "/?Action=ListTopics"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_web_page_is_refused(aws: Account, headers: dict[str, str], path: str, method: str) -> None:
    request = urllib.request.Request(aws.engine.endpoint + path, headers=headers, method=method)
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request)
    assert refusal.value.code == 403


def test_no_page_is_allowed_to_read_an_answer(aws: Account) -> None:
    bucket = aws("s3").list_buckets()
    assert "access-control-allow-origin" not in bucket["ResponseMetadata"]["HTTPHeaders"]
