"""Measures each release binary: its size, its size zipped, its memory, and how soon it asks for its first event.

They are built with the profile that ships, for the architecture of this machine, since a binary can be started on no
other. What is deployed is for arm64 unless a deployment says otherwise, and its numbers differ.

A Lambda function is ready when it first polls the Runtime API: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html.
Here that API is a listening socket: the time ends when the request line has arrived on it. The binary is started by
posix_spawn and the clock runs from just before that call, so a few hundred microseconds of the time are the kernel's.
No answer is given: reading it and doing work come after what is measured.

A Fargate task polls nothing. Its memory is read when it makes its first request to AWS, which goes to the same socket:
that is after its start, and before it has held any document, connection or row.

Binaries take turns, so that a machine that gets slower or faster is so for all of them.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import re
import select
import signal
import socket
import ssl
import statistics
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

# As Lambda names them. A binary that starts here is of this machine's architecture.
ARCHITECTURE = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
POLL = "/2018-06-01/runtime/invocation/next"
START_TIMEOUT_SECONDS = 10
WARM_UP_ROUNDS = 3
ROUNDS = 30
GOAL_MILLISECONDS = 1.6
GOAL_ZIP_BYTES = 2_500_000

# Parameters without a default, or with one that a deployment can't keep, by their name in the stacks.
PARAMETERS = {"SourceDBInstance": "shop", "RulesS3Uri": "s3://bench/rules.yaml"}

TASK_ENVIRONMENT = {
    "rds-sanitizer": {
        "WRASSE_RUN_ID": "0123456789abcdef",
        "WRASSE_RULES_URI": "s3://bench/runs/0123456789abcdef/rules.yaml",
        "WRASSE_RULES_SHA256": "0" * 64,
        "WRASSE_EVIDENCE_URI": "s3://bench/runs/0123456789abcdef/",
        "DB_HOST": "localhost",
        "DB_PORT": "5432",
        "DB_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-bench",
        "RDS_CA_BUNDLE": ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt",
    }
}


@dataclass
class Binary:
    """One binary and what was measured of it."""

    name: str
    path: Path
    arguments: list[str]
    environment: dict[str, str]
    polls: bool
    milliseconds: list[float] = field(default_factory=list)
    memory_kib: list[int] = field(default_factory=list)

    def result(self) -> dict[str, Any]:
        """The binary's entry in binaries.json: bytes, milliseconds and KiB."""
        return {
            "name": self.name,
            "architecture": ARCHITECTURE,
            "bytes": self.path.stat().st_size,
            "zip_bytes": zipped_size(self.path),
            "first_poll_ms": round(statistics.median(self.milliseconds), 3) if self.polls else None,
            "rss_kib": round(statistics.median(self.memory_kib)),
        }


class StartFailed(Exception):
    """A binary that ended, or did nothing, instead of making its first request."""


def zipped_size(path: Path) -> int:
    """Bytes of a deployment package that holds the binary alone, deflated as far as it goes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        package.write(path, "bootstrap")
    return len(buffer.getvalue())


def start(binary: Binary) -> tuple[float, int]:
    """Starts a binary, waits for its first request and ends it: milliseconds until then, and its peak memory in KiB."""
    silent = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in (0, 1)]
    with socket.create_server(("127.0.0.1", 0)) as listener, tempfile.TemporaryFile() as errors:
        environment = binary.environment | surroundings(binary.name, listener)
        begin = time.clock_gettime(time.CLOCK_MONOTONIC)
        process = os.posix_spawn(
            binary.path,
            [str(binary.path), *binary.arguments],
            environment,
            file_actions=[*silent, (os.POSIX_SPAWN_DUP2, errors.fileno(), 2)],
        )
        ended = os.pidfd_open(process)
        try:
            ready, _, _ = select.select([listener.fileno(), ended], [], [], START_TIMEOUT_SECONDS)
            if listener.fileno() not in ready:
                errors.seek(0)
                said = errors.read(2000).decode(errors="replace").strip() or "nothing"
                raise StartFailed(f"{binary.name} made no request; it said: {said}")
            connection, _ = listener.accept()
            # Kept open until the memory is read: without an answer to hope for the process would end.
            with connection:
                request = request_line(connection)
                end = time.clock_gettime(time.CLOCK_MONOTONIC)
                if binary.polls and request != f"GET {POLL} HTTP/1.1":
                    raise StartFailed(f"{binary.name} asked for something else first: {request}")
                return (end - begin) * 1000, peak_memory_kib(process)
        finally:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            os.close(ended)


def surroundings(name: str, listener: socket.socket) -> dict[str, str]:
    """What Lambda and Fargate give to every process, with the listening socket in the place of all of AWS."""
    address = "{}:{}".format(*listener.getsockname())
    return {
        "AWS_LAMBDA_RUNTIME_API": address,
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_LOG_GROUP_NAME": "bench",
        "AWS_LAMBDA_LOG_STREAM_NAME": "bench",
        "AWS_ENDPOINT_URL": f"http://{address}",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
    }


def request_line(connection: socket.socket) -> str:
    """The first line of a request."""
    connection.settimeout(START_TIMEOUT_SECONDS)
    received = b""
    while b"\r\n" not in received:
        more = connection.recv(4096)
        if not more:
            break
        received += more
    return received.partition(b"\r\n")[0].decode(errors="replace")


def peak_memory_kib(process: int) -> int:
    """VmHWM, the peak of resident memory. wait4's ru_maxrss would count what this program had before exec."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    if found is None:
        raise StartFailed(f"process {process} ended while it was measured")
    return int(found[1])


def measure(measured: list[Binary], rounds: int = ROUNDS, warm_up_rounds: int = WARM_UP_ROUNDS) -> None:
    """Starts each binary `rounds` times, in turns, after rounds that don't count."""
    for number in range(-warm_up_rounds, rounds):
        for binary in measured:
            milliseconds, memory_kib = start(binary)
            if number >= 0:
                binary.milliseconds.append(milliseconds)
                binary.memory_kib.append(memory_kib)


def binaries(folder: Path, templates: Path) -> list[Binary]:
    """What `cargo lambda build` put into `folder`, one folder a binary: functions as the templates say, and tasks."""
    environments = functions(templates)
    found = []
    for path in sorted(folder.glob("*/bootstrap")):
        name = path.parent.name
        if name in environments:
            found.append(Binary(name, path, [], environments[name], polls=True))
        elif name in TASK_ENVIRONMENT:
            found.append(Binary(name, path, ["run"], TASK_ENVIRONMENT[name], polls=False))
        else:
            raise StartFailed(
                f"{name} is in no template of {templates}, and bench does not know what to give to it as a task"
            )
    if missing := environments.keys() - {binary.name for binary in found}:
        raise StartFailed(f"not in {folder}: {', '.join(sorted(missing))}; `cargo lambda build --release` builds them")
    return found


def functions(templates: Path) -> dict[str, dict[str, str]]:
    """The templates' Rust functions by their binary's name, each with an environment like a deployed one's."""
    found = {}
    for path in sorted(templates.glob("*.yaml")):
        template = yaml_parse(path.read_text())
        for resource in template["Resources"].values():
            binary = resource.get("Metadata", {}).get("BuildProperties", {}).get("Binary")
            if resource["Type"] == "AWS::Serverless::Function" and binary:
                variables = resource["Properties"].get("Environment", {}).get("Variables", {})
                parameters = template.get("Parameters", {})
                found[binary] = {name: value_of(value, parameters) for name, value in variables.items()}
    return found


def value_of(value: object, parameters: dict[str, Any]) -> str:
    """What a variable of a deployed function could hold."""
    match value:
        case {"Ref": str(name)} if name in PARAMETERS:
            return PARAMETERS[name]
        case {"Ref": str(name)} if "Default" in parameters.get(name, {}):
            return str(parameters[name]["Default"])
        case str() | int():
            return str(value)
        case _:
            return "bench"


def machine() -> str:
    """The processor's model and the number of cores that this process may use."""
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return f"{model[1] if model else os.uname().machine}, {len(os.sched_getaffinity(0))} cores"


def table(results: list[dict[str, Any]]) -> str:
    """The results for people to read."""
    lines = [f"{'':24}{'built for':>12}{'bytes':>12}{'zipped':>12}{'first poll':>13}{'peak memory':>13}"]
    for result in results:
        milliseconds = result["first_poll_ms"]
        poll = "-" if milliseconds is None else f"{milliseconds:.2f} ms"
        size, zipped, memory = result["bytes"], result["zip_bytes"], result["rss_kib"]
        lines.append(
            f"{result['name']:24}{result['architecture']:>12}{size:>12,}{zipped:>12,}{poll:>13}{memory:>9,} KiB"
        )
    return "\n".join(lines)


def goals(results: list[dict[str, Any]]) -> str:
    """Which functions reach the goals, in one line."""
    of_functions = [result for result in results if result["first_poll_ms"] is not None]
    soon = sum(result["first_poll_ms"] <= GOAL_MILLISECONDS for result in of_functions)
    small = sum(result["zip_bytes"] <= GOAL_ZIP_BYTES for result in of_functions)
    return (
        f"Goals for a function: first poll within {GOAL_MILLISECONDS} ms (reached by {soon} of {len(of_functions)}), "
        f"{GOAL_ZIP_BYTES / 1e6} MB zipped (reached by {small} of {len(of_functions)})."
    )


def main() -> int:
    target = Path(os.environ.get("CARGO_TARGET_DIR", "target"))
    parser = argparse.ArgumentParser(prog="bench.binaries", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--binaries", type=Path, default=target / "lambda", help="what `cargo lambda build` wrote")
    parser.add_argument("--templates", type=Path, default=Path("stacks"), help="where the functions are declared")
    parser.add_argument("--output", type=Path, default=Path("target/bench/binaries.json"))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()

    try:
        measured = binaries(arguments.binaries, arguments.templates)
        measure(measured, arguments.rounds)
    except (StartFailed, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    results = [binary.result() for binary in measured]
    print(
        f"Release binaries for this machine's architecture, {ARCHITECTURE}; what is deployed may be for another.\n"
        f"{machine()}; median of {arguments.rounds} starts\n\n{table(results)}\n\n{goals(results)}"
    )
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(results, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
