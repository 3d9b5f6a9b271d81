"""Turns: A B C D E, A B C D E, ..., each a process of its own on the same core.

A machine that gets slower or faster is so for all of them, and a median over the rounds forgets a disturbed run. CPU
time is what is compared, so that a neighbour on the core costs caches but not time.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.decoder.contenders import Contender, Run, run
from bench.decoder.inputs import MB


@contextmanager
def on_one_core() -> Iterator[None]:
    """This process, and what it starts, stays on the last core that it may use."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def measure(contenders: list[Contender], event: Path, rounds: int, seconds: float) -> dict[str, list[Run]]:
    """The runs of each by its name."""
    runs: dict[str, list[Run]] = {contender.name: [] for contender in contenders}
    with on_one_core():
        for _ in range(rounds):
            for contender in contenders:
                runs[contender.name].append(run(contender, event, seconds))
    return runs


def mb_per_s(runs: list[Run], message_bytes: int) -> float:
    """10^6 bytes of uncompressed messages a CPU second: the median of the runs."""
    return statistics.median(message_bytes * run.events / MB / run.cpu_seconds for run in runs)


def two_threads(ours: Contender, event: Path, rounds: int, seconds: float) -> float:
    """How much more two threads of one process do in a second of the clock than one does. Each has its own memory."""
    ratios = []
    for _ in range(rounds):
        one, two = (run(ours, event, seconds, threads) for threads in (1, 2))
        ratios.append((two.events / two.wall_seconds) / (one.events / one.wall_seconds))
    return statistics.median(ratios)
