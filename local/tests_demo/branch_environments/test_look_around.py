"""What the demo of branch-environments tells to type is what a shell and the AWS CLI take."""

from __future__ import annotations

import shlex

import pytest

from demo.branch_environments.look_around import commands


@pytest.mark.parametrize("command", commands("shop", "bucket"))
def test_every_command_is_one_of_the_aws_cli(command: str) -> None:
    assert shlex.split(command)[0] == "aws"
