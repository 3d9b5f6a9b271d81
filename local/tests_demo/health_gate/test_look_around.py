"""What the demo of health-gate tells to type is what a shell and the AWS CLI take."""

from __future__ import annotations

import shlex

import pytest

from demo.health_gate.look_around import commands


@pytest.mark.parametrize("command", commands("table", "watch"))
def test_every_command_is_one_of_the_aws_cli(command: str) -> None:
    assert shlex.split(command)[0] == "aws"


def test_json_is_one_word() -> None:
    words = [word for command in commands("table", "watch") for word in shlex.split(command)]
    assert '{":pk": {"S": "BLOCK"}}' in words
