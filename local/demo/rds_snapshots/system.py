"""The demo of rds-snapshots: a production database goes in, a sanitized snapshot that others may restore comes out."""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any

from demo import execution, timings
from demo.context import Context, Stopwatch
from demo.rds_snapshots import account, look_around, personal_data, production_database, rds_instance
from demo.rds_snapshots.personal_data import Originals
from demo.rds_snapshots.rds_instance import Instance
from demo.rds_snapshots.side_by_side import show_rows
from demo.system import Result

PEOPLE = 100_000
PRODUCTION = "shop-production"
RESTORED = "shop-test"
SHARED_WITH = "210987654321"
RULES = Path(__file__).parent / "rules.yaml"
RULES_BUCKET = "shop-rules"
SANITIZER_IMAGE = "local/rds-sanitizer"
STACK = "RdsSnapshotsStack"
SUCCEEDED = "SUCCEEDED"
LEFT_BEHIND = "LEFT BEHIND"


def prepare(context: Context) -> Instance:
    """The production instance with its data, and the rules in a bucket."""
    context.output.heading(f"A production database, {PRODUCTION}")
    s3 = context.client("s3")
    s3.create_bucket(Bucket=RULES_BUCKET)
    s3.upload_file(str(RULES), RULES_BUCKET, "rules.yaml")
    instance = rds_instance.create(context, PRODUCTION)
    watch = Stopwatch()
    with instance.connect(context) as connection:
        rows = production_database.load(connection, context.scaled(PEOPLE))
    context.output.table(("table", "rows"), rows.items())
    context.output.text(
        f"Loaded in {watch.seconds:.1f} s. The engine assumes that AWS takes {instance.aws_seconds} s to create an "
        "instance. Every value is made up: nobody's address, number or card."
    )
    return instance


def parameters() -> dict[str, str]:
    """Of template.yaml."""
    return {
        "RdsSnapshots": "true",
        "RdsSnapshotsSourceDBInstance": PRODUCTION,
        "RdsSnapshotsRulesS3Uri": f"s3://{RULES_BUCKET}/rules.yaml",
        "RdsSnapshotsShareWithAccounts": SHARED_WITH,
        "RdsSnapshotsSanitizerImage": SANITIZER_IMAGE,
    }


def run(context: Context, production: Instance, outputs: dict[str, str]) -> Result:
    """From the schedule to a database that another team restored. Answers what `problems` judges."""
    context.output.heading("The schedule fires; each state as it is entered, and the real time that it took")
    context.output.text(
        "The waits that a state asks for are passed over here. How many it needs follows from the durations that the "
        "engine assumes of AWS."
    )
    run_watch = Stopwatch()
    arn = execution.fire(context, outputs["RdsSnapshotsScheduleName"])
    states = execution.follow(context, arn)
    result: Result = {
        "status": execution.status(context, arn),
        "final_snapshot": None,
        "shared_with": [],
        "rows": None,
        "personal_data_before": None,
        "personal_data_after": None,
        "states": states,
        "seconds": run_watch.seconds,
        "asked_wait_seconds": sum(sum(state["waits"]) for state in states),
    }
    say_outcome(context, arn, result)
    instances = [production]
    if result["status"] == SUCCEEDED:
        snapshot = final_snapshot(context, arn)
        restored = restore(context, snapshot)
        instances.append(restored)
        result |= {"final_snapshot": snapshot, "shared_with": shared_with(context, snapshot)}
        result |= compare(context, production, restored)
    result["temporary_left"] = say_what_is_left(context, result["final_snapshot"], instances)
    evidence = f"s3://{outputs['RdsSnapshotsEvidenceBucketName']}/runs/{run_id(arn)}/"
    report = fetch_report(context, evidence)
    result |= own_time(timings.of_stack(context, STACK), report)
    result["demo_seconds"] = context.watch.seconds
    say_times(context, result)
    context.look_around.extend(look_around.commands(context, arn, evidence, bool(report), instances))
    return result


def problems(result: Result) -> list[str]:
    """What is not as it should be, each in a sentence."""
    expected: dict[str, tuple[object, str]] = {
        "status": (SUCCEEDED, "the run did not succeed"),
        "temporary_left": (0, "something temporary is left in the account"),
    }
    if result["status"] == SUCCEEDED:
        expected |= {
            "shared_with": ([SHARED_WITH], "the final snapshot is not shared with the account that was asked for"),
            "rows": (result["rows_in_production"], "the copy does not have production's number of rows"),
            "personal_data_after": (0, "personal data is left in the copy"),
        }
    found = [
        f"{complaint}: {key} is {result[key]}, not {value}"
        for key, (value, complaint) in expected.items()
        if result[key] != value
    ]
    if result["personal_data_before"] == 0:
        found.append("no personal data was found in production, so that none in the copy proves nothing")
    return found


def restore(context: Context, snapshot: str) -> Instance:
    """What a team that the snapshot is shared with does first."""
    context.output.heading(f"Another team restores {snapshot}")
    watch = Stopwatch()
    instance = rds_instance.restore(context, RESTORED, snapshot)
    context.output.text(
        f"Restored as {RESTORED}, with a master password of that team's own, in {watch.seconds:.1f} s. "
        f"The engine assumes {instance.aws_seconds} s for that on AWS."
    )
    return instance


def compare(context: Context, production: Instance, restored: Instance) -> Result:
    """Shows rows of both databases, and counts rows and personal data in all of them."""
    with production.connect(context) as before, restored.connect(context) as after:
        context.output.heading("The same rows, before and after")
        show_rows(context.output, before, after)

        context.output.heading("Cells with personal data, found by reading every text and every person's dates")
        watch = Stopwatch()
        originals = Originals.read(before)
        found_before = personal_data.count(before, originals)
        found_after = personal_data.count(after, originals)
        columns = [name for name in found_before | found_after if found_before.get(name) or found_after.get(name)]
        lines = [(name, found_before.get(name, 0), found_after.get(name, 0)) for name in columns]
        total = ("all", sum(found_before.values()), sum(found_after.values()))
        context.output.table(("column", "before", "after"), [*lines, total])
        context.output.line(f"Counted in {watch.seconds:.1f} s.")
        return {
            "rows": personal_data.rows(after),
            "rows_in_production": personal_data.rows(before),
            "personal_data_before": total[1],
            "personal_data_after": total[2],
        }


def say_outcome(context: Context, arn: str, result: Result) -> None:
    """How the run ended, and why if it failed."""
    asked = datetime.timedelta(seconds=round(result["asked_wait_seconds"]))
    context.output.line()
    if result["status"] == SUCCEEDED:
        context.output.good(f"SUCCEEDED in {result['seconds']:.1f} s")
        context.output.text(f"All waits together are {asked} by the engine's assumed durations; AWS's own differ.")
    else:
        context.output.bad(execution.failure(context, arn))


def say_what_is_left(context: Context, final: str | None, instances: list[Instance]) -> int:
    """Lists what is in the account, and counts what is neither the demo's own nor the result."""
    own = {instance.identifier for instance in instances}
    lines = []
    for entry in account.entries(context):
        if entry.identifier in own or entry.part_of in own:
            meaning = "the demo's own"
        else:
            meaning = "the result" if entry.identifier == final else LEFT_BEHIND
        lines.append((entry.kind, entry.identifier, entry.state, meaning))
    context.output.heading(
        "What is in the account now: all database instances and snapshots, secrets and running tasks"
    )
    context.output.table(("kind", "name", "state", ""), lines)
    left = sum(line[-1] == LEFT_BEHIND for line in lines)
    say = context.output.bad if left else context.output.good
    say(f"Temporary resources left: {left}")
    return left


def say_times(context: Context, result: Result) -> None:
    """Where the time went."""
    context.output.heading("Own time of rds-snapshots")
    parts = result["own_time_parts"]
    context.output.text(
        f"{result['own_time_seconds']:.2f} s, made of {parts['function_invocations']:.2f} s in the "
        f"functions' invocations, {parts['function_starts']:.2f} s in their cold starts and "
        f"{parts['sanitizer']:.2f} s in the sanitizer from its first to its last step. "
        "In each is what it waited for the engine and the databases."
    )


def final_snapshot(context: Context, arn: str) -> str:
    """The one snapshot whose tags say that it is this execution's result."""
    wanted = {"wrasse:execution": arn, "wrasse:role": "final-snapshot"}
    [found] = [
        snapshot["DBSnapshotIdentifier"]
        for snapshot in account.listed(context, "rds", "describe_db_snapshots", "DBSnapshots")
        if wanted.items() <= {tag["Key"]: tag["Value"] for tag in snapshot["TagList"]}.items()
    ]
    return str(found)


def shared_with(context: Context, snapshot: str) -> list[str]:
    """The accounts that may restore a snapshot."""
    answer = context.client("rds").describe_db_snapshot_attributes(DBSnapshotIdentifier=snapshot)
    attributes = answer["DBSnapshotAttributesResult"]["DBSnapshotAttributes"]
    return [
        account
        for attribute in attributes
        if attribute["AttributeName"] == "restore"
        for account in attribute["AttributeValues"]
    ]


def run_id(arn: str) -> str:
    """The name of a run, by which its evidence is filed."""
    return hashlib.sha256(arn.encode()).hexdigest()[:16]


def fetch_report(context: Context, evidence: str) -> dict[str, Any]:
    """The sanitizer's report, which it also writes when it fails; a copy is left with the demo's files."""
    context.output.heading("The sanitizer's report")
    bucket, _, key = evidence.removeprefix("s3://").partition("/")
    s3 = context.client("s3")
    if not s3.list_objects_v2(Bucket=bucket, Prefix=f"{key}report.json")["KeyCount"]:
        context.output.bad(f"There is no report at {evidence}report.json")
        return {}
    copy = context.folder / "report.json"
    s3.download_file(bucket, f"{key}report.json", str(copy))
    context.output.line(f"{evidence}report.json")
    context.output.line(f"{copy}")
    report: dict[str, Any] = json.loads(copy.read_text())
    return report


def own_time(timings: list[dict[str, Any]], report: dict[str, Any]) -> Result:
    """Real seconds that code of ours ran, and what they are made of.

    Every invocation of a function; the starts of those that were cold, which the engine tells by themselves; and the
    sanitizer by its report's times.
    """
    parts = {
        "function_invocations": sum(timing["milliseconds"] for timing in timings) / 1000,
        "function_starts": sum(timing["init_milliseconds"] or 0 for timing in timings) / 1000,
        "sanitizer": 0.0,
    }
    if report:
        begin, end = (datetime.datetime.fromisoformat(report[key]) for key in ("started_at", "finished_at"))
        parts["sanitizer"] = (end - begin).total_seconds()
    return {
        "own_time_seconds": round(sum(parts.values()), 3),
        "own_time_parts": {name: round(seconds, 3) for name, seconds in parts.items()},
    }
