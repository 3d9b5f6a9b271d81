"""Times health-gate and health-watch, warm, through a Runtime API socket, with a stand-in for all that they ask.

The time of an invocation is from the event's writing to the answer's last byte (bench.decoder.runtime_api), without
what the stand-in took. So it is the function's own time with the kernel's, for its calls without TLS; on AWS their way
and AWS's time come on top. Health answers one page of 100 events.

- clear: none of them blocks. The gate asks Health, looks into its own record of events, and answers the job.
- blocked: one of them does. The gate asks Health, looks for an override, finds its action, writes the block down,
  answers the job, and tells people.
- watch: 250 incidents, each opened, updated and closed, and a third of it again, all of it shuffled. At every closing
  ten blocks are read that wait for another incident, and Health is asked about it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import socket
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.binaries import StartFailed, machine, peak_memory_kib, surroundings
from bench.decoder.runtime_api import Api
from bench.gate_stand_in import StandIn, health_event
from wrasse_local import health_messages
from wrasse_local.health_dns import NameServer
from wrasse_local.health_events import CLOSED, OPEN, PUBLIC, HealthEvent

WARM_UP_INVOCATIONS = 20
INVOCATIONS = 300
PAGE_EVENTS = 100
INCIDENTS, WATCH_EVENTS, WAITING_BLOCKS = 250, 1000, 10
BEGIN = datetime(2026, 11, 20, 12, tzinfo=UTC)
ACCOUNT, EXECUTION = "123456789012", "c53dbd42-1111-2222-3333-444455556666"
BLOCKING, OTHERS, NOBODYS = "EC2", "RDS", "LAMBDA"
GOAL_GATE_MILLISECONDS = 150
GOAL_WATCH_BYTES = 30_000_000


def job(service: str) -> dict[str, Any]:
    """An event of CodePipeline that asks about one service."""
    asked = {"services": [service], "pipeline": "shop", "execution": EXECUTION}
    configuration = {"FunctionName": "health-gate", "UserParameters": json.dumps(asked)}
    credentials = {"accessKeyId": "AKIABENCH", "secretAccessKey": "bench", "sessionToken": "bench"}
    data = {
        "actionConfiguration": {"configuration": configuration},
        "inputArtifacts": [],
        "outputArtifacts": [],
        "artifactCredentials": credentials,
    }
    return {"CodePipeline.job": {"id": "11111111-abcd-1111-abcd-111111abcdef", "accountId": ACCOUNT, "data": data}}


def running(of: dict[str, Any]) -> dict[str, Any]:
    """The action execution that a job is of, as ListActionExecutions has it."""
    configuration = of["CodePipeline.job"]["data"]["actionConfiguration"]["configuration"]
    return {
        "pipelineExecutionId": EXECUTION,
        "actionExecutionId": "7a1c0000-1111-2222-3333-444455556666",
        "stageName": "HealthGate",
        "actionName": "HealthGate",
        "status": "InProgress",
        "input": {"configuration": configuration, "resolvedConfiguration": configuration},
    }


def updates() -> list[dict[str, Any]]:
    """What EventBridge hands to health-watch: out of order, and more than once."""
    told = []
    for number in range(INCIDENTS):
        described = health_event(number, OTHERS)
        for minutes in range(3):
            at = BEGIN + timedelta(minutes=minutes)
            event = HealthEvent(
                arn=described["arn"],
                service=OTHERS,
                type_code=described["eventTypeCode"],
                category="issue",
                region="us-east-1",
                scope=PUBLIC,
                account=ACCOUNT,
                status=CLOSED if minutes == 2 else OPEN,
                started=BEGIN,
                updated=at,
                ended=at if minutes == 2 else None,
                revision=minutes + 1,
            )
            told.append(health_messages.message(event, ACCOUNT, "us-east-1", f"{number}-{minutes}", at))
    dice = random.Random(0)
    told += dice.sample(told, WATCH_EVENTS - len(told))
    dice.shuffle(told)
    return told


@contextmanager
def started(name: str, bootstrap: Path, stand_in: StandIn, names: str) -> Iterator[tuple[Api, int]]:
    """A function's process behind the Runtime API; `names` is the DNS server that knows Health's endpoint."""
    settings = {
        "AWS_ENDPOINT_URL": stand_in.url,
        "TABLE_NAME": "bench",
        "TOPIC_ARN": f"arn:aws:sns:us-east-1:{ACCOUNT}:bench",
        "HEALTH_DNS_SERVER": names,
    }
    silent = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in (0, 1)]
    with socket.create_server(("127.0.0.1", 0)) as listener, tempfile.TemporaryFile() as errors:
        process = os.posix_spawn(
            bootstrap,
            [str(bootstrap)],
            surroundings(name, listener) | settings,
            file_actions=[*silent, (os.POSIX_SPAWN_DUP2, errors.fileno(), 2)],
        )
        ended = os.pidfd_open(process)
        try:
            with Api(listener, ended) as api:
                yield api, process
        except (StartFailed, ConnectionError) as error:
            errors.seek(0)
            said = errors.read(2000).decode(errors="replace").strip() or "nothing"
            raise StartFailed(f"{name} through the Runtime API: {error}; it said: {said}") from error
        finally:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            os.close(ended)


def timed(api: Api, stand_in: StandIn, event: dict[str, Any]) -> float:
    """Milliseconds of one invocation without the stand-in's."""
    message, before = json.dumps(event).encode(), stand_in.seconds
    seconds, _ = api.invoke(message)
    return (seconds - (stand_in.seconds - before)) * 1000


def figures(milliseconds: list[float], peak_kib: int, calls: float) -> dict[str, Any]:
    """An entry of gate.json."""
    return {
        "invocations": len(milliseconds),
        "calls_each": round(calls / len(milliseconds), 1),
        "median_ms": round(statistics.median(milliseconds), 3),
        "p95_ms": round(statistics.quantiles(milliseconds, n=20)[-1], 3),
        "peak_kib": peak_kib,
    }


def measure_gate(
    bootstrap: Path, stand_in: StandIn, names: str, service: str, answer: str, count: int
) -> dict[str, Any]:
    """One gate, asked `count` times; every time it must give that answer to its job."""
    with started("health-gate", bootstrap, stand_in, names) as (api, process):
        for _ in range(WARM_UP_INVOCATIONS):
            timed(api, stand_in, job(service))
        stand_in.calls.clear()
        milliseconds = [timed(api, stand_in, job(service)) for _ in range(count)]
        if stand_in.calls[answer] != count:
            raise StartFailed(f"health-gate was asked {count} times and called {dict(stand_in.calls)}")
        return figures(milliseconds, peak_memory_kib(process), stand_in.calls.total())


def measure_watch(bootstrap: Path, stand_in: StandIn, names: str) -> dict[str, Any]:
    """One watch and a batch of events; it must write every one."""
    events = updates()
    stand_in.calls.clear()
    with started("health-watch", bootstrap, stand_in, names) as (api, process):
        milliseconds = [timed(api, stand_in, event) for event in events]
        if stand_in.calls["PutItem"] != len(events) or stand_in.calls["UpdateItem"]:
            raise StartFailed(f"health-watch was given {len(events)} events and called {dict(stand_in.calls)}")
        return figures(milliseconds, peak_memory_kib(process), stand_in.calls.total())


def measure(folder: Path, invocations: int) -> dict[str, Any]:
    """All three. The blocks that wait are copies of what the gate wrote."""
    page = [health_event(number, OTHERS) for number in range(1, PAGE_EVENTS)] + [health_event(0, BLOCKING)]
    server = NameServer(lambda: "us-east-1")
    stand_in = StandIn(page, running(job(BLOCKING)))
    try:
        names, gate = server.start(), folder / "health-gate" / "bootstrap"
        clear = measure_gate(gate, stand_in, names, NOBODYS, "PutJobSuccessResult", invocations)
        blocked = measure_gate(gate, stand_in, names, BLOCKING, "PutJobFailureResult", invocations)
        block = json.dumps(stand_in.written)
        stand_in.blocks = [
            json.loads(block.replace(EXECUTION, f"{EXECUTION[:-4]}{number:04}")) for number in range(WAITING_BLOCKS)
        ]
        watch = measure_watch(folder / "health-watch" / "bootstrap", stand_in, names)
    finally:
        stand_in.close()
        server.stop()
    return {"clear": clear, "blocked": blocked, "watch": watch}


def table(results: dict[str, dict[str, Any]]) -> str:
    """The results for people to read."""
    lines = [f"{'':10}{'times':>8}{'calls each':>12}{'median':>12}{'p95':>12}{'peak memory':>14}"]
    for name, result in results.items():
        median, high = f"{result['median_ms']:.2f} ms", f"{result['p95_ms']:.2f} ms"
        peak = f"{result['peak_kib']:,} KiB"
        lines.append(f"{name:10}{result['invocations']:>8,}{result['calls_each']:>12}{median:>12}{high:>12}{peak:>14}")
    return "\n".join(lines)


def goals(results: dict[str, dict[str, Any]]) -> list[tuple[bool, str]]:
    """Each goal, and whether it is reached."""
    slowest = max(results[name]["p95_ms"] for name in ("clear", "blocked"))
    peak = results["watch"]["peak_kib"] * 1024
    return [
        (
            slowest <= GOAL_GATE_MILLISECONDS,
            f"an answer of the gate within {GOAL_GATE_MILLISECONDS} ms, warm, besides what AWS takes: {slowest:.2f} ms",
        ),
        (
            peak < GOAL_WATCH_BYTES,
            f"health-watch below {GOAL_WATCH_BYTES / 1e6:g} MB after {WATCH_EVENTS:,} events: {peak / 1e6:.1f} MB",
        ),
    ]


def main() -> int:
    target = Path(os.environ.get("CARGO_TARGET_DIR", "target"))
    parser = argparse.ArgumentParser(prog="bench.gate", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--binaries", type=Path, default=target / "lambda", help="what `cargo lambda build` wrote")
    parser.add_argument("--output", type=Path, default=Path("target/bench/gate.json"))
    parser.add_argument("--invocations", type=int, default=INVOCATIONS, help="of the gate, for each case")
    arguments = parser.parse_args()

    load = os.getloadavg()[0]
    try:
        results = measure(arguments.binaries, arguments.invocations)
    except (StartFailed, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"health-gate and health-watch, warm, without what they wait for.\n{machine()}; load {load:.1f}\n")
    print(f"{table(results)}\n")
    for reached, text in goals(results):
        print(f"{'reached' if reached else 'MISSED '}  {text}")
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    about = {"processor": machine(), "load": load, "page_events": PAGE_EVENTS}
    arguments.output.write_text(json.dumps({"machine": about, **results}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
