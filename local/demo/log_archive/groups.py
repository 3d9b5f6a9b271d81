"""The log groups of a made-up company with three accounts, and what should become of each of them."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from itertools import count
from typing import Any

from demo.context import Context
from demo.dice import Dice

CENTRAL, STOREFRONT, WAREHOUSE = "123456789012", "210987654321", "345678901234"
ACCOUNTS = (CENTRAL, STOREFRONT, WAREHOUSE)
FURTHER_ACCOUNTS = (STOREFRONT, WAREHOUSE)

EXCLUDE_GROUPS = "/shop/debug/*"
EXCLUDE_TAG = ("archive", "no")
INDEXER, LIVE_TAIL = "shop-archive-indexer", "shop-live-tail"
STREAMS = 3


class Fate(enum.Enum):
    """What the archive does with a group; the value is what the demo says."""

    ARCHIVED = "archived"
    NAME = f"excluded: its name is like {EXCLUDE_GROUPS}"
    TAG = "excluded: it is tagged {}={}".format(*EXCLUDE_TAG)
    CLASS = "excluded: the class INFREQUENT_ACCESS has no filters"
    LOOP = "excluded: what it logs is about the archive itself"
    CONFLICT = "in conflict: it has two filters of others"


@dataclass(frozen=True)
class Group:
    """A log group. Its number is in the label of each of its events."""

    number: int
    account: str
    name: str
    kind: str
    """Which lines it holds, a name in `lines.KINDS`."""
    fate: Fate

    @property
    def archived(self) -> bool:
        """Whether its events belong into the archive."""
        return self.fate is Fate.ARCHIVED

    def streams(self, day: str) -> list[str]:
        """Names of log streams, as the service that writes there makes them; `day` is yyyy/MM/dd."""
        dice = Dice(f"streams/{self.account}{self.name}")
        codes = [f"{dice.below(16**8):08x}" for _ in range(4 * STREAMS)]
        if self.kind == "function":
            return [f"{day}/[$LATEST]{''.join(codes[number::STREAMS])}" for number in range(STREAMS)]
        return [f"i-0{codes[number]}{number:08x}" for number in range(STREAMS)]


_numbers = count(1)


def _groups(account: str, named: dict[str, str], fate: Fate = Fate.ARCHIVED) -> list[Group]:
    return [Group(next(_numbers), account, name, kind, fate) for kind, names in named.items() for name in names.split()]


# What is there before anything of ours.
GROUPS = [
    *_groups(
        CENTRAL,
        {
            "function": "/aws/lambda/shop-signup /aws/lambda/shop-image-resize /aws/lambda/shop-invoice-pdf",
            "service": "/shop/identity /shop/notifications /shop/translations",
            "access": "/shop/gateway/access",
            "database": "/aws/rds/instance/shop-accounts/postgresql",
            "network": "/aws/vpc/shop-flow-logs",
            "traces": "/shop/reports",
        },
    ),
    *_groups(CENTRAL, {"service": "/shop/debug/profiler"}, Fate.NAME),
    *_groups(CENTRAL, {"service": "/shop/audit/raw"}, Fate.CLASS),
    *_groups(CENTRAL, {"function": f"/aws/lambda/{INDEXER}"}, Fate.LOOP),
    *_groups(
        STOREFRONT,
        {
            "function": "/aws/lambda/shop-checkout /aws/lambda/shop-cart /aws/lambda/shop-search",
            "service": "/shop/web /shop/pricing /shop/translations",
            "access": "/shop/cdn/access",
            "database": "/aws/rds/instance/shop-orders/postgresql",
            "network": "/aws/vpc/shop-flow-logs",
            "incident": "/shop/catalogue",
        },
    ),
    *_groups(STOREFRONT, {"service": "/shop/load-test"}, Fate.TAG),
    *_groups(STOREFRONT, {"service": "/shop/debug/profiler"}, Fate.NAME),
    *_groups(STOREFRONT, {"service": "/shop/payments"}, Fate.CONFLICT),
    *_groups(
        WAREHOUSE,
        {
            "function": "/aws/lambda/shop-stock /aws/lambda/shop-picking /aws/lambda/shop-checkout",
            "service": "/shop/forklifts /shop/carriers",
            "access": "/shop/partners/access",
            "database": "/aws/rds/instance/shop-stock/postgresql",
            "network": "/aws/vpc/shop-flow-logs",
            "traces": "/shop/planning",
        },
    ),
    *_groups(WAREHOUSE, {"service": "/shop/load-test"}, Fate.TAG),
    *_groups(WAREHOUSE, {"service": "/shop/debug/scanners /shop/debug/profiler"}, Fate.NAME),
]

# What the teams make later.
NEW_GROUPS = [
    *_groups(STOREFRONT, {"function": "/aws/lambda/shop-gift-cards"}),
    *_groups(WAREHOUSE, {"service": "/shop/debug/heap-dumps"}, Fate.NAME),
    *_groups(CENTRAL, {"function": f"/aws/lambda/{LIVE_TAIL}"}, Fate.LOOP),
]


def create(context: Context, groups: list[Group], day: str) -> None:
    """Makes groups as their teams would, with their tags and classes, and their streams."""
    for account in ACCOUNTS:
        logs = context.client("logs", account)
        for group in groups:
            if group.account == account:
                create_one(logs, group, day)


def create_one(logs: Any, group: Group, day: str) -> None:
    """Makes a group with a client of its account."""
    options: dict[str, Any] = {}
    if group.fate is Fate.TAG:
        options["tags"] = dict([EXCLUDE_TAG])
    if group.fate is Fate.CLASS:
        options["logGroupClass"] = "INFREQUENT_ACCESS"
    logs.create_log_group(logGroupName=group.name, **options)
    for stream in group.streams(day):
        logs.create_log_stream(logGroupName=group.name, logStreamName=stream)
