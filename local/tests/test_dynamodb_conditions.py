"""The conditions of health-gate's table, and that they hold with many writers."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from .helpers import Account, unique

KEY = {"pk": {"S": "EVENT"}, "sk": {"S": "us-east-1#arn"}}
IS_NEWER = (
    "attribute_not_exists(pk) OR #updated < :updated OR "
    "(#updated = :updated AND #status <> :closed AND :status = :closed)"
)
NAMES = {"#updated": "updated", "#status": "status"}


@pytest.fixture
def _threads_take_turns_often() -> Iterator[None]:
    """The engine's threads are of this process: what they do in two steps is interrupted between them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def table(aws: Account) -> str:
    name = unique("table")
    aws("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
    )
    return name


def recorded(aws: Account, table: str, updated: int, status: str) -> bool:
    api = aws("dynamodb")
    try:
        api.put_item(
            TableName=table,
            Item={**KEY, "updated": {"N": str(updated)}, "status": {"S": status}},
            ConditionExpression=IS_NEWER,
            ExpressionAttributeNames=NAMES,
            ExpressionAttributeValues={
                ":updated": {"N": str(updated)},
                ":status": {"S": status},
                ":closed": {"S": "closed"},
            },
        )
    except api.exceptions.ConditionalCheckFailedException:
        return False
    return True


def kept(aws: Account, table: str) -> Any:
    item = aws("dynamodb").get_item(TableName=table, Key=KEY, ConsistentRead=True)["Item"]
    return int(item["updated"]["N"]), item["status"]["S"]


def test_comparisons_or_and_existence_decide(aws: Account, table: str) -> None:
    assert recorded(aws, table, 9, "open")
    assert not recorded(aws, table, 9, "open")
    assert not recorded(aws, table, 8, "closed")
    assert recorded(aws, table, 10, "open"), "as numbers, not as texts"
    assert recorded(aws, table, 10, "closed")
    assert not recorded(aws, table, 10, "open")
    assert kept(aws, table) == (10, "closed")


@pytest.mark.usefixtures("_threads_take_turns_often")
def test_the_newest_of_many_writers_is_kept(aws: Account, table: str) -> None:
    numbers = list(range(1, 101))
    random.Random(1).shuffle(numbers)
    with ThreadPoolExecutor(16) as writers:
        list(writers.map(lambda number: recorded(aws, table, number, "open"), numbers))
    assert kept(aws, table) == (100, "open")


@pytest.mark.usefixtures("_threads_take_turns_often")
def test_one_of_many_claims_wins(aws: Account, table: str) -> None:
    api = aws("dynamodb")
    api.put_item(TableName=table, Item={**KEY, "state": {"S": "waiting"}})

    def claim(number: int) -> bool:
        try:
            api.update_item(
                TableName=table,
                Key=KEY,
                UpdateExpression="SET #state = :resuming, claimed_at = :now",
                ConditionExpression="#state = :waiting OR (#state = :resuming AND claimed_at < :stale)",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={
                    ":waiting": {"S": "waiting"},
                    ":resuming": {"S": "resuming"},
                    ":now": {"N": str(1_000 + number)},
                    ":stale": {"N": "1000"},
                },
            )
        except api.exceptions.ConditionalCheckFailedException:
            return False
        return True

    for _ in range(5):
        with ThreadPoolExecutor(16) as claimers:
            assert sum(claimers.map(claim, range(32))) == 1
        api.put_item(TableName=table, Item={**KEY, "state": {"S": "waiting"}})
