"""What `KEEP=1` prints works when pasted into any shell, and can't reach an AWS account whatever the shell holds."""

from __future__ import annotations

import io
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from demo import look_around, production_database
from demo.context import Context
from demo.output import Output
from demo.rds_instance import Instance
from tests_demo.conftest import Server
from wrasse_local.postgres_binaries import find_binaries

EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:rds-snapshots:example"
EVIDENCE = "s3://evidence/runs/0123456789abcdef/"
INSTANCES = [
    Instance("shop-production", "localhost", 5432, "secret one", 0),
    Instance("shop-test", "localhost", 5433, "secret two", 0),
]

# Each would make a command go elsewhere, or ask somebody else.
HOSTILE = {
    "AWS_PROFILE": "production",
    "AWS_DEFAULT_PROFILE": "production",
    "AWS_SESSION_TOKEN": "token",
    "AWS_ENDPOINT_URL_RDS": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_REGION": "eu-west-1",
    "http_proxy": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "PGHOSTADDR": "192.0.2.1",
    "PGPASSWORD": "theirs",
    "PGSERVICE": "production",
    "PGSSLROOTCERT": "system",
}
PROFILE = """[default]
services = elsewhere
[profile production]
region = eu-west-1
services = elsewhere
[services elsewhere]
rds =
  endpoint_url = http://127.0.0.1:9
"""


@dataclass(frozen=True)
class Told(Context):
    """An engine that says this of its database servers."""

    answer: dict[str, Any] = field(kw_only=True)

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        assert (path, body) == ("/rds/tls", None)
        return self.answer


def told(
    folder: Path, endpoint: str = "http://127.0.0.1:9", ca: str | None = "/state/rds/ca.pem", programs: str = "/pg/bin"
) -> Told:
    answer = {"tls": ca is not None, "ca": ca, "bin": programs}
    return Told(endpoint, folder, 1, Output(io.StringIO()), folder=folder, answer=answer)


def pasted(shell: str, lines: list[str], home: Path) -> str:
    """What the shell says when the lines are typed into it one after the other, and it was set up to go elsewhere."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), **HOSTILE}
    (home / ".aws").mkdir(exist_ok=True)
    (home / ".aws" / "config").write_text(PROFILE)
    done = subprocess.run([shell], input="\n".join([*lines, ""]), env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_shell_forgets_whatever_would_lead_elsewhere(shell: str, tmp_path: Path) -> None:
    said = pasted(shell, [*look_around.environment(told(tmp_path)), "env"], tmp_path).splitlines()
    settings = dict(line.split("=", 1) for line in said if line.startswith(("AWS_", "PG", "PATH=", "no_proxy=")))
    path = settings.pop("PATH")
    assert path.startswith(f"{Path(sys.executable).parent}:/pg/bin:")
    assert settings == {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "demo",
        "AWS_SECRET_ACCESS_KEY": "demo",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/state/rds/ca.pem",
        "PGPASSFILE": str(tmp_path / "pgpass"),
        "no_proxy": "127.0.0.1,localhost",
    }


def test_without_tls_psql_is_told_not_to_ask_for_it(tmp_path: Path) -> None:
    lines = look_around.environment(told(tmp_path, ca=None))
    assert "export PGSSLMODE=disable" in lines
    assert not any("PGSSLROOTCERT" in line for line in lines)


@pytest.fixture
def engine() -> Iterator[tuple[str, list[str]]]:
    """An endpoint, and the Authorization headers of the requests that it got."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.headers["Authorization"])
            self.rfile.read(int(self.headers["Content-Length"]))
            body = b"<R><DescribeDBSnapshotsResult><DBSnapshots/></DescribeDBSnapshotsResult></R>"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_address[1]}", asked
        http.shutdown()


def test_the_aws_cli_asks_the_engine_whatever_the_shell_was_set_to(
    engine: tuple[str, list[str]], tmp_path: Path
) -> None:
    endpoint, asked = engine
    context = told(tmp_path, endpoint)
    command = look_around.rds_snapshots(context, EXECUTION, EVIDENCE, True, INSTANCES)[0]
    pasted("sh", [*look_around.environment(context), command], tmp_path)
    [authorization] = asked
    assert "Credential=demo/" in authorization
    assert "/us-east-1/rds/" in authorization


def test_psql_shows_an_instance_without_being_asked_for_anything(server: Server, tmp_path: Path) -> None:
    with server.new_database("shop") as connection:
        production_database.load(connection, 10)
    instance = Instance("shop-production", str(server.folder), 5432, "any", 0)
    context = told(tmp_path, ca=None, programs=str(find_binaries().folder))
    *_, command = look_around.rds_snapshots(context, EXECUTION, EVIDENCE, True, [instance])
    assert "(5 rows)" in pasted("sh", [*look_around.environment(context), command], tmp_path)


def test_no_command_holds_a_password_or_a_comment_and_only_the_owner_reads_the_passwords(tmp_path: Path) -> None:
    commands = look_around.rds_snapshots(told(tmp_path), EXECUTION, EVIDENCE, True, INSTANCES)
    assert not [command for command in commands if "secret" in command or "#" in command]
    assert {shlex.split(command)[0] for command in commands} == {"aws", "psql"}
    file = tmp_path / "pgpass"
    assert file.stat().st_mode & 0o777 == 0o600
    assert "localhost:5433:shop:shop_admin:secret two\n" in file.read_text()


def test_a_report_that_was_not_written_is_not_shown(tmp_path: Path) -> None:
    assert not [
        command
        for command in look_around.rds_snapshots(told(tmp_path), EXECUTION, EVIDENCE, False, INSTANCES)
        if "report.json" in command
    ]
