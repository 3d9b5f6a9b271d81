"""The engine as a process: how it starts, and that nothing outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from .helpers import BOOTSTRAP, eventually, role_of, zipped

COMMAND = [sys.executable, "-m", "wrasse_local"]
HERE = Path(__file__).parent.parent


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [*COMMAND, "serve", "--state", str(tmp_path)], cwd=HERE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    endpoint = process.stdout.readline().removeprefix("ready ").strip()
    yield process, endpoint
    process.kill()
    process.wait()


def child_of(endpoint: str) -> int:
    """Starts a Lambda sandbox there, and returns its process id."""
    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
    client = session.client("lambda", endpoint_url=endpoint)
    role = role_of(session.client("iam", endpoint_url=endpoint))
    code = {"ZipFile": zipped(BOOTSTRAP.format(handler="def handle(event):\n    return os.getpid()"))}
    client.create_function(FunctionName="f", Role=role, Runtime="provided.al2023", Handler="h", Code=code)
    return int(client.invoke(FunctionName="f")["Payload"].read())


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]


def test_serve_says_where_it_is_and_is_ready_within_three_seconds(tmp_path: Path) -> None:
    started = time.monotonic()
    process = subprocess.Popen(
        [*COMMAND, "serve", "--state", str(tmp_path)], cwd=HERE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    endpoint = process.stdout.readline().removeprefix("ready ").strip()
    seconds = time.monotonic() - started
    process.terminate()
    assert endpoint.startswith("http://127.0.0.1:")
    assert process.wait() == 0
    assert seconds < 6, "three seconds on an idle machine"


def test_the_endpoint_file_names_the_running_engine(served: tuple[subprocess.Popen[str], str], tmp_path: Path) -> None:
    process, endpoint = served
    assert (tmp_path / "endpoint").read_text().strip() == endpoint
    process.terminate()
    process.wait()
    assert not (tmp_path / "endpoint").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_child_outlives_the_engine(served: tuple[subprocess.Popen[str], str], number: signal.Signals) -> None:
    process, endpoint = served
    pid = child_of(endpoint)
    assert not gone(pid)
    process.send_signal(number)
    process.wait()
    assert eventually(lambda: gone(pid), seconds=5)


def test_exec_gives_the_command_the_engine_and_exits_as_it_does(tmp_path: Path) -> None:
    script = (
        "import os,sys,urllib.request as u;"
        "assert u.urlopen(os.environ['AWS_ENDPOINT_URL'] + '/_engine/health').status == 200;"
        "assert os.environ['AWS_REGION'] == os.environ['AWS_DEFAULT_REGION'] == 'us-east-1';"
        "assert os.path.exists(os.environ['WRASSE_STATE'] + '/endpoint');"
        "sys.exit(7)"
    )
    arguments = ["exec", "--state", str(tmp_path), "--", sys.executable, "-c", script]
    assert subprocess.run([*COMMAND, *arguments], cwd=HERE, check=False).returncode == 7


def test_an_image_without_its_binary_is_refused_at_the_start(tmp_path: Path) -> None:
    arguments = ["serve", "--state", str(tmp_path), "--image", "name=/nowhere"]
    result = subprocess.run([*COMMAND, *arguments], cwd=HERE, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "NAME=BINARY" in result.stderr
