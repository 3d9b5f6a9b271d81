"""`python -m demo`, under `python -m wrasse_local exec`: every system's demo in turn, and their results in one file."""

from __future__ import annotations

import argparse
import json
import signal
import sys

from demo import deployment, engine, look_around
from demo.branch_environments import system as branch_environments
from demo.context import Context, DemoFailed, Stopwatch
from demo.health_gate.system import HealthGate
from demo.layer_distributor import system as layer_distributor
from demo.log_archive import system as log_archive
from demo.output import Output
from demo.rds_snapshots import system as rds_snapshots
from demo.system import System

# By the name that the system has in result.json.
SYSTEMS: dict[str, System] = {
    "rds-snapshots": rds_snapshots,
    "log-archive": log_archive,
    "health-gate": HealthGate(),
    "layer-distributor": layer_distributor,
    "branch-environments": branch_environments,
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="demo", description="Shows the systems of the fleet on the embedded engine.")
    parser.add_argument("--only", action="append", choices=SYSTEMS, help="a system to show alone; may be repeated")
    parser.add_argument("--scale", type=float, default=1.0, help="how much data is made up (%(default)s)")
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
        context = Context(*found, options.scale, output, watch=engine.watch())
        problems = show(context, {name: SYSTEMS[name] for name in SYSTEMS if name in (options.only or SYSTEMS)})
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


def show(context: Context, systems: dict[str, System]) -> list[str]:
    """Runs the systems' demos on one deployed fleet, writes result.json and answers what is not as it should be."""
    results = {}
    path = context.folder / "result.json"
    path.unlink(missing_ok=True)
    prepared = {name: system.prepare(context) for name, system in systems.items()}
    outputs = deploy(context, systems)
    for name, system in systems.items():
        results[name] = system.run(context, prepared[name], outputs)
        path.write_text(json.dumps(results, indent=2) + "\n")
    context.output.heading("Done")
    context.output.text(f"The whole demo: {context.watch.seconds:.1f} s from the engine's start, after the build.")
    context.output.line(f"What was measured: {path}")
    return [f"{name}: {problem}" for name, system in systems.items() for problem in system.problems(results[name])]


def deploy(context: Context, systems: dict[str, System]) -> dict[str, str]:
    """The shipped template, once, with what all the systems need."""
    context.output.heading("sam deploy --config-env local")
    watch = Stopwatch()
    parameters: dict[str, str] = {}
    for system in systems.values():
        parameters |= system.parameters()
    outputs = deployment.deploy(context, parameters)
    context.output.line(f"Deployed in {watch.seconds:.1f} s: {', '.join(systems)}")
    return outputs


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
