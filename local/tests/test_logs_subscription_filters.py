from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from .helpers import Account


@pytest.fixture
def account(aws: Account) -> Account:
    return aws.of_its_own()


def filters(account: Account, group: str, **more: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = account("logs").describe_subscription_filters(logGroupName=group, **more)[
        "subscriptionFilters"
    ]
    return found


def test_a_filter_is_described_as_it_was_put(account: Account) -> None:
    group, stream = account.log_group(), account.kinesis_stream()
    account.subscribe(group, stream, "mine", distribution="Random")
    [found] = filters(account, group)
    assert found.pop("creationTime") > 0
    assert found == {
        "filterName": "mine",
        "logGroupName": group,
        "filterPattern": "",
        "destinationArn": stream,
        "roleArn": f"arn:aws:iam::{account.engine.account}:role/to-stream",
        "distribution": "Random",
    }


def test_a_third_filter_is_over_the_limit_and_a_second_name_is_not(account: Account) -> None:
    group, stream = account.log_group(), account.kinesis_stream()
    account.subscribe(group, stream, "a")
    account.subscribe(group, stream, "b")
    with pytest.raises(account("logs").exceptions.LimitExceededException, match=r"Resource limit exceeded\."):
        account.subscribe(group, stream, "c")
    other = account.kinesis_stream()
    account.subscribe(group, other, "b")
    assert {entry["filterName"]: entry["destinationArn"] for entry in filters(account, group)} == {
        "a": stream,
        "b": other,
    }
    assert [entry["filterName"] for entry in filters(account, group, filterNamePrefix="b")] == ["b"]


def test_a_deleted_filter_delivers_no_more(account: Account) -> None:
    group, stream = account.log_group(), account.kinesis_stream()
    account.subscribe(group, stream)
    account("logs").delete_subscription_filter(logGroupName=group, filterName="f")
    account.log(group, "unheard")
    assert [entry["messageType"] for entry in account.messages(stream)] == ["CONTROL_MESSAGE"]
    with pytest.raises(
        account("logs").exceptions.ResourceNotFoundException, match="subscription filter does not exist"
    ):
        account("logs").delete_subscription_filter(logGroupName=group, filterName="f")


@pytest.mark.parametrize("operation", ["put", "describe", "delete"])
def test_a_group_of_another_class_has_no_filters(account: Account, operation: str) -> None:
    group, stream = account.log_group(logGroupClass="INFREQUENT_ACCESS"), account.kinesis_stream()
    logs = account("logs")
    calls: dict[str, Any] = {
        "put": lambda: account.subscribe(group, stream),
        "describe": lambda: logs.describe_subscription_filters(logGroupName=group),
        "delete": lambda: logs.delete_subscription_filter(logGroupName=group, filterName="f"),
    }
    with pytest.raises(ClientError, match="only supported on the Standard log class") as error:
        calls[operation]()
    assert error.value.response["Error"]["Code"] == "ValidationException"


@pytest.mark.parametrize(
    ("service", "said"),
    [
        ("kinesis", "specified Kinesis stream"),
        ("firehose", "specified Firehose stream"),
        ("lambda", "execute the lambda"),
    ],
)
def test_a_destination_that_is_not_there_is_refused(account: Account, service: str, said: str) -> None:
    kinds = {"kinesis": "stream/no", "firehose": "deliverystream/no", "lambda": "function:no"}
    arn = f"arn:aws:{service}:us-east-1:{account.engine.account}:{kinds[service]}"
    with pytest.raises(account("logs").exceptions.InvalidParameterException, match=said):
        account.subscribe(account.log_group(), arn)


def test_a_stream_of_another_account_is_refused(aws: Account, account: Account) -> None:
    stream = aws.kinesis_stream()
    with pytest.raises(account("logs").exceptions.InvalidParameterException, match="specified Kinesis stream"):
        account.subscribe(account.log_group(), stream)


def test_a_stream_needs_a_role_of_the_caller_s_account(account: Account) -> None:
    group, stream = account.log_group(), account.kinesis_stream()
    request = {"logGroupName": group, "filterName": "f", "filterPattern": "", "destinationArn": stream}
    with pytest.raises(account("logs").exceptions.InvalidParameterException, match="cannot be used without roleArn"):
        account("logs").put_subscription_filter(**request)
    with pytest.raises(ClientError, match="Cross-account pass role is not allowed"):
        account("logs").put_subscription_filter(**request, roleArn="arn:aws:iam::999999999999:role/r")


def test_a_function_takes_no_role(account: Account) -> None:
    arn = f"arn:aws:lambda:us-east-1:{account.engine.account}:function:f"
    with pytest.raises(account("logs").exceptions.InvalidParameterException, match="cannot be used with roleArn"):
        account.subscribe(account.log_group(), arn, roleArn=f"arn:aws:iam::{account.engine.account}:role/r")


def test_another_service_is_no_destination(account: Account) -> None:
    arn = f"arn:aws:sqs:us-east-1:{account.engine.account}:queue"
    with pytest.raises(account("logs").exceptions.InvalidParameterException, match="for vendor sqs"):
        account.subscribe(account.log_group(), arn)
