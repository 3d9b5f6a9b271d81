"""A Health event as EventBridge carries it, and the regions that it is sent to.

AWS: to the region it is about, global ones to us-east-1; a copy with `backupEvent` "true" to us-west-2 (of us-west-2's
events to us-east-1): always of an account's own events, of public ones where a rule in the first region matches them.
`region` is where the message was delivered, `eventRegion` what it is about. Times are RFC 2822 and have no fractions of
a second; pages and `backupEvent` are strings; a copy has its original's `communicationId`.
https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
https://docs.aws.amazon.com/health/latest/ug/choosing-a-region.html
https://docs.aws.amazon.com/health/latest/ug/about-public-events.html
What `communicationId` is made of is not documented; here it is of the ARN and the number of the update.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from .health_events import ACCOUNT_SPECIFIC, GLOBAL, HealthEvent

HOME_OF_GLOBAL = "us-east-1"
BACKUP = "us-west-2"
BACKUP_OF_BACKUP = "us-east-1"
WORDS = "{service} has an event in {region}: a stand-in of the embedded engine."


def region_of(event: HealthEvent) -> str:
    """The region that the event is sent to first. AWS does not say it of one without a region: us-east-1 here."""
    return HOME_OF_GLOBAL if event.region in (None, GLOBAL) else str(event.region)


def backup_of(event: HealthEvent, is_awaited: bool) -> str | None:
    """The region that gets a copy; `is_awaited` says whether a rule of the first region takes the event."""
    if event.scope != ACCOUNT_SPECIFIC and not is_awaited:
        return None
    return BACKUP_OF_BACKUP if region_of(event) == BACKUP else BACKUP


def message(event: HealthEvent, account: str, delivered_to: str, identifier: str, now: datetime) -> dict[str, Any]:
    """The whole message; it is a copy where it is delivered to another region than the first."""
    times = {"startTime": event.started, "endTime": event.ended, "lastUpdatedTime": event.updated}
    described = {"language": "en_US", "latestDescription": WORDS.format(service=event.service, region=event.region)}
    told = hashlib.sha256(f"{event.arn} {event.revision}".encode()).hexdigest()[:40]
    return {
        "version": "0",
        "id": identifier,
        "detail-type": "AWS Health Event",
        "source": "aws.health",
        "account": account,
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": delivered_to,
        "resources": [],
        "detail": {
            "eventArn": event.arn,
            "service": event.service,
            "eventTypeCode": event.type_code,
            "eventTypeCategory": event.category,
            "eventScopeCode": event.scope,
            "communicationId": f"{told}-1",
            **{name: format_datetime(time, usegmt=True) for name, time in times.items() if time},
            "statusCode": event.status,
            **({"eventRegion": event.region} if event.region else {}),
            "eventDescription": [described],
            "affectedEntities": [],
            "page": "1",
            "totalPages": "1",
            "backupEvent": "true" if delivered_to != region_of(event) else "false",
            "affectedAccount": account,
            "personas": ["OPERATIONS"],
        },
    }
