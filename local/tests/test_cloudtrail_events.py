from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .helpers import Account, unique
from .test_eventbridge_targets import events, function


@pytest.fixture
def account(aws: Account) -> Account:
    return aws.of_its_own()


@pytest.fixture
def heard(account: Account) -> str:
    """A function that is told of new log groups `/app/...`."""
    name, arn = function(account)
    pattern = {
        "source": ["aws.logs"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": ["logs.amazonaws.com"],
            "eventName": ["CreateLogGroup"],
            "requestParameters": {"logGroupName": [{"anything-but": {"prefix": f"/aws/lambda/{name}"}}]},
        },
    }
    account("events").put_rule(Name="new-groups", EventPattern=json.dumps(pattern))
    account("events").put_targets(Rule="new-groups", Targets=[{"Id": "t", "Arn": arn}])
    return name


def test_a_new_group_is_an_event_with_the_request_s_parameters(account: Account, heard: str) -> None:
    account("logs").create_log_group(logGroupName="/app/a", tags={"team": "blue"}, logGroupClass="INFREQUENT_ACCESS")
    [event] = events(account, heard)
    detail: dict[str, Any] = event["detail"]
    assert detail["requestParameters"] == {
        "logGroupName": "/app/a",
        "logGroupClass": "INFREQUENT_ACCESS",
        "tags": {"team": "blue"},
    }
    assert detail["userIdentity"]["accountId"] == account.engine.account
    assert detail["recipientAccountId"] == event["account"] == account.engine.account
    assert "errorCode" not in detail


def test_a_call_that_fails_is_an_event_with_its_error(account: Account, heard: str) -> None:
    account("logs").create_log_group(logGroupName="/app/a")
    with pytest.raises(ClientError):
        account("logs").create_log_group(logGroupName="/app/a")
    found = events(account, heard, 2)
    assert sorted(event["detail"].get("errorCode", "") for event in found) == ["", "ResourceAlreadyExistsException"]


def test_a_group_that_lambda_makes_is_an_event_once(account: Account, heard: str) -> None:
    other = account.function("def handle(event):\n    return {}")
    account.invoke(other, {})
    account.invoke(other, {})
    account("logs").create_log_group(logGroupName="/app/last")
    names = [event["detail"]["requestParameters"]["logGroupName"] for event in events(account, heard, 2)]
    assert sorted(names) == ["/app/last", f"/aws/lambda/{other}"]


def test_another_account_hears_nothing(aws: Account, account: Account, heard: str) -> None:
    aws.of_its_own()("logs").create_log_group(logGroupName=f"/{unique('elsewhere')}")
    account("logs").create_log_group(logGroupName="/app/here")
    [event] = events(account, heard)
    assert event["detail"]["requestParameters"]["logGroupName"] == "/app/here"
