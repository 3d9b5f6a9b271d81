"""A system's own time is that of its functions, and of no other system's."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo import timings
from demo.context import Context
from demo.output import Output

NAMES = [
    "wrasse-RdsSnapshotsStack-LO-RdsSnapshotStepFunction-6ZU6IB504FP6",
    "wrasse-LogArchiveStack-1-LogDecoderFunction-2",
    "wrasse-LogArchiveStack-1-SubscriptionsStack-3-LogSubscriberFunction-4",
    "wrasse-log-archive-LogSubscriberFunction-5",
    "shop-archive-indexer",
]


@dataclass(frozen=True)
class Invoked(Context):
    """Each function was invoked once."""

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        assert (path, body) == ("/lambda/timings", {})
        return [{"function": name, "milliseconds": 1.5, "init_milliseconds": None} for name in NAMES]


def test_functions_belong_to_the_nested_stack_that_their_names_begin_with() -> None:
    context = Invoked("http://localhost", Path(), 1, Output(io.StringIO()))
    for stack, expected in (("RdsSnapshotsStack", NAMES[:1]), ("LogArchiveStack", NAMES[1:3]), ("LogStack", [])):
        assert [timing["function"] for timing in timings.of_stack(context, stack)] == expected
    assert [timing["function"] for timing in timings.of_function(context, NAMES[4])] == NAMES[4:]


def test_own_time_is_invocations_and_cold_starts() -> None:
    cold, warm = {"milliseconds": 2, "init_milliseconds": 3.5}, {"milliseconds": 1.25, "init_milliseconds": None}
    assert timings.own_milliseconds([cold, warm]) == 6.75
    assert timings.own_milliseconds([]) == 0
