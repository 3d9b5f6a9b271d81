"""The operations of AWS Health: DescribeEvents and DescribeEventDetails, at the active endpoint.

AWS: of the endpoints in us-east-1 and us-east-2 one is active, which the name global.health.amazonaws.com tells; a
request is signed for its region. https://docs.aws.amazon.com/health/latest/ug/health-api.html
Accounts without a Business, Enterprise On-Ramp or Enterprise support plan get SubscriptionRequiredException:
https://docs.aws.amazon.com/health/latest/ug/what-is-aws-health.html
The passive endpoint answers too, and is eventually consistent with the active one (same page); how late is not said:
a minute of the engine's clock here, or on request a 503, as of an endpoint that is down. moto has no Health. Here the
region that a request is signed for says which endpoint it was meant for.
"""

from __future__ import annotations

import re
import select
import socket
import threading
from collections import Counter
from datetime import timedelta
from typing import Any

from moto.iam import models
from werkzeug.wrappers import Request, Response

from . import health_filters
from .engine import ControlError
from .health_events import HealthEvent, HealthEvents
from .health_pages import DEFAULT_SIZE, Pages
from .health_protocols import answer, body_of, malformed, model, refusal
from .put_faults import THROTTLE, Faults
from .unimplemented_operations import CODE

ENDPOINTS = ("us-east-1", "us-east-2")
ERROR, TIMEOUT, MALFORMED, REPEAT = "error", "timeout", "malformed", "repeat"
LONGEST_SILENCE_SECONDS = 15.0
LAGS, REFUSES = "lags", "refuses"
LAG = timedelta(seconds=60)
SCOPE = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/")
NO_PLAN = "AWS Premium Support Subscription is required to use this service."


class Refused(Exception):
    def __init__(self, outcome: str, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.outcome, self.status, self.code, self.message = outcome, status, code, message


class HealthApi:
    """The endpoints. Safe to use from several threads."""

    def __init__(self, events: HealthEvents, pages: Pages) -> None:
        self._events, self._pages = events, pages
        self.faults = Faults(THROTTLE, ERROR, TIMEOUT, MALFORMED, REPEAT)
        self.active, self._passive = ENDPOINTS[0], LAGS
        self._without_plan: set[str] = set()
        self._lock = threading.Lock()
        self._calls: Counter[tuple[str, str]] = Counter()
        self._page_count = 0

    def serve(self, request: Request, operation: str) -> Response:
        access_key, region = _scope(request)
        try:
            response = self._served(request, operation, models.get_account_id_from(access_key), region)
            outcome = "ok" if region == self.active else "passive"
        except Refused as refused:
            response = refusal(request, refused.status, refused.code, refused.message)
            outcome = refused.outcome
        except _Silence:
            self._count(region, TIMEOUT)
            # What was not read yet would look like the client's going.
            request.get_data()
            _wait_for_the_client_to_go(request.environ["werkzeug.socket"])
            raise ConnectionAbortedError("a fault: Health does not answer") from None
        if outcome == "ok" and self.faults.take(MALFORMED):
            response, outcome = malformed(request), MALFORMED
        self._count(region, outcome)
        return response

    def set_plan(self, body: dict[str, Any], account: str) -> dict[str, object]:
        if not isinstance(body.get("support"), bool):
            raise ControlError(400, "`support` is true or false")
        account = body.get("account", account)
        with self._lock:
            (self._without_plan.discard if body["support"] else self._without_plan.add)(account)
        return {"account": account, "support": body["support"]}

    def set_active(self, body: dict[str, Any]) -> dict[str, str]:
        region, passive = body.get("region"), body.get("passive", self._passive)
        if region not in ENDPOINTS or passive not in (LAGS, REFUSES):
            raise ControlError(400, f"`region` is {' or '.join(ENDPOINTS)}, `passive` {LAGS} or {REFUSES}")
        self.active, self._passive = str(region), passive
        return {"active": self.active, "passive": passive}

    def stats(self) -> dict[str, Any]:
        """Calls by the region they were signed for and by outcome; `pages` are the answers of DescribeEvents."""
        with self._lock:
            regions = {region for region, _ in self._calls}
            calls = {
                region: {outcome: count for (of, outcome), count in self._calls.items() if of == region}
                for region in sorted(regions)
            }
            without_plan, pages = sorted(self._without_plan), self._page_count
        return {
            "calls": calls,
            "pages": pages,
            "active": self.active,
            "without_plan": without_plan,
        }

    def clear(self) -> None:
        self.faults.set({"kind": "clear"})
        self.active, self._passive = ENDPOINTS[0], LAGS
        with self._lock:
            self._without_plan.clear()
            self._calls.clear()
            self._page_count = 0

    def _count(self, region: str, outcome: str) -> None:
        with self._lock:
            self._calls[region, outcome] += 1

    def _served(self, request: Request, operation: str, account: str, region: str) -> Response:
        self._refuse(account, region)
        if operation not in ("DescribeEvents", "DescribeEventDetails"):
            raise Refused("invalid", 501, CODE, f"the engine's Health has no {operation}")
        try:
            body = body_of(request)
            broken = health_filters.violations(body, model().operation_model(operation).input_shape)
        except (ValueError, TypeError, AttributeError) as error:
            raise Refused("invalid", 400, "SerializationException", str(error)) from error
        if broken:
            message = health_filters.validation_message(broken)
            raise Refused("invalid", 400, "ValidationException", message)
        made = self._describe_events if operation == "DescribeEvents" else self._describe_details
        lag = timedelta() if region == self.active else LAG
        return answer(request, operation, made(body, self._events.seen_by(account, lag)))

    def _refuse(self, account: str, region: str) -> None:
        """Faults are those of the active endpoint."""
        if region not in ENDPOINTS:
            message = f"Credential should be scoped to a valid region, not '{region}'."
            raise Refused("invalid", 403, "InvalidSignatureException", message)
        if region != self.active and self._passive == REFUSES:
            raise Refused(REFUSES, 503, "ServiceUnavailable", f"the endpoint in {region} is down (as asked for)")
        if region == self.active:
            self._break()
        if account in self._without_plan:
            raise Refused("no-plan", 400, "SubscriptionRequiredException", NO_PLAN)

    def _break(self) -> None:
        if self.faults.take(TIMEOUT):
            raise _Silence
        if self.faults.take(THROTTLE):
            raise Refused(THROTTLE, 400, "ThrottlingException", "Rate exceeded")
        if self.faults.take(ERROR):
            raise Refused(ERROR, 500, "InternalFailure", "an unknown error (a fault)")

    def _describe_events(self, body: dict[str, Any], seen: list[HealthEvent]) -> dict[str, Any]:
        wanted, size, token = body.get("filter", {}), body.get("maxResults", DEFAULT_SIZE), body.get("nextToken")
        if unsupported := health_filters.unsupported(wanted):
            raise Refused("invalid", 501, CODE, f"the engine's Health does not filter by {', '.join(unsupported)}")
        if token is None:
            found = [event for event in seen if health_filters.matches(wanted, event)]
            page: tuple[list[HealthEvent], str | None] | None = self._pages.first(found, size)
        else:
            page = self._pages.next(token, size)
        if page is None:
            raise Refused("invalid", 400, "InvalidPaginationToken", "The specified pagination token is not valid.")
        with self._lock:
            self._page_count += 1
        events, following = page
        if token is not None and self.faults.take(REPEAT):
            following = token
        return {"events": [_event(event) for event in events], **({"nextToken": following} if following else {})}

    def _describe_details(self, body: dict[str, Any], visible: list[HealthEvent]) -> dict[str, Any]:
        seen = {event.arn: event for event in visible}
        text = {"latestDescription": "a stand-in of the embedded engine"}
        return {
            "successfulSet": [
                {"event": _event(seen[arn]), "eventDescription": text} for arn in body["eventArns"] if arn in seen
            ],
            "failedSet": [
                {"eventArn": arn, "errorName": "InvalidEventArn", "errorMessage": "there is no such event"}
                for arn in body["eventArns"]
                if arn not in seen
            ],
        }


class _Silence(Exception):
    """The request is not answered."""


def _scope(request: Request) -> tuple[str, str]:
    """The access key and the region that a request is signed for; an unsigned one is of no region."""
    found = SCOPE.search(request.headers.get("Authorization", ""))
    return (found[1], found[2]) if found else ("", "")


def _wait_for_the_client_to_go(connection: socket.socket) -> None:
    select.select([connection], [], [], LONGEST_SILENCE_SECONDS)


def _event(event: HealthEvent) -> dict[str, Any]:
    described = {
        "arn": event.arn,
        "service": event.service,
        "eventTypeCode": event.type_code,
        "eventTypeCategory": event.category,
        "region": event.region,
        "startTime": event.started,
        "endTime": event.ended,
        "lastUpdatedTime": event.updated,
        "statusCode": event.status,
        "eventScopeCode": event.scope,
    }
    return {name: value for name, value in described.items() if value is not None}
