"""The commands that show what log-archive did can be pasted, and leave the shell in the central account."""

from __future__ import annotations

from pathlib import Path

from demo.log_archive.look_around import commands
from tests_demo.shells import pasted

STUB = """aws() {
  case "$*" in
    *start-execution*) echo arn:plan ;;
    *Contents*) echo logs/1/2026/11/20/a.gz ;;
    *"s3 cp"*) echo "$AWS_ACCESS_KEY_ID $*" | gzip ;;
    *) echo "$AWS_ACCESS_KEY_ID $*" ;;
  esac
}"""


def test_every_command_ends_and_only_one_is_another_accounts(tmp_path: Path) -> None:
    shown = commands("bucket", "arn:machine", "/shop/web", "/shop/cart")
    assert not [command for command in shown if "#" in command]
    said = pasted("sh", [STUB, "export AWS_ACCESS_KEY_ID=demo", *shown], tmp_path).splitlines()
    assert [line.split()[0] for line in said] == [*["demo"] * 5, "AKIA210987654321WRAS", "demo"]
    assert "demo s3 cp s3://bucket/logs/1/2026/11/20/a.gz -" in said
    assert said[-1].endswith("--execution-arn arn:plan --output text --query output")
