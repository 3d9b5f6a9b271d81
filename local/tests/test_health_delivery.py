from __future__ import annotations

import json
from typing import Any

import pytest

from .health import client, opened
from .helpers import Account, unique

PATTERN = json.dumps({"source": ["aws.health"], "detail-type": ["AWS Health Event"]})


@pytest.fixture
def account(aws: Account) -> Account:
    aws.post("/health/reset")
    return aws.of_its_own()


class Queue:
    """A queue of a region, and a rule there that puts Health's events into it."""

    def __init__(self, account: Account, region: str, pattern: str = PATTERN) -> None:
        self._sqs = client(account, region, "sqs")
        self.url = self._sqs.create_queue(QueueName=unique("queue"))["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])
        self.events, self.rule = client(account, region, "events"), unique("rule")
        self.events.put_rule(Name=self.rule, EventPattern=pattern)
        target = {"Id": "q", "Arn": attributes["Attributes"]["QueueArn"]}
        self.events.put_targets(Rule=self.rule, Targets=[target])

    def bodies(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while messages := self._sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self._sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
            found += [json.loads(message["Body"]) for message in messages]
        return found

    def seen(self) -> list[tuple[str, str, str]]:
        """Event, status and whether it is a copy."""
        details = [body["detail"] for body in self.bodies()]
        return [(detail["eventArn"], detail["statusCode"], detail["backupEvent"]) for detail in details]


def test_opening_updating_and_closing_are_told(account: Account) -> None:
    queue = Queue(account, "us-east-1")
    arn = opened(account)
    account.post("/clock/advance", seconds=60)
    account.post("/health/events/update", arn=arn)
    account.post("/clock/advance", seconds=60)
    account.post("/health/events/close", arn=arn)
    bodies = queue.bodies()
    assert [body["detail"]["statusCode"] for body in bodies] == ["open", "open", "closed"]
    assert {(body["account"], body["region"]) for body in bodies} == {(account.engine.account, "us-east-1")}
    assert [("endTime" in body["detail"]) for body in bodies] == [False, False, True]
    assert len({body["detail"]["lastUpdatedTime"] for body in bodies}) == 3
    assert len({body["detail"]["communicationId"] for body in bodies}) == 3


def test_a_rule_sees_its_own_region_s_events(account: Account) -> None:
    home, abroad = Queue(account, "us-east-1"), Queue(account, "eu-west-1")
    arn = opened(account, region="eu-west-1")
    assert home.seen() == []
    assert abroad.seen() == [(arn, "open", "false")]


def test_a_global_event_is_seen_in_us_east_1_and_its_copy_in_us_west_2(account: Account) -> None:
    home, backup, abroad = (Queue(account, region) for region in ("us-east-1", "us-west-2", "eu-west-1"))
    arn = opened(account, "IAM", "global")
    assert (home.seen(), backup.seen(), abroad.seen()) == ([(arn, "open", "false")], [(arn, "open", "true")], [])


def test_a_public_event_is_copied_where_a_rule_of_its_region_takes_it(account: Account) -> None:
    backup = Queue(account, "us-west-2")
    opened(account, region="eu-west-1")
    assert backup.seen() == []
    abroad = Queue(account, "eu-west-1")
    arn = opened(account, region="eu-west-1")
    assert (abroad.seen(), backup.seen()) == ([(arn, "open", "false")], [(arn, "open", "true")])
    abroad.events.disable_rule(Name=abroad.rule)
    opened(account, region="eu-west-1")
    assert backup.seen() == []


def test_an_account_s_own_event_is_always_copied(account: Account, aws: Account) -> None:
    backup, other = Queue(account, "us-west-2"), Queue(aws.of_its_own(), "us-west-2")
    arn = opened(account, region="eu-west-1", scope="ACCOUNT_SPECIFIC", account=account.engine.account)
    assert (backup.seen(), other.seen()) == ([(arn, "open", "true")], [])


def test_a_quiet_change_is_known_to_the_api_alone(account: Account) -> None:
    queue = Queue(account, "us-east-1")
    arn = opened(account, quiet=True)
    account.post("/health/events/close", arn=arn, quiet=True)
    assert queue.seen() == []
    assert client(account).describe_events()["events"][0]["statusCode"] == "closed"


def held(account: Account, queue: Queue, **delivery: Any) -> list[str]:
    """The order, by number, in which six held messages come when they are let go."""
    account.post("/health/delivery", hold=True)
    arns = [opened(account) for _ in range(6)]
    assert queue.seen() == []
    assert account.post("/health/delivery", hold=True)["held"] >= 6
    account.post("/health/delivery", hold=False, **delivery)
    found = [str(arns.index(arn)) for arn, _, _ in queue.seen()]
    account.post("/health/delivery", hold=False, order="sent", duplicates=0)
    return found


def test_held_messages_come_as_they_were_sent(account: Account) -> None:
    assert held(account, Queue(account, "us-east-1")) == list("012345")


def test_held_messages_come_in_reverse(account: Account) -> None:
    assert held(account, Queue(account, "us-east-1"), order="reversed") == list("543210")


def test_held_messages_are_shuffled_alike_for_a_seed(account: Account) -> None:
    queue = Queue(account, "us-east-1")
    first = held(account, queue, order="shuffled", seed=7)
    assert held(account, queue, order="shuffled", seed=7) == first
    assert sorted(first) == list("012345") != first


def test_duplicates_have_the_id_of_the_first(account: Account) -> None:
    queue = Queue(account, "us-east-1")
    account.post("/health/delivery", duplicates=2)
    opened(account)
    ids = [body["id"] for body in queue.bodies()]
    assert (len(ids), len(set(ids))) == (3, 1)
