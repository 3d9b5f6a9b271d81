"""The commands that show what rds-snapshots did ask for no password, and show none."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from demo.look_around import environment
from demo.rds_snapshots import production_database
from demo.rds_snapshots.look_around import commands, psql_environment
from demo.rds_snapshots.rds_instance import Instance
from tests_demo.conftest import Server
from tests_demo.shells import pasted, told
from wrasse_local.postgres_binaries import find_binaries

EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:rds-snapshots:example"
EVIDENCE = "s3://evidence/runs/0123456789abcdef/"
INSTANCES = [
    Instance("shop-production", "localhost", 5432, "secret one", 0),
    Instance("shop-test", "localhost", 5433, "secret two", 0),
]


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_shell_forgets_the_users_own_servers(shell: str, tmp_path: Path) -> None:
    context = told(tmp_path)
    said = pasted(shell, [*environment(context), *psql_environment(context), "env"], tmp_path).splitlines()
    settings = dict(line.split("=", 1) for line in said if line.startswith(("PG", "PSQL", "PATH=")))
    assert settings.pop("PATH").startswith("/pg/bin:")
    assert settings == {
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/state/rds/ca.pem",
        "PGPASSFILE": str(tmp_path / "pgpass"),
        "PSQL_PAGER": "",
    }


def test_without_tls_psql_is_told_not_to_ask_for_it(tmp_path: Path) -> None:
    lines = psql_environment(told(tmp_path, ca=None))
    assert "export PGSSLMODE=disable" in lines
    assert not any("PGSSLROOTCERT" in line for line in lines)


def test_psql_shows_an_instance_without_being_asked_for_anything(server: Server, tmp_path: Path) -> None:
    with server.new_database("shop") as connection:
        production_database.load(connection, 10)
    instance = Instance("shop-production", str(server.folder), 5432, "any", 0)
    context = told(tmp_path, ca=None, programs=str(find_binaries().folder))
    shown = [line for line in commands(context, EXECUTION, EVIDENCE, True, [instance]) if not line.startswith("aws")]
    assert "(5 rows)" in pasted("sh", [*environment(context), *shown], tmp_path)


def test_no_command_holds_a_password_or_a_comment_and_only_the_owner_reads_the_passwords(tmp_path: Path) -> None:
    shown = commands(told(tmp_path), EXECUTION, EVIDENCE, True, INSTANCES)
    assert not [command for command in shown if "secret" in command or "#" in command]
    assert {shlex.split(command)[0] for command in shown} == {"export", "unset", "aws", "psql"}
    file = tmp_path / "pgpass"
    assert file.stat().st_mode & 0o777 == 0o600
    assert "localhost:5433:shop:shop_admin:secret two\n" in file.read_text()


def test_a_report_that_was_not_written_is_not_shown(tmp_path: Path) -> None:
    shown = commands(told(tmp_path), EXECUTION, EVIDENCE, False, INSTANCES)
    assert not [command for command in shown if "report.json" in command]
