"""`python -m demo`, under `python -m wrasse_local exec`: every system's demo in turn, and their results in one file."""

from __future__ import annotations

import argparse
import json
import signal
import sys

from demo import engine, look_around, rds_snapshots
from demo.context import Context, DemoFailed
from demo.output import Output
from demo.production_database import PEOPLE

# By the name that the system has in result.json. A module has run(context) -> dict and problems(dict) -> [sentence].
SYSTEMS = {"rds-snapshots": rds_snapshots}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="demo", description="Shows every system of the fleet on the embedded engine.")
    parser.add_argument("--people", type=int, default=PEOPLE, help="people in the production database (%(default)s)")
    parser.add_argument("--keep", action="store_true", help="leave everything running until Ctrl-C")
    parser.add_argument(
        "--image", action="append", default=[], metavar="NAME=BINARY", help="the binary that a container image holds"
    )
    options = parser.parse_args(arguments)
    output = Output()
    try:
        found = engine.running()
        if found is None:
            engine.start(options.image, arguments)
        context = Context(*found, options.people, output, watch=engine.watch())
        problems = show(context)
        if options.keep:
            keep_running(context)
    except DemoFailed as failed:
        output.bad(str(failed))
        return 1
    except KeyboardInterrupt:
        output.heading("Stopped.")
        return 130
    for problem in problems:
        output.bad(problem)
    return 1 if problems else 0


def show(context: Context) -> list[str]:
    """Runs the systems' demos, writes result.json and answers what is not as it should be."""
    results = {}
    path = context.folder / "result.json"
    path.unlink(missing_ok=True)
    for name, system in SYSTEMS.items():
        results[name] = system.run(context)
        path.write_text(json.dumps(results, indent=2) + "\n")
    context.output.line(f"What was measured: {path}")
    return [f"{name}: {problem}" for name, system in SYSTEMS.items() for problem in system.problems(results[name])]


def keep_running(context: Context) -> None:
    """Says how to look around, and returns on Ctrl-C."""
    context.output.heading("Everything is left running until Ctrl-C. In another terminal:")
    for command in [*look_around.environment(context), *context.look_around]:
        context.output.line(command)
    context.output.line()
    try:
        signal.pause()
    except KeyboardInterrupt:
        context.output.line("Stopping everything.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
