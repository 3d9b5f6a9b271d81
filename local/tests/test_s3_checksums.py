from __future__ import annotations

import base64
import hashlib

import pytest
from botocore.exceptions import ClientError

from .helpers import Account, unique


def digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def test_a_checksum_that_is_given_is_kept_and_told(aws: Account) -> None:
    s3, bucket = aws("s3"), unique("bucket")
    s3.create_bucket(Bucket=bucket)
    put = s3.put_object(Bucket=bucket, Key="key", Body=b"layer", ChecksumSHA256=digest(b"layer"))
    assert put["ChecksumSHA256"] == digest(b"layer")
    assert s3.head_object(Bucket=bucket, Key="key", ChecksumMode="ENABLED")["ChecksumSHA256"] == digest(b"layer")


def test_a_content_that_is_not_its_checksum_s_is_refused_and_not_kept(aws: Account) -> None:
    s3, bucket = aws("s3"), unique("bucket")
    s3.create_bucket(Bucket=bucket)
    with pytest.raises(ClientError, match="BadDigest"):
        s3.put_object(Bucket=bucket, Key="key", Body=b"layer", ChecksumSHA256=digest(b"lager"))
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket=bucket, Key="key")


def test_an_object_without_one_has_none(aws: Account) -> None:
    s3, bucket = aws("s3"), unique("bucket")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="key", Body=b"layer", ChecksumAlgorithm="CRC32")
    assert "ChecksumSHA256" not in s3.head_object(Bucket=bucket, Key="key", ChecksumMode="ENABLED")
