"""The demo of health-gate: releases meet an incident at AWS, are stopped, and go on by themselves when it is over."""

from __future__ import annotations

from dataclasses import dataclass, field

from demo.context import Context, Stopwatch
from demo.health_gate import (
    forwarders,
    incidents,
    look_around,
    notices,
    pipelines,
    records,
    report,
    result,
    scenes,
)
from demo.health_gate.scenes import Outputs, Seen
from demo.system import Result

PREFIX = "HealthGate"


@dataclass
class HealthGate:
    """The parameters depend on what is prepared, so it is kept here."""

    name_server: str = field(default="", init=False)

    def prepare(self, context: Context) -> None:
        """The name of the Health API's active endpoint, which AWS's DNS has."""
        self.name_server = incidents.name_server(context)

    def parameters(self) -> dict[str, str]:
        """Of template.yaml."""
        return {"HealthGate": "true", "HealthGateHealthDnsServer": self.name_server}

    def run(self, context: Context, prepared: None, outputs: Outputs) -> Result:
        """Answers what `problems` judges."""
        watch = Stopwatch()
        ours = {name.removeprefix(PREFIX): value for name, value in outputs.items()}
        queue = notices.subscribe(context, ours["TopicArn"])
        seen = Seen()
        set_up(context, ours)
        scenes.an_incident(context, seen)
        scenes.no_support_plan(context, ours, seen)
        scenes.a_crash(context, ours, seen)
        told = what_people_were_told(context, queue)
        seen.stacks = {pipeline.name: pipelines.deployed(context, pipeline) for pipeline in pipelines.PIPELINES}
        seen.outcomes = records.blocks(context, ours["TableName"])
        jobs = incidents.jobs(context)
        report.show_jobs(context.output, jobs)
        context.look_around.extend(look_around.commands(ours["TableName"], ours["HealthWatchFunctionName"]))
        return {**result.measured(seen, jobs, told, incidents.calls(context)), "seconds": watch.seconds}

    def problems(self, result_of_run: Result) -> list[str]:
        """What is not as it should be, each in a sentence."""
        return result.problems(result_of_run)


def set_up(context: Context, ours: Outputs) -> None:
    """The forwarders of other regions, and the pipelines."""
    context.output.heading("Two more regions send their Health events to the gate's")
    watch = Stopwatch()
    forwarders.deploy(context, ours["HealthBusArn"])
    for region in forwarders.REGIONS:
        context.output.line(" ".join(forwarders.command(region, "...")))
    context.output.line(f"Deployed in {watch.seconds:.1f} s, both at once")
    context.output.heading("Three pipelines: a source in S3, the gate, and a stack to deploy")
    pipelines.create(context, ours["HealthGateFunctionName"])
    report.show_pipelines(context.output)


def what_people_were_told(context: Context, queue: str) -> dict[str, int]:
    """Answers how many notices of each kind."""
    context.output.heading("What people were told, in a queue that is subscribed to the gate's topic")
    subjects = notices.read(context, queue)
    for subject in subjects:
        context.output.line(subject)
    return notices.by_kind(subjects)
