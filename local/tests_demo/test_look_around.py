"""What `KEEP=1` prints works when pasted into any shell, and can't reach an AWS account whatever the shell holds."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from demo import look_around
from tests_demo.shells import pasted, told


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_shell_forgets_whatever_would_lead_elsewhere(shell: str, tmp_path: Path) -> None:
    said = pasted(shell, [*look_around.environment(told(tmp_path)), "env"], tmp_path).splitlines()
    settings = dict(line.split("=", 1) for line in said if line.startswith(("AWS_", "PATH=", "no_proxy=")))
    path = settings.pop("PATH")
    assert path.startswith(f"{Path(sys.executable).parent}:")
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
        "no_proxy": "127.0.0.1,localhost",
    }


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
    command = "aws rds describe-db-snapshots --query 'DBSnapshots[].[DBSnapshotIdentifier,Status]' --output text"
    pasted("sh", [*look_around.environment(context), command], tmp_path)
    [authorization] = asked
    assert "Credential=demo/" in authorization
    assert "/us-east-1/rds/" in authorization
