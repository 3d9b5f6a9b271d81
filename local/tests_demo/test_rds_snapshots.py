"""The demo says so when anything is off."""

from __future__ import annotations

from typing import Any

import pytest

from demo.rds_snapshots import problems, run_id

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
