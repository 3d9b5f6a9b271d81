from __future__ import annotations

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from .helpers import Account


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("ssm", "start_automation_execution", {"DocumentName": "x"}),
        ("ec2", "describe_ipams", {}),
        ("elbv2", "describe_trust_stores", {}),
    ],
)
def test_an_operation_we_lack_is_refused_at_the_first_attempt(
    aws: Account, service: str, operation: str, arguments: dict[str, str]
) -> None:
    client = boto3.client(
        service,
        endpoint_url=aws.engine.endpoint,
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(retries={"total_max_attempts": 4, "mode": "standard"}),
    )
    with pytest.raises(ClientError) as refusal:
        getattr(client, operation)(**arguments)
    assert refusal.value.response["Error"]["Code"] == "NotImplementedByTheEmbeddedEngine"
    assert refusal.value.response["ResponseMetadata"]["RetryAttempts"] == 0
