"""How long the functions of one system ran, which the engine measures for every function."""

from __future__ import annotations

from typing import Any

from demo.context import Context
from demo.deployment import STACK

Timing = dict[str, Any]
"""An invocation: `function`, `milliseconds` of real time, and `init_milliseconds` of its cold start or None."""


def of_stack(context: Context, nested: str) -> list[Timing]:
    """All invocations of functions in a nested stack of the fleet, by its logical id, and in the stacks below it."""
    return [timing for timing in of_all(context) if timing["function"].startswith(f"{STACK}-{nested}-")]


def of_function(context: Context, name: str) -> list[Timing]:
    """All invocations of one function."""
    return [timing for timing in of_all(context) if timing["function"] == name]


def of_all(context: Context) -> list[Timing]:
    """All invocations, in the order in which they ended."""
    timings: list[Timing] = context.control("/lambda/timings", {})
    return timings


def own_milliseconds(timings: list[Timing]) -> float:
    """In the functions' invocations and their cold starts, which are measured apart."""
    total: float = sum(timing["milliseconds"] + (timing["init_milliseconds"] or 0.0) for timing in timings)
    return round(total, 3)
