"""What CodeCommit remembers of a repository beside its commits, and the names and ids that it takes.

AWS: https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html
"""

from __future__ import annotations

import re
import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.core.exceptions import JsonRESTError

from .codecommit_git import HEADS, Git, is_ref_name
from .engine import REGION
from .put_faults import refusal

REPOSITORY_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
COMMIT_ID = re.compile(r"[0-9a-f]{40}")
MOST_BRANCH_NAME = 256
URL = f"https://git-codecommit.{REGION}.amazonaws.com/v1/repos/"


@dataclass(eq=False)
class Repository:
    """`seen` are the branches and tags that events have told of. `lock` is held while they change."""

    account: str
    name: str
    git: Git
    created: datetime
    modified: datetime
    description: str | None = None
    default_branch: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def arn(self) -> str:
        return arn(self.account, self.name)

    def metadata(self) -> dict[str, Any]:
        optional = {"repositoryDescription": self.description, "defaultBranch": self.default_branch}
        return {
            "accountId": self.account,
            "repositoryId": self.id,
            "repositoryName": self.name,
            "lastModifiedDate": self.modified.timestamp(),
            "creationDate": self.created.timestamp(),
            "cloneUrlHttp": f"{URL}{self.name}",
            "cloneUrlSsh": f"ssh://git-codecommit.{REGION}.amazonaws.com/v1/repos/{self.name}",
            "Arn": self.arn,
            **{name: value for name, value in optional.items() if value is not None},
        }

    def tip(self, branch: str) -> str | None:
        return self.git.refs().get(HEADS + branch)


def arn(account: str, name: str) -> str:
    return f"arn:aws:codecommit:{REGION}:{account}:{name}"


def repository_name(body: dict[str, Any]) -> str:
    name = body.get("repositoryName")
    if not name:
        raise refusal(400, "RepositoryNameRequiredException", "A repository name is required, but was not specified.")
    if not REPOSITORY_NAME.fullmatch(name) or name.endswith(".git"):
        message = (
            "The repository name is not valid. Repository names can be any valid combination of letters, numbers, "
            "periods, underscores, and dashes between 1 and 100 characters in length, and cannot end with .git."
        )
        raise refusal(400, "InvalidRepositoryNameException", message)
    return str(name)


def branch_name(body: dict[str, Any], member: str = "branchName") -> str:
    """Any name that git takes: https://git-scm.com/docs/git-check-ref-format"""
    name = body.get(member)
    if not name:
        raise refusal(400, "BranchNameRequiredException", "A branch name is required, but was not specified.")
    if len(name) > MOST_BRANCH_NAME or not is_ref_name(HEADS + name):
        raise refusal(400, "InvalidBranchNameException", f"The branch name {name} is not valid.")
    return str(name)


def commit_id(text: str, error: str = "InvalidCommitIdException") -> str:
    if not COMMIT_ID.fullmatch(text):
        raise refusal(400, error, f"The commit ID {text} is not valid. It is one of 40 hexadecimal digits.")
    return text


def no_branch(name: str) -> JsonRESTError:
    return refusal(400, "BranchDoesNotExistException", f"{name} does not exist")


def page(name: str, found: list[Any], body: dict[str, Any], most: int) -> dict[str, Any]:
    token = body.get("nextToken") or "0"
    if not token.isdecimal():
        raise refusal(400, "InvalidContinuationTokenException", "The continuation token is not valid.")
    end = int(token) + most
    return {name: found[int(token) : end], **({"nextToken": str(end)} if end < len(found) else {})}
