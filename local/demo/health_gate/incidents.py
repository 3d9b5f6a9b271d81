"""Incidents at AWS, by the engine's stand-in for AWS Health: AWS has no call that makes one."""

from __future__ import annotations

from typing import Any

from demo.context import Context

# The one that is not active unless something happened at AWS: who asks there has looked it up.
ACTIVE_ENDPOINT = "us-east-2"


def name_server(context: Context) -> str:
    """The address of a DNS server that knows the active endpoint of the Health API, and makes that one active."""
    context.control("/health/active", {"region": ACTIVE_ENDPOINT})
    address: str = context.control("/health/dns", {})["dns_server"]
    return address


def begin(context: Context, service: str, region: str) -> str:
    """Opens an incident, and answers its ARN."""
    arn: str = context.control("/health/events/open", {"service": service, "region": region})["arn"]
    return arn


def end(context: Context, arn: str) -> None:
    """Closes it. Every message of that comes twice, as AWS's may."""
    context.control("/health/delivery", {"duplicates": 1})
    context.control("/health/events/close", {"arn": arn})
    context.control("/health/delivery", {"duplicates": 0})


def support_plan(context: Context, there: bool) -> None:
    """Whether the account has a support plan that includes the Health API."""
    context.control("/health/plan", {"support": there})


def calls(context: Context) -> dict[str, dict[str, int]]:
    """The Health API's calls so far, by the region that they were signed for and by outcome."""
    counted: dict[str, dict[str, int]] = context.control("/health/stats")["calls"]
    return counted


def silences(context: Context) -> int:
    """How many calls got no answer."""
    return sum(outcomes.get("timeout", 0) for outcomes in calls(context).values())


def silence(context: Context, times: int) -> None:
    """The next calls get no answer."""
    context.control("/health/faults", {"kind": "timeout", "count": times})


def jobs(context: Context) -> list[dict[str, Any]]:
    """All that CodePipeline asked of functions, the earliest first, each with the answers that it got."""
    listed: list[dict[str, Any]] = context.control("/codepipeline/jobs")
    return listed
