"""The engine as a process: how it starts, and that nothing outlives it."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import boto3
import pytest

from .helpers import BOOTSTRAP, Account, eventually, role_of, zipped

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
        state = Path(f"/proc/{pid}/stat").read_text().split()[2]
    except (ProcessLookupError, FileNotFoundError):
        return True
    return state == "Z"


def test_serve_says_where_it_is_once_it_is_ready(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "serve", "--state", str(tmp_path)], cwd=HERE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    endpoint = process.stdout.readline().removeprefix("ready ").strip()
    with urlopen(f"{endpoint}/_engine/health") as answer:
        assert answer.status == 200
    process.terminate()
    assert endpoint.startswith("http://127.0.0.1:")
    assert process.wait() == 0


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


def test_the_default_state_folder_goes_with_the_engine(tmp_path: Path) -> None:
    arguments = ["exec", "--", "sh", "-c", 'test -f "$WRASSE_STATE/endpoint"']
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    assert subprocess.run([*COMMAND, *arguments], cwd=HERE, env=environment, check=False).returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_a_given_state_folder_stays(tmp_path: Path) -> None:
    subprocess.run([*COMMAND, "exec", "--state", str(tmp_path), "--", "true"], cwd=HERE, check=True)
    assert (tmp_path / "logs" / "engine.log").exists()


USERS = {
    "AWS_PROFILE": "production",
    "AWS_ENDPOINT_URL_S3": "http://s3.example",
    "AWS_SESSION_TOKEN": "theirs",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "no_proxy": "corp.example",
}


def test_exec_leaves_the_user_s_aws_settings_behind(tmp_path: Path) -> None:
    """The engine's own clients too: a change set is executed by them."""
    script = (
        "import boto3, os;"
        "theirs = [k for k in os.environ if k in ('AWS_PROFILE', 'AWS_ENDPOINT_URL_S3', 'AWS_SESSION_TOKEN')];"
        "assert theirs == [], theirs;"
        "assert os.environ['AWS_CONFIG_FILE'] == os.environ['AWS_SHARED_CREDENTIALS_FILE'] == '/dev/null';"
        "assert os.environ['NO_PROXY'] == os.environ['no_proxy'] == 'corp.example,127.0.0.1,localhost';"
        "boto3.client('s3').create_bucket(Bucket='bucket');"
        "api = boto3.client('cloudformation');"
        'topic = \'{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}\';'
        "api.create_stack(StackName='s', TemplateBody=topic);"
        "assert api.describe_stacks(StackName='s')['Stacks'][0]['StackStatus'] == 'CREATE_COMPLETE'"
    )
    arguments = ["exec", "--state", str(tmp_path), "--", sys.executable, "-c", script]
    result = subprocess.run([*COMMAND, *arguments], cwd=HERE, env={**os.environ, **USERS}, check=False)
    assert result.returncode == 0


def test_a_function_has_none_of_the_user_s_settings(aws: Account) -> None:
    variables = aws.invoke(aws.function("def handle(event):\n    return dict(os.environ)"))[0]
    assert variables["AWS_CONFIG_FILE"] == variables["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert variables["AWS_REGION"] == variables["AWS_DEFAULT_REGION"] == "us-east-1"
    assert variables["NO_PROXY"] == variables["no_proxy"] == "127.0.0.1,localhost"


# A command that has a child, says both process ids, and waits for it.
FAMILY = "sleep 300 & echo $! $$ >&2; wait"


def family_of(process: subprocess.Popen[str]) -> list[int]:
    assert process.stderr is not None
    return [int(pid) for pid in process.stderr.readline().split()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_ends_with_its_children(tmp_path: Path, number: signal.Signals) -> None:
    arguments = [*COMMAND, "exec", "--state", str(tmp_path), "--", "sh", "-c", FAMILY]
    process = subprocess.Popen(arguments, cwd=HERE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    pids = family_of(process)
    process.send_signal(number)
    assert process.wait(20) == 128 + number
    assert eventually(lambda: all(gone(pid) for pid in pids))


def test_the_command_dies_with_a_killed_engine(tmp_path: Path) -> None:
    arguments = [*COMMAND, "exec", "--state", str(tmp_path), "--", "sh", "-c", FAMILY]
    process = subprocess.Popen(arguments, cwd=HERE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    child, command = family_of(process)
    process.kill()
    process.wait()
    assert eventually(lambda: gone(command))
    os.kill(child, signal.SIGKILL)


def test_ctrl_c_in_a_terminal_reaches_the_command_which_can_read_from_it(tmp_path: Path) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(HERE)
        script = "trap 'echo interrupted; exit 5' INT; read word; echo got $word; sleep 300"
        os.execv(sys.executable, [*COMMAND, "exec", "--state", str(tmp_path), "--", "bash", "-c", script])
    os.write(terminal, b"hello\n")
    output = b""
    while b"got hello" not in output:
        output += os.read(terminal, 1024)
    os.write(terminal, b"\x03")
    while b"interrupted" not in output:
        output += os.read(terminal, 1024)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 5
    os.close(terminal)


def test_an_image_without_its_binary_is_refused_at_the_start(tmp_path: Path) -> None:
    arguments = ["serve", "--state", str(tmp_path), "--image", "name=/nowhere"]
    result = subprocess.run([*COMMAND, *arguments], cwd=HERE, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "NAME=BINARY" in result.stderr
