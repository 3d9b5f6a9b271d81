"""CodeCommit, a stand-in: the modules that make moto's repositories real ones of git.

AWS: https://docs.aws.amazon.com/codecommit/latest/APIReference/Welcome.html
Stock moto keeps names of repositories. Here repositories, branches, commits and files are served, and events tell of
branches; pull requests, comments, approval rules, triggers and merges are not there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore import xform_name
from moto.codecommit.responses import CodeCommitResponse

from .codecommit_branches import Branches
from .codecommit_commits import Commits
from .codecommit_records import Repository
from .codecommit_repositories import Repositories, check_region
from .engine import Engine

Operation = Callable[[str, dict[str, Any]], dict[str, Any]]
_installed: list[Repositories] = []


def install(engine: Engine) -> None:
    repositories = Repositories(engine)
    _installed[:] = [repositories]
    for name, operation in _operations(repositories, Branches(repositories), Commits(engine, repositories)).items():
        _serve(name, operation)


def repository_at(account: str, location: str) -> Repository | None:
    """The repository that a clone URL names. A process has one engine at most, as moto's backends are globals."""
    return _installed[0].at(account, location)


def _operations(repositories: Repositories, branches: Branches, commits: Commits) -> dict[str, Operation]:
    """By the API's names: what is called with the caller's account and the request."""
    return {
        "BatchGetCommits": commits.several,
        "CreateBranch": branches.create,
        "CreateCommit": commits.create,
        "CreateRepository": repositories.create,
        "DeleteBranch": branches.delete,
        "DeleteRepository": repositories.delete,
        "GetBranch": branches.show,
        "GetCommit": commits.show,
        "GetFile": commits.file,
        "GetRepository": repositories.show,
        "ListBranches": branches.list,
        "ListRepositories": repositories.list,
        "ListTagsForResource": repositories.tags,
        "PutFile": commits.put_file,
        "TagResource": repositories.tag,
        "UntagResource": repositories.untag,
        "UpdateDefaultBranch": branches.set_default,
        "UpdateRepositoryDescription": repositories.describe,
    }


def _serve(name: str, operation: Operation) -> None:
    def serve(response: Any) -> str:
        check_region(response.region)
        body = {key: value for key, value in json.loads(response.body or "{}").items() if value is not None}
        return json.dumps(operation(response.current_account, body))

    setattr(CodeCommitResponse, xform_name(name), serve)
