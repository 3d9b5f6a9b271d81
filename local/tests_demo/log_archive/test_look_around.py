"""The commands that show what log-archive did can be pasted, and leave the shell in the central account."""

from __future__ import annotations

from pathlib import Path

from demo.log_archive.look_around import commands
from tests_demo.shells import pasted

STUB = """aws() {
  case "$*" in
    *start-execution*) echo arn:plan ;;
    *get-function-configuration*) echo /of/subscriber ;;
    *"--log-group-name /of/subscriber "*) echo '{"group":"/shop/web","dry_run":true,"x":1}' ;;
    *Contents*) echo logs/1/2026/11/20/a.gz ;;
    *"s3 cp"*) echo "$AWS_ACCESS_KEY_ID $*" | gzip ;;
    *) echo "$AWS_ACCESS_KEY_ID $*" ;;
  esac
}"""


def test_every_command_ends_and_only_one_is_another_accounts(tmp_path: Path) -> None:
    shown = commands("bucket", "arn:machine", "subscriber", "/shop/web", "/shop/cart")
    assert not [command for command in shown if "#" in command]
    said = pasted("sh", [STUB, "export AWS_ACCESS_KEY_ID=demo", *shown], tmp_path).splitlines()
    *before, plan = said
    assert [line.split()[0] for line in before] == [*["demo"] * 5, "AKIA210987654321WRAS", "demo"]
    assert "demo s3 cp s3://bucket/logs/1/2026/11/20/a.gz -" in said
    assert before[-1].endswith("--execution-arn arn:plan --output text --query output")
    assert plan == '"group":"/shop/web","dry_run":true'
