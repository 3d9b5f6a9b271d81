"""The demo says so when anything is off."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from demo.context import Context
from demo.output import Output
from demo.rds_snapshots.system import own_time, problems, run_id, say_outcome, say_times

GOOD: dict[str, Any] = {
    "status": "SUCCEEDED",
    "final_snapshot": "shop-production-sanitized",
    "shared_with": ["210987654321"],
    "rows": 10,
    "rows_in_production": 10,
    "personal_data_before": 7,
    "personal_data_after": 0,
    "temporary_left": 0,
}


def test_a_good_run_has_no_problem() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": "FAILED"}, "the run did not succeed: status is FAILED, not SUCCEEDED"),
        ({"personal_data_after": 1}, "personal data is left in the copy: personal_data_after is 1, not 0"),
        ({"temporary_left": 2}, "something temporary is left in the account: temporary_left is 2, not 0"),
        ({"shared_with": []}, "the final snapshot is not shared"),
        ({"rows": 9}, "the copy does not have production's number of rows: rows is 9, not 10"),
        ({"personal_data_before": 0}, "no personal data was found in production"),
    ],
)
def test_each_thing_that_is_off_is_told(change: dict[str, Any], said: str) -> None:
    [problem] = problems(GOOD | change)
    assert problem.startswith(said)


def test_of_a_failed_run_only_what_was_looked_at_is_told() -> None:
    failed = GOOD | {"status": "FAILED", "rows": None, "shared_with": [], "temporary_left": 1}
    failed |= {"personal_data_before": None, "personal_data_after": None}
    del failed["rows_in_production"]
    assert problems(failed) == [
        "the run did not succeed: status is FAILED, not SUCCEEDED",
        "something temporary is left in the account: temporary_left is 1, not 0",
    ]


def test_the_run_id_is_the_beginning_of_the_execution_arns_hash() -> None:
    arn = "arn:aws:states:us-east-1:123456789012:execution:rds-snapshots:example"
    assert run_id(arn) == "9ea70f0abae4839a"


TIMINGS = [
    {"function": "step", "milliseconds": 200.0, "init_milliseconds": 40.0},
    {"function": "step", "milliseconds": 300.0, "init_milliseconds": None},
]
REPORT = {"started_at": "2025-01-01T00:00:00.250Z", "finished_at": "2025-01-01T00:00:02Z"}


def test_own_time_is_invocations_cold_starts_and_the_sanitizer() -> None:
    assert own_time(TIMINGS, REPORT) == {
        "own_time_seconds": 2.29,
        "own_time_parts": {"function_invocations": 0.5, "function_starts": 0.04, "sanitizer": 1.75},
    }


def test_own_time_without_a_report_is_the_functions() -> None:
    assert own_time(TIMINGS, {})["own_time_seconds"] == 0.54


def test_what_own_time_is_made_of_is_told() -> None:
    stream = io.StringIO()
    context = Context("http://localhost", Path(), 1, Output(stream))
    say_times(context, own_time(TIMINGS, REPORT))
    said = " ".join(stream.getvalue().split())
    assert "2.29 s, made of 0.50 s in the functions' invocations, 0.04 s in their cold starts and 1.75 s" in said


def test_no_time_is_told_as_if_aws_had_taken_it() -> None:
    stream = io.StringIO()
    context = Context("http://localhost", Path(), 1, Output(stream))
    say_outcome(context, "arn", {"status": "SUCCEEDED", "seconds": 5.0, "asked_wait_seconds": 3600})
    assert "1:00:00 by the engine's assumed durations" in " ".join(stream.getvalue().split())
