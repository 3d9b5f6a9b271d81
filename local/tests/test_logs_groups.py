from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .helpers import Account, unique


@pytest.fixture
def account(aws: Account) -> Account:
    return aws.of_its_own()


def make(account: Account, count: int, prefix: str = "/many/", **more: Any) -> dict[str, int]:
    answer: dict[str, int] = account.post(
        "/logs/groups", prefix=prefix, count=count, account=account.engine.account, **more
    )
    return answer


def names(account: Account, **request: Any) -> list[list[str]]:
    """The names of every page."""
    pages: list[list[str]] = []
    token: dict[str, str] = {}
    while True:
        page = account("logs").describe_log_groups(**request, **token)
        pages.append([group["logGroupName"] for group in page["logGroups"]])
        if "nextToken" not in page:
            return pages
        token = {"nextToken": page["nextToken"]}


def test_pages_hold_fifty_groups_in_the_order_of_their_names(account: Account) -> None:
    assert make(account, 120) == {"made": 120, "already": 0}
    pages = names(account)
    assert [len(page) for page in pages] == [50, 50, 20]
    assert [name for page in pages for name in page] == [f"/many/{number:05d}" for number in range(120)]


def test_a_full_last_page_has_no_token(account: Account) -> None:
    make(account, 100)
    assert [len(page) for page in names(account)] == [50, 50]


def test_groups_that_are_there_already_stay(account: Account) -> None:
    make(account, 2)
    assert make(account, 3) == {"made": 1, "already": 2}


def test_a_prefix_a_pattern_and_a_class_choose_groups(account: Account) -> None:
    for name in ("/a/one", "/a/two", "/b/one"):
        account.log_group(name)
    account.log_group("/b/rare", logGroupClass="INFREQUENT_ACCESS")
    assert names(account, logGroupNamePrefix="/a/") == [["/a/one", "/a/two"]]
    assert names(account, logGroupNamePattern="one") == [["/a/one", "/b/one"]]
    assert names(account, logGroupClass="INFREQUENT_ACCESS") == [["/b/rare"]]
    assert names(account, logGroupNamePrefix="/c") == [[]]


def test_every_group_says_its_class(account: Account) -> None:
    account.log_group("/a")
    account.log_group("/b", logGroupClass="INFREQUENT_ACCESS")
    groups = account("logs").describe_log_groups()["logGroups"]
    assert [group["logGroupClass"] for group in groups] == ["STANDARD", "INFREQUENT_ACCESS"]
    assert groups[0]["logGroupArn"] + ":*" == groups[0]["arn"]


def test_a_group_deleted_between_two_pages_moves_nothing(account: Account) -> None:
    make(account, 60)
    first = account("logs").describe_log_groups()
    account("logs").delete_log_group(logGroupName="/many/00049")
    second = account("logs").describe_log_groups(nextToken=first["nextToken"])
    assert second["logGroups"][0]["logGroupName"] == "/many/00050"


@pytest.mark.parametrize("token", ["nonsense", "bnVsbA=="])
def test_a_token_that_nobody_gave_is_refused(account: Account, token: str) -> None:
    with pytest.raises(account("logs").exceptions.InvalidParameterException, match="nextToken is invalid"):
        account("logs").describe_log_groups(nextToken=token)


def test_a_token_expires_after_a_day(account: Account) -> None:
    make(account, 60)
    token = account("logs").describe_log_groups()["nextToken"]
    account.post("/clock/advance", seconds=24 * 3600 - 60)
    assert len(account("logs").describe_log_groups(nextToken=token)["logGroups"]) == 10
    account.post("/clock/advance", seconds=61)
    with pytest.raises(account("logs").exceptions.InvalidParameterException):
        account("logs").describe_log_groups(nextToken=token)


@pytest.mark.parametrize("limit", [51, 1000])
def test_more_than_a_page_is_refused(account: Account, limit: int) -> None:
    with pytest.raises(ClientError):
        account("logs").describe_log_groups(limit=limit)


@pytest.mark.parametrize("name", ["with space", "x" * 513, "a:b"])
def test_a_name_that_aws_refuses_is_refused(account: Account, name: str) -> None:
    with pytest.raises(account("logs").exceptions.InvalidParameterException):
        account("logs").create_log_group(logGroupName=name)


def test_an_unknown_class_is_refused(account: Account) -> None:
    with pytest.raises(account("logs").exceptions.InvalidParameterException, match="logGroupClass"):
        account("logs").create_log_group(logGroupName=unique("g"), logGroupClass="RARE")


def test_what_is_deleted_is_not_found(account: Account) -> None:
    logs, name = account("logs"), account.log_group()
    logs.delete_log_group(logGroupName=name)
    missing = logs.exceptions.ResourceNotFoundException
    for call in (
        lambda: logs.delete_log_group(logGroupName=name),
        lambda: logs.put_retention_policy(logGroupName=name, retentionInDays=7),
        lambda: logs.describe_subscription_filters(logGroupName=name),
        lambda: logs.delete_subscription_filter(logGroupName=name, filterName="f"),
        lambda: account.log(name, "too late"),
    ):
        with pytest.raises(missing):
            call()


def test_a_page_of_ten_thousand_groups_takes_no_second(account: Account) -> None:
    make(account, 10_000)
    started, pages = time.perf_counter(), names(account)
    taken = (time.perf_counter() - started) / len(pages)
    assert len(pages) == 200
    assert taken < 1, f"{taken * 1000:.1f} ms a page"


def test_groups_of_a_prefix_that_no_group_can_have_are_refused(account: Account) -> None:
    assert "needs `prefix`" in account.post("/logs/groups", prefix="a b", count=3)["error"]
