"""A gate that dies over its work."""

from __future__ import annotations

import os
import signal

from demo.context import Context
from demo.health_gate import incidents
from demo.patience import until

# Lambda tries a second time: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
TRIES = 2


def kill_every_try(context: Context, function: str) -> None:
    """Kills the next invocation while it waits for Health, and Lambda's second try of it, too."""
    before = incidents.silences(context)
    incidents.silence(context, TRIES)
    for number in range(1, TRIES + 1):
        until(f"try {number} of {function}", lambda: incidents.silences(context) >= before + number)  # noqa: B023
        for process in context.control("/processes"):
            if process["name"] == f"lambda {function}":
                os.kill(process["pid"], signal.SIGKILL)
