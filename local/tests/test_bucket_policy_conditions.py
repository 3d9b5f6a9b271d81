from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .helpers import Account, unique


def bucket(aws: Account, condition: dict[str, Any]) -> str:
    name = unique("bucket")
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [f"arn:aws:s3:::{name}/*"]}
    policy = {"Version": "2012-10-17", "Statement": [{**statement, **condition}]}
    aws("s3").create_bucket(Bucket=name)
    aws("s3").put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
    return name


def test_a_refusal_of_plain_http_does_not_refuse(aws: Account) -> None:
    name = bucket(aws, {"Condition": {"Bool": {"aws:SecureTransport": "false"}}})
    aws("s3").put_object(Bucket=name, Key="a", Body=b"a")


def test_a_refusal_without_a_condition_refuses(aws: Account) -> None:
    with pytest.raises(ClientError, match="403"):
        aws("s3").put_object(Bucket=bucket(aws, {}), Key="a", Body=b"a")
