from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from wrasse_local.logs_rates import Rates

from .helpers import Account

PUT = "PutSubscriptionFilter"


@pytest.fixture
def account(aws: Account) -> Account:
    return aws.of_its_own()


def codes(account: Account, group: str, calls: int) -> list[str]:
    found = []
    for _ in range(calls):
        try:
            account("logs").describe_subscription_filters(logGroupName=group)
            found.append("ok")
        except ClientError as error:
            found.append(error.response["Error"]["Code"])
    return found


def rates() -> tuple[Rates, Any]:
    at = [datetime(2026, 1, 1, tzinfo=UTC)]

    def later(seconds: float) -> None:
        at[0] += timedelta(seconds=seconds)

    return Rates(lambda: at[0]), later


def test_five_calls_a_second_and_one_more_every_fifth_of_it() -> None:
    limits, later = rates()

    def refused(calls: int) -> list[bool]:
        return [limits.refused(PUT, "1") is not None for _ in range(calls)]

    assert refused(6) == [False] * 5 + [True]
    later(0.2)
    assert refused(2) == [False, True]
    later(60)
    assert refused(6) == [False] * 5 + [True]


@pytest.mark.parametrize(
    ("operation", "account"), [("DeleteSubscriptionFilter", "1"), ("DescribeSubscriptionFilters", "1"), (PUT, "2")]
)
def test_every_operation_and_account_has_a_limit_of_its_own(operation: str, account: str) -> None:
    limits, _ = rates()
    assert [limits.refused(PUT, "1") for _ in range(6)][-1] == "throttle"
    assert limits.refused(operation, account) is None


def test_an_operation_without_a_limit_is_not_limited() -> None:
    limits, _ = rates()
    assert not any(limits.refused("DescribeLogGroups", "1") for _ in range(1000))


def test_the_sixth_call_of_a_second_is_throttled_and_a_skipped_second_allows_five_more(account: Account) -> None:
    group = account.log_group()
    found = codes(account, group, 12)
    assert found[:5] == ["ok"] * 5
    assert "ThrottlingException" in found
    account.post("/clock/advance", seconds=1)
    assert codes(account, group, 5) == ["ok"] * 5


def test_throttling_says_what_aws_says(account: Account) -> None:
    account.post(
        "/logs/faults", kind="throttle", operation="DescribeLogGroups", count=1, account=account.engine.account
    )
    with pytest.raises(ClientError) as error:
        account("logs").describe_log_groups()
    assert error.value.response["Error"] == {"Code": "ThrottlingException", "Message": "Rate exceeded"}
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    account("logs").describe_log_groups()


def test_a_fault_counts_down_and_can_be_taken_back(account: Account) -> None:
    group = account.log_group()
    fault = {"kind": "fail", "operation": "DescribeSubscriptionFilters", "account": account.engine.account}
    account.post("/logs/faults", count=2, **fault)
    assert codes(account, group, 3) == ["ServiceUnavailableException"] * 2 + ["ok"]
    account.post("/logs/faults", count=9, **fault)
    account.post("/logs/faults", kind="clear")
    assert codes(account, group, 1) == ["ok"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"kind": "break", "operation": PUT, "count": 1}, "no fault 'break'"),
        ({"kind": "throttle", "operation": "PutObject", "count": 1}, "needs `operation`"),
        ({"kind": "throttle", "operation": PUT}, "needs `count`"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(aws: Account, body: dict[str, Any], said: str) -> None:
    assert said in aws.post("/logs/faults", **body)["error"]
