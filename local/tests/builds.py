"""What the tests of CodeBuild share: projects with a buildspec in themselves, their builds, logs and events."""

from __future__ import annotations

import json
import textwrap
from typing import Any

from .helpers import Account, eventually, unique

ROLE = "arn:aws:iam::123456789012:role/build"
ENVIRONMENT = {
    "type": "LINUX_CONTAINER",
    "image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
    "computeType": "BUILD_GENERAL1_SMALL",
}


def buildspec(text: str) -> str:
    return "version: 0.2\n" + textwrap.dedent(text)


def commands(*build: str, **phases: list[str]) -> str:
    """A buildspec of the commands of its phases."""
    of = {**phases, "build": list(build)}
    return json.dumps({"version": "0.2", "phases": {name: {"commands": given} for name, given in of.items() if given}})


class Builder:
    """A build project that is there, and its builds."""

    def __init__(self, aws: Account, name: str) -> None:
        self.aws, self.api, self.name = aws, aws("codebuild"), name

    def start(self, **more: Any) -> str:
        return str(self.api.start_build(projectName=self.name, **more)["build"]["id"])

    def shown(self, build: str) -> dict[str, Any]:
        [found] = self.api.batch_get_builds(ids=[build])["builds"]
        described: dict[str, Any] = found
        return described

    def ended(self, build: str) -> dict[str, Any]:
        eventually(lambda: self.shown(build)["buildComplete"])
        return self.shown(build)

    def run(self, **more: Any) -> dict[str, Any]:
        return self.ended(self.start(**more))

    def output(self, build: dict[str, Any]) -> list[str]:
        """What the commands printed: the log without CodeBuild's own lines."""
        return [line for line in self.log(build) if not line.startswith("[Container]")]

    def log(self, build: dict[str, Any]) -> list[str]:
        logs = build["logs"]
        found = self.aws("logs").get_log_events(
            logGroupName=logs["groupName"], logStreamName=logs["streamName"], startFromHead=True
        )
        return [event["message"] for event in found["events"]]

    def events(self) -> str:
        """Has all events of the project's builds sent to a queue; returns its URL."""
        url = self.aws("sqs").create_queue(QueueName=unique("events"))["QueueUrl"]
        arn = self.aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        pattern = {"source": ["aws.codebuild"], "detail": {"project-name": [self.name]}}
        rule = unique("rule")
        self.aws("events").put_rule(Name=rule, EventPattern=json.dumps(pattern))
        self.aws("events").put_targets(Rule=rule, Targets=[{"Id": "t", "Arn": arn}])
        return str(url)

    def received(self, url: str, count: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []

        def enough() -> bool:
            for message in self.aws("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
                found.append(json.loads(message["Body"]))
            return len(found) >= count

        eventually(enough)
        return found


class Project(Builder):
    """A build project without a source, unless it is given one."""

    def __init__(self, aws: Account, spec: str, **more: Any) -> None:
        super().__init__(aws, unique("project"))
        self.made = self.api.create_project(**self.declared(spec, **more))["project"]

    def declared(self, spec: str, **more: Any) -> dict[str, Any]:
        return {
            "name": self.name,
            "source": {"type": "NO_SOURCE", "buildspec": spec},
            "artifacts": {"type": "NO_ARTIFACTS"},
            "environment": ENVIRONMENT,
            "serviceRole": ROLE,
            **more,
        }


def phases(build: dict[str, Any]) -> dict[str, str]:
    """The status of each phase; COMPLETED has none."""
    return {phase["phaseType"]: phase.get("phaseStatus", "") for phase in build["phases"]}


def context(build: dict[str, Any], phase: str) -> dict[str, str]:
    [found] = [one for one in build["phases"] if one["phaseType"] == phase]
    [context] = found["contexts"]
    described: dict[str, str] = context
    return described
