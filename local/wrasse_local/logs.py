"""CloudWatch Logs: the modules that make moto's have AWS's groups, filters, destinations, limits and deliveries."""

from __future__ import annotations

from . import (
    logs_delivery,
    logs_destinations,
    logs_events,
    logs_groups,
    logs_rates,
    logs_subscription_filters,
    logs_tags,
)
from .engine import Engine


def install(engine: Engine) -> None:
    deliveries = logs_delivery.install(engine)
    logs_groups.install(engine)
    logs_events.install(engine, deliveries)
    logs_tags.install(engine)
    organization = logs_destinations.install(engine, deliveries)
    logs_subscription_filters.install(engine, deliveries, organization)
    # Last: it stands in front of every operation.
    logs_rates.install(engine)
