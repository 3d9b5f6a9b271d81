"""The demo of branch-environments: branches come, change and go, and so do their environments."""

from __future__ import annotations

from demo.branch_environments import environments, look_around, report, result
from demo.branch_environments.environments import Environment
from demo.branch_environments.repository import NAME, Repository
from demo.branch_environments.result import BRANCHES, LATE, Seen
from demo.context import Context, Stopwatch
from demo.system import Result

PREFIX = "BranchEnvironments"
NAMES_BEGIN_WITH = "shop"
APPLICATION_MAY = "arn:aws:iam::aws:policy/AmazonSSMFullAccess"
LOGIN, SAME_SLUG, NASTY = BRANCHES


def prepare(context: Context) -> Repository:
    """The repository that a team has."""
    return Repository.create(context)


def parameters() -> dict[str, str]:
    """Of template.yaml."""
    own = {"RepositoryName": NAME, "Prefix": NAMES_BEGIN_WITH, "ApplicationPolicyArns": APPLICATION_MAY}
    return {PREFIX: "true", **{f"{PREFIX}{name}": value for name, value in own.items()}}


def run(context: Context, repository: Repository, outputs: dict[str, str]) -> Result:
    """Answers what `problems` judges."""
    watch = Stopwatch()
    bucket = outputs[f"{PREFIX}BucketName"]
    seen = Seen()

    def settled(greetings: dict[str, str]) -> dict[str, Environment]:
        found = environments.settled(context, bucket, NAMES_BEGIN_WITH, greetings)
        report.show(context.output, found)
        return found

    context.output.heading(f"Three branches: {LOGIN}, {SAME_SLUG} and {NASTY}")
    for branch in BRANCHES:
        repository.branch(branch)
    seen.created = settled(dict.fromkeys(BRANCHES, "Hello"))

    context.output.heading(f"A push to {LOGIN}")
    repository.push(LOGIN, "Welcome")
    seen.updated = settled({**dict.fromkeys(BRANCHES, "Hello"), LOGIN: "Welcome"})

    context.output.heading(f"{SAME_SLUG} is deleted")
    repository.delete(SAME_SLUG)
    seen.destroyed = settled({LOGIN: "Welcome", NASTY: "Hello"})

    context.output.heading(f"{LOGIN} is deleted, {LATE} is pushed, both events are lost; reconciled")
    context.control("/codecommit/faults", {"kind": "lose", "count": 2})
    repository.delete(LOGIN)
    repository.branch(LATE)
    reconcile(context, outputs)
    seen.mended = settled({NASTY: "Hello", LATE: "Hello"})

    context.output.heading("The other branches are deleted")
    for branch in (NASTY, LATE):
        repository.delete(branch)
    seen.removed = settled({})
    seen.traces = result.traces(context.state)
    context.look_around.extend(look_around.commands(NAMES_BEGIN_WITH, bucket))
    return {**result.measured(seen), "seconds": watch.seconds}


def reconcile(context: Context, outputs: dict[str, str]) -> None:
    """What the schedule does every hour."""
    function = outputs[f"{PREFIX}ReconcileFunctionName"]
    context.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=b"{}")


def problems(result_of_run: Result) -> list[str]:
    """What is not as it should be, each in a sentence."""
    return result.problems(result_of_run)
