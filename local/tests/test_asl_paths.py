from __future__ import annotations

import json
from typing import Any

import pytest

from .helpers import Account

TASK = {"Containers": [{"ExitCode": 0, "Tags": ["a", "b"]}], "All": [{"n": 1}]}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.Containers[0].ExitCode", 0),
        ("$.Containers[0].Tags", ["a", "b"]),
        ("$.Containers[0].Tags[1]", "b"),
        ("$.All[*].n", [1]),
    ],
)
def test_a_path_that_names_one_place_gives_its_value_and_others_a_list(aws: Account, path: str, value: Any) -> None:
    machine = aws.machine({"Only": {"Type": "Pass", "Parameters": {"found.$": path}, "End": True}})
    assert json.loads(aws.ended(aws.start(machine, TASK))["output"]) == {"found": value}


def test_a_path_to_nothing_fails_the_execution(aws: Account) -> None:
    parameters = {"found.$": "$.Containers[1].ExitCode"}
    machine = aws.machine({"Only": {"Type": "Pass", "Parameters": parameters, "End": True}})
    assert aws.ended(aws.start(machine, TASK))["status"] == "FAILED"
