from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from wrasse_local.health_events import HealthEvent
from wrasse_local.health_messages import backup_of, message, region_of

STARTED = datetime(2026, 11, 20, 12, 0, 0, 500_000, tzinfo=UTC)
CLOSED = datetime(2026, 11, 20, 13, 30, 0, 900_000, tzinfo=UTC)


def event(region: str | None = "eu-west-1", scope: str = "PUBLIC", **more: Any) -> HealthEvent:
    arn = f"arn:aws:health:{region}::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/AWS_EC2_OPERATIONAL_ISSUE_1"
    made: dict[str, Any] = {"status": "open", "started": STARTED, "updated": STARTED, **more}
    return HealthEvent(arn, "EC2", "AWS_EC2_OPERATIONAL_ISSUE", "issue", region, scope, "123456789012", **made)


def test_a_message_is_as_the_schema_says() -> None:
    closed = event(status="closed", updated=CLOSED, ended=CLOSED, revision=2)
    made = message(closed, "123456789012", "eu-west-1", "an-id", CLOSED)
    detail = made.pop("detail")
    assert made == {
        "version": "0",
        "id": "an-id",
        "detail-type": "AWS Health Event",
        "source": "aws.health",
        "account": "123456789012",
        "time": "2026-11-20T13:30:00Z",
        "region": "eu-west-1",
        "resources": [],
    }
    told = detail.pop("communicationId")
    assert (len(told), told[-2:]) == (42, "-1")
    assert detail.pop("eventDescription")[0]["language"] == "en_US"
    assert detail == {
        "eventArn": closed.arn,
        "service": "EC2",
        "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE",
        "eventTypeCategory": "issue",
        "eventScopeCode": "PUBLIC",
        "startTime": "Fri, 20 Nov 2026 12:00:00 GMT",
        "endTime": "Fri, 20 Nov 2026 13:30:00 GMT",
        "lastUpdatedTime": "Fri, 20 Nov 2026 13:30:00 GMT",
        "statusCode": "closed",
        "eventRegion": "eu-west-1",
        "affectedEntities": [],
        "page": "1",
        "totalPages": "1",
        "backupEvent": "false",
        "affectedAccount": "123456789012",
        "personas": ["OPERATIONS"],
    }


def test_a_copy_says_so_and_has_the_communication_of_its_original() -> None:
    made = [message(event(), "123456789012", region, "id", STARTED) for region in ("eu-west-1", "us-west-2")]
    original, copy = (item["detail"] for item in made)
    assert made[1]["region"] == "us-west-2"
    assert copy.pop("backupEvent") == "true"
    assert original.pop("backupEvent") == "false"
    assert copy == original


def test_an_update_is_another_communication() -> None:
    told = [message(event(revision=number), "1", "eu-west-1", "id", STARTED)["detail"] for number in (1, 2)]
    assert told[0]["communicationId"] != told[1]["communicationId"]


def test_an_event_without_a_region_names_none() -> None:
    assert "eventRegion" not in message(event(None), "1", "us-east-1", "id", STARTED)["detail"]


@pytest.mark.parametrize(
    ("region", "first", "backup"),
    [
        ("eu-west-1", "eu-west-1", "us-west-2"),
        ("us-east-1", "us-east-1", "us-west-2"),
        ("us-west-2", "us-west-2", "us-east-1"),
        ("global", "us-east-1", "us-west-2"),
        (None, "us-east-1", "us-west-2"),
    ],
)
def test_where_a_message_and_its_copy_go(region: str | None, first: str, backup: str) -> None:
    assert region_of(event(region)) == first
    assert backup_of(event(region), is_awaited=True) == backup
    assert backup_of(event(region), is_awaited=False) is None
    assert backup_of(event(region, "ACCOUNT_SPECIFIC"), is_awaited=False) == backup
