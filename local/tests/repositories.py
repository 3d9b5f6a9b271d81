"""What the tests of CodeCommit share: a repository, commits to it, people who push, and its events."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from .helpers import Account, eventually, unique

NO_SETTINGS = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
AUTHOR = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]


def git(folder: Path, *words: str) -> str:
    """What git printed, of both kinds."""
    done = subprocess.run(
        ["git", *AUTHOR, "-C", str(folder), *words],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **NO_SETTINGS},
    )
    return done.stdout.decode().strip()


class Repository:
    """A repository that is there, and empty."""

    def __init__(self, aws: Account, **more: Any) -> None:
        self.aws, self.api, self.name = aws, aws("codecommit"), unique("repository")
        self.metadata = self.api.create_repository(repositoryName=self.name, **more)["repositoryMetadata"]
        self.clone_url = self.metadata["cloneUrlHttp"]

    def commit(self, branch: str = "main", files: dict[str, str] | None = None, parent: str | None = None) -> str:
        """Adds files to a branch, at its tip."""
        put = [{"filePath": path, "fileContent": text.encode()} for path, text in (files or {"a": unique("x")}).items()]
        parent = parent or self.tip(branch)
        after = {"parentCommitId": parent} if parent else {}
        made = self.api.create_commit(repositoryName=self.name, branchName=branch, putFiles=put, **after)
        return str(made["commitId"])

    def branch(self, name: str, commit: str | None = None) -> str:
        """Makes a branch; answers the commit that it is at."""
        commit = commit or self.tip("main") or self.commit()
        self.api.create_branch(repositoryName=self.name, branchName=name, commitId=commit)
        return commit

    def tip(self, branch: str) -> str | None:
        try:
            found = self.api.get_branch(repositoryName=self.name, branchName=branch)
        except self.api.exceptions.BranchDoesNotExistException:
            return None
        return str(found["branch"]["commitId"])

    def delete(self, branch: str) -> dict[str, Any]:
        deleted: dict[str, Any] = self.api.delete_branch(repositoryName=self.name, branchName=branch)
        return deleted

    def branches(self) -> list[str]:
        pages = self.api.get_paginator("list_branches").paginate(repositoryName=self.name)
        return [name for page in pages for name in page["branches"]]

    def folder(self) -> Path:
        return Path(self.aws.get("/codecommit")[self.name])

    def cloned(self, folder: Path) -> Path:
        """A clone of the folder, as people have one."""
        git(folder.parent, "clone", "--quiet", str(self.folder()), str(folder))
        return folder

    def events(self) -> str:
        """Has all events of the repository sent to a queue; returns its URL."""
        url = self.aws("sqs").create_queue(QueueName=unique("events"))["QueueUrl"]
        queue = self.aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
        pattern = {"source": ["aws.codecommit"], "resources": [self.metadata["Arn"]]}
        rule = unique("rule")
        self.aws("events").put_rule(Name=rule, EventPattern=json.dumps(pattern))
        self.aws("events").put_targets(Rule=rule, Targets=[{"Id": "t", "Arn": queue["QueueArn"]}])
        return str(url)

    def received(self, url: str, count: int) -> list[dict[str, Any]]:
        """The events so far, once there are as many."""
        found: list[dict[str, Any]] = []

        def enough() -> bool:
            for message in self.aws("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
                found.append(json.loads(message["Body"]))
            return len(found) >= count

        eventually(enough)
        return found
