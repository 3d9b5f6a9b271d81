"""The figures of an input, the table and the goals."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from bench.decoder.contenders import FLOOR, OURS, Run
from bench.decoder.harness import mb_per_s

GOAL_PYTHON = 10.0
GOAL_NODE = 8.0
GOAL_NAIVE = 3.5
GOAL_FLOOR = 0.65
# Of inputs that are not `mixed-1mb`.
GOAL_FLOOR_OTHERS = 0.55
GOAL_PEAK_MIB = 40
GOAL_OF_PYTHON_THROUGH_API = 1 / 8
GOAL_TWO_THREADS = 1.7
MAIN_INPUT = "mixed-1mb"


@dataclass(frozen=True)
class Goal:
    """One of the goals and what was reached."""

    text: str
    reached: bool


def figures(runs: dict[str, list[Run]], message_bytes: int) -> dict[str, float]:
    """The input's entry in decoder.json. `of_floor` is a part of 1, the `vs_` are times."""
    speed = {name: mb_per_s(of_name, message_bytes) for name, of_name in runs.items()}
    return {
        "mb_per_s": round(speed[OURS], 1),
        "vs_python": round(speed[OURS] / speed["python"], 2),
        "vs_node": round(speed[OURS] / speed["node"], 2),
        "vs_naive": round(speed[OURS] / speed["naive"], 2),
        "of_floor": round(speed[OURS] / speed[FLOOR], 3),
        "peak_mib": round(statistics.median(run.peak_mib for run in runs[OURS]), 1),
    }


def rivals(runs: dict[str, list[Run]], message_bytes: int) -> dict[str, dict[str, float]]:
    """Speed and memory of each, beside the ratios. `spread` is the slowest run's part of the fastest."""
    found = {}
    for name, of_name in runs.items():
        speeds = [mb_per_s([run], message_bytes) for run in of_name]
        found[name] = {
            "mb_per_s": round(mb_per_s(of_name, message_bytes), 1),
            "spread": round(min(speeds) / max(speeds), 3),
            "peak_mib": round(statistics.median(run.peak_mib for run in of_name), 1),
        }
    return found


def table(results: dict[str, dict[str, float]]) -> str:
    """The inputs' figures for people to read."""
    titles = ("MB/s", "Python", "Node", "naive", "of floor", "peak")
    lines = [f"{'':18}" + "".join(f"{title:>12}" for title in titles)]
    for name, result in results.items():
        lines.append(
            f"{name:18}{result['mb_per_s']:>12,.0f}{result['vs_python']:>11.1f}x{result['vs_node']:>11.1f}x"
            f"{result['vs_naive']:>11.1f}x{result['of_floor']:>12.0%}{result['peak_mib']:>8.1f} MiB"
        )
    return "\n".join(lines)


def through_table(through: dict[str, dict[str, float]]) -> str:
    """The invocations through a Runtime API for people to read."""
    lines = [
        f"{'Runtime API':18}{'ours':>12}{'Python':>12}{'ours of it':>12}{'of its CPU':>12}{'answer':>12}{'peak':>12}"
    ]
    for name, result in through.items():
        lines.append(
            f"{name:18}{result['ms']:>9.2f} ms{result['python_ms']:>9.2f} ms{result['of_python']:>12.1%}"
            f"{result['cpu_of_python']:>12.1%}"
            f"{result['answer_mb']:>9.2f} MB{result['peak_mib']:>8.1f} MiB"
        )
    return "\n".join(lines)


def goals(results: dict[str, dict[str, float]], through_api: dict[str, dict[str, float]], threads: float) -> list[Goal]:
    """What was to be reached by what was measured."""
    found = []
    for name, result in results.items():
        if name == MAIN_INPUT:
            found += [
                at_least(f"{name}: times Python", result["vs_python"], GOAL_PYTHON),
                at_least(f"{name}: times Node", result["vs_node"], GOAL_NODE),
                at_least(f"{name}: times straightforward Rust", result["vs_naive"], GOAL_NAIVE),
            ]
        least = GOAL_FLOOR if name == MAIN_INPUT else GOAL_FLOOR_OTHERS
        found.append(at_least(f"{name}: of the floor", result["of_floor"], least))
    for name, through in through_api.items():
        found.append(
            at_most(
                f"{name} through the Runtime API: of Python's time", through["of_python"], GOAL_OF_PYTHON_THROUGH_API
            )
        )
        found.append(at_most(f"{name} through the Runtime API: peak MiB", through["peak_mib"], GOAL_PEAK_MIB))
    found.append(at_least("two threads: times one", threads, GOAL_TWO_THREADS))
    return found


def at_least(what: str, found: float, goal: float) -> Goal:
    """Reached from `goal` up."""
    return Goal(f"{what} {found:.3g} (goal: at least {goal:.3g})", found >= goal)


def at_most(what: str, found: float, goal: float) -> Goal:
    """Reached up to `goal`."""
    return Goal(f"{what} {found:.3g} (goal: at most {goal:.3g})", found <= goal)
