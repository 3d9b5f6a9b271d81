"""What happens to the shop's releases: an incident, another one without a support plan, and a crash."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from demo.context import Context
from demo.health_gate import crash, forwarders, incidents, pipelines, records
from demo.health_gate.pipelines import BILLING, EUROPE, NEXT_ASK_SECONDS, WEB, Release, Shown
from demo.health_gate.report import say
from demo.patience import until

ON_CALL = "arn:aws:iam::123456789012:user/on-call"
REASON = "the release of ticket 4711 does not use EC2"
OVERRIDE_LASTS = timedelta(hours=2)
FAILURE, CONTINUE = "failure", "continue"

Outputs = dict[str, str]


@dataclass
class Seen:
    """What was found on the way."""

    blocked: list[Release] = field(default_factory=list)
    held: list[Release] = field(default_factory=list)
    resumed: list[Release] = field(default_factory=list)
    """Blocked or held, and through after the incident without anybody's help."""
    overridden: list[Release] = field(default_factory=list)
    elsewhere: list[Release] = field(default_factory=list)
    """Deployed to another region meanwhile."""
    crashed: list[Release] = field(default_factory=list)
    """Whose gate died, and whose job has an answer all the same."""
    passed_while_open: list[str] = field(default_factory=list)
    """Stacks of the gated region that were there before the incident ended."""
    retries: dict[Release, int] = field(default_factory=dict)
    """Of each that was blocked in the first incident."""
    stacks: dict[str, int | None] = field(default_factory=dict)
    """The release that each pipeline's stack is of at the end."""
    outcomes: dict[str, str] = field(default_factory=dict)
    """What the gate's table says became of each blocked execution."""

    def note(self, release: Release, shown: Shown) -> str:
        """Counts a gate's answer, and says it in a word."""
        if shown.kind == FAILURE:
            self.blocked.append(release)
            return "blocked"
        if shown.kind == CONTINUE:
            if release not in self.held:
                self.held.append(release)
            return "held"
        return "passed"


def an_incident(context: Context, seen: Seen) -> None:
    """Releases meet it, newer ones come after them, and it ends."""
    output = context.output
    incident = incidents.begin(context, "EC2", "us-east-1")
    output.heading("An incident begins, in the engine's stand-in for AWS Health: EC2 in us-east-1")
    web, billing, europe = (pipelines.release(context, pipeline, 1) for pipeline in (WEB, BILLING, EUROPE))
    for release in (web, billing):
        shown = pipelines.asked(context, release)
        say(output, release, seen.note(release, shown), shown.words)
    if pipelines.succeeded(context, europe):
        seen.elsewhere.append(europe)
        say(output, europe, "deployed", pipelines.asked(context, europe).words)

    output.heading("Newer releases are started, and a while passes")
    newer, waiting = (pipelines.release(context, pipeline, 2) for pipeline in (WEB, BILLING))
    say(output, newer, seen.note(newer, pipelines.asked(context, newer)), "Release 1 was overtaken: it stays as it is.")
    pipelines.waits_outside(context, waiting)
    say(output, waiting, "waits", "Release 1 is in the stage, and nothing supersedes it there.")
    context.control("/clock/advance", {"seconds": NEXT_ASK_SECONDS})
    say(output, billing, seen.note(billing, pipelines.asked(context, billing, 2)), "CodePipeline asked again.")
    seen.passed_while_open = [
        pipeline.name for pipeline in (WEB, BILLING) if pipelines.deployed(context, pipeline) is not None
    ]

    incidents.end(context, incident)
    output.heading("The incident ends, and each message of that comes twice")
    if pipelines.went_on(context, newer):
        seen.resumed.append(newer)
        say(output, newer, "deployed", "health-watch retried its stage, and the gate found nothing any more.")
    context.control("/clock/advance", {"seconds": NEXT_ASK_SECONDS})
    shown = pipelines.asked(context, billing, 3)
    if pipelines.succeeded(context, billing):
        seen.resumed.append(billing)
        say(output, billing, "deployed", shown.words)
    if pipelines.succeeded(context, waiting):
        say(output, waiting, "deployed", "It entered the stage when release 1 had left it.")
    seen.retries = {release: len(pipelines.runs(context, release, pipelines.GATE)) - 1 for release in (web, newer)}


def no_support_plan(context: Context, ours: Outputs, seen: Seen) -> None:
    """The recorded events count, and a person lets a release pass."""
    output, table = context.output, ours["TableName"]
    incidents.support_plan(context, False)
    heard = forwarders.heartbeats(context, ours["HeartbeatRuleName"], table)
    output.heading("The account loses its support plan. What health-watch recorded decides")
    output.line(f"Heard of, by the forwarders' heartbeats: {', '.join(sorted(heard))}")
    incident = incidents.begin(context, "EC2", "eu-west-1")
    until("the record of the incident", lambda: records.is_recorded(context, table, incident))
    europe = pipelines.release(context, EUROPE, 2)
    shown = pipelines.asked(context, europe)
    say(output, europe, seen.note(europe, shown), shown.words)

    output.heading("A person lets that one pass: an item in the gate's table, and the stage is retried by hand")
    now = datetime.fromisoformat(context.control("/clock/advance", {"seconds": 0})["now"])
    expiry = (now + OVERRIDE_LASTS).strftime("%Y-%m-%dT%H:%M:%SZ")
    records.override(context, table, EUROPE.name, ON_CALL, REASON, expiry)
    pipelines.retry(context, europe)
    shown = pipelines.asked(context, europe, 2)
    through = pipelines.succeeded(context, europe)
    if through and pipelines.decision(context, europe) == "overridden" and ON_CALL in shown.words:
        seen.overridden.append(europe)
        say(output, europe, "deployed", shown.words)
    incidents.end(context, incident)
    ended = "the end of all blocks in the gate's table"
    until(ended, lambda: not {"waiting", "resuming"} & set(records.blocks(context, table).values()))
    incidents.support_plan(context, True)


def a_crash(context: Context, ours: Outputs, seen: Seen) -> None:
    """The gate's process is killed while it waits for Health, and so is Lambda's second try."""
    context.output.heading("The gate is killed while it works, twice, as Lambda tries it twice")
    gate = ours["HealthGateFunctionName"]
    web = pipelines.release(context, WEB, 3)
    crash.kill_every_try(context, gate)
    shown = pipelines.asked(context, web)
    if shown.kind == FAILURE and gate in shown.words:
        seen.crashed.append(web)
    say(context.output, web, "failed, by job-answerer", shown.words)
