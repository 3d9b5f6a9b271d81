from __future__ import annotations

import pytest

from .helpers import Account


@pytest.mark.parametrize("error", ["States.Timeout", "SanitizerFailed"])
def test_a_fail_state_passes_on_any_error(aws: Account, error: str) -> None:
    machine = aws.machine({"Only": {"Type": "Fail", "ErrorPath": "$.Error", "CausePath": "$.Cause"}})
    ended = aws.ended(aws.start(machine, {"Error": error, "Cause": "because"}))
    assert (ended["status"], ended["error"], ended["cause"]) == ("FAILED", error, "because")
