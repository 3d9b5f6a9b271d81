"""The demo of log-archive: logs of three accounts become lines in one bucket, and every event is accounted for."""

from __future__ import annotations

from pathlib import Path

from demo import deployment, timings
from demo.context import Context, Stopwatch
from demo.log_archive import (
    archive,
    bystanders,
    delivery,
    groups,
    look_around,
    new_groups,
    recovery,
    report,
    result,
    subscriptions,
)
from demo.log_archive.archive import Found
from demo.log_archive.groups import ACCOUNTS, CENTRAL, FURTHER_ACCOUNTS, GROUPS, NEW_GROUPS, STOREFRONT
from demo.log_archive.load import Load
from demo.log_archive.reckoning import reckon
from demo.log_archive.subscriptions import Run
from demo.system import Result

ALL_GROUPS = [*GROUPS, *NEW_GROUPS]
ARCHIVED = [group for group in ALL_GROUPS if group.archived]
BUCKET = "shop-log-archive"
SOURCE_STACK = "wrasse-log-archive"
# Where `sam build` puts the template that log-archive.yaml nests, with its function: the one for further accounts.
SOURCE_TEMPLATE = Path(".aws-sam/build/LogArchiveStack/SubscriptionsStack/template.yaml")
MEGABYTE = 1_000_000

Outputs = dict[str, str]

problems = result.problems


def prepare(context: Context) -> Load:
    """The log groups of three accounts, and what of the company's would loop or is in the way."""
    context.output.heading(f"Log groups of {len(ACCOUNTS)} accounts of a company")
    load = Load(context)
    groups.create(context, GROUPS, load.day)
    bystanders.bucket_that_notifies(context, BUCKET, groups.INDEXER)
    bystanders.filters_of_others(context, GROUPS)
    report.show_groups(context.output, GROUPS)
    return load


def parameters() -> dict[str, str]:
    """Of template.yaml."""
    return {
        "LogArchive": "true",
        "LogArchiveBucketName": BUCKET,
        "LogArchiveSourceAccounts": ",".join(FURTHER_ACCOUNTS),
        **which_groups("LogArchive"),
    }


def which_groups(prefix: str = "") -> dict[str, str]:
    """The parameters that say which log groups are left out, the same in all accounts."""
    return {f"{prefix}ExcludeGroups": groups.EXCLUDE_GROUPS, f"{prefix}ExcludeTags": "=".join(groups.EXCLUDE_TAG)}


def run(context: Context, load: Load, outputs: Outputs) -> Result:
    """From the subscriptions to the last event in the bucket. Answers what `problems` judges."""
    watch = Stopwatch()
    central = {name.removeprefix("LogArchive"): value for name, value in outputs.items()}
    stacks = {CENTRAL: central, **deploy_in_further_accounts(context, central["LogDestinationArn"])}
    runs = follow(context, stacks)
    add_new_groups(context, load, stacks)
    subscribed = subscriptions.subscribed(context, ALL_GROUPS)
    write_logs(context, load, central)
    recovered = recovery.run(context, load, ARCHIVED, central)
    found = read_bucket(context, load)
    reckoning = reckon(load.ledger, ALL_GROUPS, found, recovered.stored)
    context.output.heading("Every event, by its label and the checksum of its line")
    report.show_reckoning(context.output, reckoning, found.others)
    decoder = delivery.decoder(context, central["DecoderFunctionName"])
    report.show_decoder(context.output, decoder, found.total.bytes)
    plan = (central["StateMachineArn"], central["SubscriberFunctionName"])
    context.look_around.extend(look_around.commands(BUCKET, *plan, first_of(CENTRAL), first_of(STOREFRONT)))
    measured = result.subscriptions_part(runs, subscribed)
    measured |= result.archive_part(reckoning, found, recovered, decoder)
    invoked = [len(timings.of_function(context, name)) for name in (groups.INDEXER, groups.LIVE_TAIL)]
    return {**measured, "bystanders_invoked": min(invoked), "seconds": watch.seconds}


def deploy_in_further_accounts(context: Context, destination: str) -> dict[str, Outputs]:
    """The stack that every further account deploys, with its own credentials. Answers the stacks' outputs."""
    context.output.heading(f"The same subscriber in the further accounts: sam deploy of {SOURCE_TEMPLATE.name}")
    watch = Stopwatch()
    chosen = {"DestinationArn": destination, **which_groups()}
    running = [
        deployment.begin_in(context, account, SOURCE_STACK, SOURCE_TEMPLATE, chosen) for account in FURTHER_ACCOUNTS
    ]
    for deploy in running:
        deploy.wait()
    context.output.line(f"Deployed in {watch.seconds:.1f} s, both at once, with DestinationArn={destination}")
    return {account: deployment.outputs(context, SOURCE_STACK, account) for account in FURTHER_ACCOUNTS}


def follow(context: Context, stacks: dict[str, Outputs]) -> dict[str, Run]:
    """The runs that the stacks have started, once they have ended."""
    context.output.heading("Each stack's custom resource has started its subscriber; what they tell")
    runs = {
        account: subscriptions.started_by_the_stack(context, account, outputs["StateMachineArn"])
        for account, outputs in stacks.items()
    }
    report.show_runs(context.output, runs)
    context.output.text(
        "The waits keep the runs below AWS's 5 calls a second; they are passed over here, and about what the runs take "
        "on AWS. The groups are more than above by those of the deployed stacks."
    )
    return runs


def add_new_groups(context: Context, load: Load, stacks: dict[str, Outputs]) -> None:
    """Groups of which CloudTrail tells, one of them of a function that reads the archive's stream."""
    context.output.heading("New log groups, each told by its CreateLogGroup event")
    bystanders.reader_of_the_stream(context, stacks[CENTRAL]["SourceArn"], groups.LIVE_TAIL)
    subscribers = {account: outputs["SubscriberFunctionName"] for account, outputs in stacks.items()}
    report.show_fates(context.output, "new", new_groups.appear(context, NEW_GROUPS, load.day, subscribers))


def write_logs(context: Context, load: Load, central: Outputs) -> None:
    """Writes to every group, and has all of it delivered."""
    context.output.heading("Every log group is written to")
    watch = Stopwatch()
    events = sum(load.write(group) for group in ALL_GROUPS)
    writing = watch.seconds
    counts = delivery.flush(context, central["DeliveryStreamName"])
    megabytes = load.ledger.bytes / MEGABYTE
    context.output.text(
        f"{events:,} events, {megabytes:.1f} MB of lines, written in {writing:.1f} s, and delivered "
        f"{watch.seconds - writing:.1f} s later: {counts['objects']} objects."
    )
    indexer = timings.of_function(context, groups.INDEXER)
    context.output.text(
        f"The bucket told {groups.INDEXER} of {len(indexer)} objects by now, and {groups.LIVE_TAIL} reads along in the "
        "stream. Were their logs archived, each object would make another, for ever."
    )


def read_bucket(context: Context, load: Load) -> Found:
    """Reads the whole archive, and shows its folders and some lines."""
    context.output.heading(f"What is in the bucket, s3://{BUCKET}")
    found = archive.read(context, BUCKET, load.ledger, {group.number: group for group in ALL_GROUPS})
    report.show_folders(context.output, found)
    context.output.line()
    report.show_samples(context.output, ARCHIVED, found)
    return found


def first_of(account: str) -> str:
    """The name of an account's first group."""
    return next(group.name for group in ARCHIVED if group.account == account)
