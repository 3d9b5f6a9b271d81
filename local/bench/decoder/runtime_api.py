"""Times invocations through a Runtime API socket: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html.

The clock runs from just before the event is written to the socket until the last byte of the answer has been read from
it. So the kernel's copying and this program's own reading are in the time, and they are the same for whoever answers.
The function has one core, and this program another where there are two.
"""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.binaries import StartFailed, peak_memory_kib, surroundings
from bench.decoder.contenders import ENVIRONMENT, OURS, RIVALS, Contender

ANSWER_TIMEOUT_SECONDS = 60
WARM_UP_INVOCATIONS = 20
# An answer of 6 MB with the request's head.
BUFFER_BYTES = 8 * 1024 * 1024


@dataclass
class Through:
    """What was seen of one that answers: a median of each round, and memory at the end of it."""

    milliseconds: list[float] = field(default_factory=list)
    cpu_milliseconds: list[float] = field(default_factory=list)
    peak_kib: list[int] = field(default_factory=list)

    def median(self) -> float:
        """Milliseconds of an invocation by the clock."""
        return statistics.median(self.milliseconds)

    def cpu_median(self) -> float:
        """Milliseconds of CPU time that the function took for an invocation, asking for it and answering included."""
        return statistics.median(self.cpu_milliseconds)


class Api:
    """The Runtime API of one function, over as many connections as its client likes."""

    def __init__(self, listener: socket.socket, ended: int) -> None:
        """`ended` is a descriptor that is readable once the function's process is no more."""
        self.listener = listener
        self.ended = ended
        self.connections: dict[int, socket.socket] = {}
        self.buffer = memoryview(bytearray(BUFFER_BYTES))

    def __enter__(self) -> Api:
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self.connections.values():
            connection.close()

    def invoke(self, event: bytes) -> tuple[float, memoryview]:
        """Seconds until the answer, and the answer, which stays until the next invocation."""
        connection, line, _ = self.request()
        if not line.startswith(b"GET "):
            raise StartFailed(f"asked for {line.decode(errors='replace')} where the next event was to be asked for")
        deadline = int((time.time() + ANSWER_TIMEOUT_SECONDS) * 1000)
        head = (
            "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n"
            f"Lambda-Runtime-Deadline-Ms: {deadline}\r\n"
            "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:123456789012:function:log-decoder\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(event)}\r\n\r\n"
        ).encode()
        message = head + event
        begin = time.perf_counter()
        connection.sendall(message)
        connection, line, body = self.request()
        seconds = time.perf_counter() - begin
        if not line.startswith(b"POST ") or not line.split(b" ")[1].endswith(b"/response"):
            raise StartFailed(f"answered {line.decode(errors='replace')}: {bytes(body[:500]).decode(errors='replace')}")
        connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        return seconds, body

    def request(self) -> tuple[socket.socket, bytes, memoryview]:
        """The next request that comes on any connection: its first line and its body."""
        while True:
            watched = [self.ended, self.listener.fileno(), *self.connections]
            ready, _, _ = select.select(watched, [], [], ANSWER_TIMEOUT_SECONDS)
            if not ready:
                raise StartFailed(f"no request for {ANSWER_TIMEOUT_SECONDS} s")
            if self.ended in ready:
                raise StartFailed("it has ended")
            if self.listener.fileno() in ready:
                connection, _ = self.listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connections[connection.fileno()] = connection
                continue
            [descriptor, *_] = ready
            connection = self.connections[descriptor]
            found = self.read(connection)
            if found is not None:
                return connection, *found
            del self.connections[descriptor]
            connection.close()

    def read(self, connection: socket.socket) -> tuple[bytes, memoryview] | None:
        """One request, or none if the connection has ended."""
        used, end = 0, -1
        while end < 0:
            count = connection.recv_into(self.buffer[used:])
            if count == 0:
                return None
            used += count
            end = bytes(self.buffer[: min(used, 8192)]).find(b"\r\n\r\n")
        head = bytes(self.buffer[:end])
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        begin = end + 4
        total = begin + (int(length[1]) if length else 0)
        while used < total:
            count = connection.recv_into(self.buffer[used:total])
            if count == 0:
                return None
            used += count
        return head.partition(b"\r\n")[0], self.buffer[begin:total]


def answerers(bootstrap: Path) -> list[Contender]:
    """Ours as it ships, and the Python handler in a loop."""
    if not bootstrap.is_file():
        raise StartFailed(f"{bootstrap} is missing; `cargo lambda build --release --bin log-decoder` builds it")
    return [
        Contender(OURS, (str(bootstrap),)),
        Contender("python", (sys.executable, "-SB", str(RIVALS / "bootstrap.py"))),
    ]


def measure(measured: list[Contender], event: bytes, rounds: int, seconds: float) -> dict[str, Through]:
    """Lets them take turns, each in a process of its own for `seconds`."""
    results = {contender.name: Through() for contender in measured}
    for _ in range(rounds):
        for contender in measured:
            one_round(contender, event, seconds, results[contender.name])
    return results


def one_round(contender: Contender, event: bytes, seconds: float, through: Through) -> None:
    """Starts one, warms it up, times its invocations and ends it."""
    with started(contender) as (api, process):
        for _ in range(WARM_UP_INVOCATIONS):
            api.invoke(event)
        times: list[float] = []
        begin = cpu_seconds(process)
        end = time.monotonic() + seconds
        while not times or time.monotonic() < end:
            times.append(api.invoke(event)[0])
        through.milliseconds.append(statistics.median(times) * 1000)
        through.cpu_milliseconds.append((cpu_seconds(process) - begin) / len(times) * 1000)
        through.peak_kib.append(peak_memory_kib(process))


def cpu_seconds(process: int) -> float:
    """CPU time of all threads so far: https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat, in ns."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def answer(contender: Contender, event: bytes) -> bytes:
    """What one of them answers."""
    with started(contender) as (api, _):
        return bytes(api.invoke(event)[1])


@contextmanager
def started(contender: Contender) -> Iterator[tuple[Api, int]]:
    """A process behind the Runtime API, on a core of its own where there is one."""
    cores = sorted(os.sched_getaffinity(0))
    silent = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in (0, 1)]
    with socket.create_server(("127.0.0.1", 0)) as listener, tempfile.TemporaryFile() as errors:
        process = os.posix_spawn(
            contender.command[0],
            list(contender.command),
            surroundings("log-decoder", listener) | ENVIRONMENT,
            file_actions=[*silent, (os.POSIX_SPAWN_DUP2, errors.fileno(), 2)],
        )
        ended = os.pidfd_open(process)
        try:
            os.sched_setaffinity(process, {cores[-1]})
            os.sched_setaffinity(0, {cores[0]})
            with Api(listener, ended) as api:
                yield api, process
        except (StartFailed, ConnectionError) as error:
            errors.seek(0)
            said = errors.read(2000).decode(errors="replace").strip() or "nothing"
            raise StartFailed(f"{contender.name} through the Runtime API: {error}; it said: {said}") from error
        finally:
            os.sched_setaffinity(0, cores)
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            os.close(ended)


def figures(results: dict[str, Through]) -> dict[str, float]:
    """The input's entry under `runtime_api` in decoder.json."""
    ours, python = results[OURS], results["python"]
    return {
        "ms": round(ours.median(), 3),
        "python_ms": round(python.median(), 3),
        "of_python": round(ours.median() / python.median(), 3),
        "cpu_ms": round(ours.cpu_median(), 3),
        "cpu_of_python": round(ours.cpu_median() / python.cpu_median(), 3),
        "peak_mib": round(max(ours.peak_kib) / 1024, 1),
    }
