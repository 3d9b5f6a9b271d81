"""`sam deploy` is run as a person would run it, and its failure is told with its own words."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from demo.context import Context, DemoFailed
from demo.deployment import SamDeploy
from demo.output import Output


@pytest.fixture
def sam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `sam` that says what it was given, and ends as it is told to."""
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "sam"
    program.write_text('#!/bin/sh\necho "$AWS_ACCESS_KEY_ID $*"\nexit "${SAM_CODE:-0}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return tmp_path


def begun(folder: Path, **environment: str) -> SamDeploy:
    context = Context("http://localhost", folder, 1, Output(io.StringIO()), repository=folder, folder=folder)
    return SamDeploy(context, "sam.log", ["--stack-name", "s"], {"A": "x,y", "B": "c=d"}, **environment)


def test_parameters_credentials_and_log_are_of_this_deployment(sam: Path) -> None:
    begun(sam, AWS_ACCESS_KEY_ID="AKIA").wait()
    expected = "AKIA deploy --no-progressbar --stack-name s --parameter-overrides A=x,y B=c=d\n"
    assert (sam / "sam.log").read_text() == expected


def test_a_failure_is_told_with_the_end_of_what_sam_said(sam: Path) -> None:
    with pytest.raises(DemoFailed, match=r"(?s)ended with 3; .*sam\.log:\n.*--stack-name s"):
        begun(sam, SAM_CODE="3").wait()
