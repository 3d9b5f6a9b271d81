"""The environments of branches, as they are to be seen in AWS."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from demo.context import Context
from demo.patience import until

TAG = "wrasse:environment"
BUILDS_SECONDS = 180


@dataclass(frozen=True)
class Environment:
    """What there is of one environment."""

    name: str
    branch: str | None
    stacks: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    greeting: str | None = field(default=None)
    """What its application says."""

    @property
    def stands(self) -> bool:
        """The application is deployed, and nothing of a destruction is there."""
        deployed = self.name in self.stacks and self.greeting is not None
        return deployed and f"{self.name}-destroy" not in self.projects


def look(context: Context, bucket: str, prefix: str) -> dict[str, Environment]:
    """All environments by their names: whatever has the tag, a name of ours, or an object."""
    stacks = tagged_stacks(context)
    projects, branches = projects_of(context, prefix)
    objects = objects_of(context, bucket)
    names = sorted({*stacks, *projects, *objects})
    return {
        name: Environment(
            name,
            branches.get(name),
            tuple(stacks.get(name, ())),
            tuple(projects.get(name, ())),
            tuple(objects.get(name, ())),
            greeting(context, name),
        )
        for name in names
    }


def tagged_stacks(context: Context) -> dict[str, list[str]]:
    """Stacks by the environment that their tag names."""
    found: dict[str, list[str]] = {}
    for page in context.client("cloudformation").get_paginator("describe_stacks").paginate():
        for stack in page["Stacks"]:
            tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
            if TAG in tags:
                found.setdefault(tags[TAG], []).append(stack["StackName"])
    return found


def projects_of(context: Context, prefix: str) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Build projects by environment, and the environments' branches."""
    api = context.client("codebuild")
    names = [name for name in api.list_projects()["projects"] if name.startswith(f"{prefix}-")]
    found: dict[str, list[str]] = {}
    branches: dict[str, str] = {}
    for project in api.batch_get_projects(names=names)["projects"] if names else []:
        tags = {tag["key"]: tag["value"] for tag in project["tags"]}
        environment = tags.get(TAG, project["name"].rsplit("-", 1)[0])
        found.setdefault(environment, []).append(project["name"])
        variables = {one["name"]: one["value"] for one in project["environment"]["environmentVariables"]}
        branches.setdefault(environment, variables.get("WRASSE_BRANCH", ""))
    return found, branches


def objects_of(context: Context, bucket: str) -> dict[str, list[str]]:
    """Kept objects by environment."""
    listed: list[dict[str, Any]] = (
        context.client("s3").list_objects_v2(Bucket=bucket, Prefix="environments/").get("Contents", [])
    )
    found: dict[str, list[str]] = {}
    for one in listed:
        found.setdefault(one["Key"].split("/")[1], []).append(one["Key"])
    return found


def greeting(context: Context, name: str) -> str | None:
    """What an environment's application says."""
    try:
        found = context.client("ssm").get_parameter(Name=f"/shop/{name}/greeting")
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            return None
        raise
    return str(found["Parameter"]["Value"])


def settled(context: Context, bucket: str, prefix: str, greetings: dict[str, str]) -> dict[str, Environment]:
    """The environments, once they are those of these branches, each saying what it should."""

    def as_wanted() -> list[dict[str, Environment]]:
        found = look(context, bucket, prefix)
        said = {one.branch: one.greeting for one in found.values() if one.stands}
        return [found] if len(found) == len(greetings) and said == greetings else []

    return until(f"environments of {', '.join(greetings) or 'no branch'}", as_wanted, BUILDS_SECONDS)[0]
