"""Notices are counted by what they say."""

from __future__ import annotations

from demo.health_gate.notices import by_kind


def test_each_kind_is_counted_and_what_is_of_none_is_named() -> None:
    subjects = [
        f"health-gate {what} pipeline shop" for what in ("blocked", "blocked", "holds", "resumed", "gave up on")
    ]
    assert by_kind(subjects) == {"blocked": 2, "held": 1, "resumed": 1, "gave_up": 1}
    assert by_kind(["ALARM: GateErrors"]) == {
        "blocked": 0,
        "held": 0,
        "resumed": 0,
        "gave_up": 0,
        "ALARM: GateErrors": 1,
    }
