"""`make bench-decoder`: measures, prints a table and writes target/bench/decoder.json."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.binaries import StartFailed, machine
from bench.decoder import harness, inputs, report, runtime_api
from bench.decoder.contenders import FLOOR, OURS, Contender, NotComparable, answer, contenders, same_answers

ROUNDS = 5
SECONDS = 2.0
# The second one's answer is the largest.
THROUGH_API = ("mixed-1mb", "event-1mb")


def main() -> int:
    target = Path(os.environ.get("CARGO_TARGET_DIR", "target"))
    parser = argparse.ArgumentParser(prog="bench.decoder", description=__doc__)
    parser.add_argument("--input", type=Path, help="an event of Firehose as JSON, instead of the bench's own")
    parser.add_argument("--inputs", nargs="+", choices=list(inputs.RECIPES), default=list(inputs.USUAL), metavar="NAME")
    parser.add_argument("--examples", type=Path, default=target / "release" / "examples")
    parser.add_argument("--bootstrap", type=Path, default=target / "ship" / "log-decoder" / "bootstrap")
    parser.add_argument("--output", type=Path, default=Path("target/bench/decoder.json"))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each run, its warm-up not counted")
    arguments = parser.parse_args()

    try:
        if arguments.input:
            events = {arguments.input.stem: arguments.input.read_bytes()}
        else:
            events = {name: inputs.as_json(inputs.event(name)) for name in arguments.inputs}
        results = measure(events, arguments, contenders(arguments.examples))
    except (NotComparable, StartFailed, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(results, indent=2) + "\n")
    return 0


def measure(events: dict[str, bytes], arguments: argparse.Namespace, measured: list[Contender]) -> dict[str, Any]:
    """What decoder.json holds, and prints it on the way."""
    rounds, seconds = arguments.rounds, arguments.seconds
    about: dict[str, Any] = {
        "processor": machine(),
        "load_before": os.getloadavg()[0],
        "python": sys.version.split()[0],
    }
    print(f"{machine()}; load {os.getloadavg()[0]:.1f}; {rounds} rounds of {seconds:g} s each")
    if os.getloadavg()[0] > len(os.sched_getaffinity(0)) / 2:
        print("The machine is busy: what is measured by the clock (Runtime API, two threads) says little.")
    results: dict[str, dict[str, float]] = {}
    details: dict[str, Any] = {}
    through: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "event.json"
        answerers = runtime_api.answerers(arguments.bootstrap)
        for name, event in events.items():
            file.write_bytes(event)
            shape = inputs.shape(event)
            print(
                f"{name}: {shape.records:,} records, {shape.log_events:,} log events, {shape.message_bytes / 1e6:.2f} "
                f"MB of messages, compressed {shape.ratio:.1f} times, event of {shape.event_bytes / 1e6:.2f} MB",
                flush=True,
            )
            answers = {OURS: runtime_api.answer(answerers[0], event)}
            answers |= {rival.name: answer(rival, file) for rival in measured if rival.name not in (OURS, FLOOR)}
            same_answers(answers)
            runs = harness.measure(measured, file, rounds, seconds)
            results[name] = report.figures(runs, shape.message_bytes)
            details[name] = {"ratio": round(shape.ratio, 2), **report.rivals(runs, shape.message_bytes)}
            if name in THROUGH_API or arguments.input:
                through[name] = runtime_api.figures(runtime_api.measure(answerers, event, rounds, seconds))
                through[name]["answer_mb"] = round(len(answers[OURS]) / inputs.MB, 2)
        [main_event, *_] = events.values()
        file.write_bytes(main_event)
        threads = harness.two_threads(measured[0], file, rounds, seconds)
    print(f"\n{report.table(results)}\n\n{report.through_table(through)}\n")
    print(f"Two threads do {threads:.2f} times what one does.\n")
    for goal in report.goals(results, through, threads):
        print(f"{'reached' if goal.reached else 'MISSED '}  {goal.text}")
    about |= {"load_after": os.getloadavg()[0], "rounds": rounds, "seconds": seconds}
    more = {"machine": about, "runtime_api": through, "two_threads": round(threads, 2), "details": details}
    return {**results, **more}


if __name__ == "__main__":
    sys.exit(main())
