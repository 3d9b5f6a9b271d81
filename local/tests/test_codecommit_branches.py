from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wrasse_local import codecommit_branches

from .helpers import Account
from .pipelines import refused
from .repositories import Repository, git

# Everything that a branch's name may hold, and a slug may not.
NAMES = [
    "feature/login",
    "feature-login",
    "FEATURE/Login",
    "a" * 256,
    "\N{SNAKE}" * 256,
    "/".join("ab" for _ in range(85)),
    "#{codepipeline.PipelineExecutionId}",
    "$(touch\N{NO-BREAK SPACE}pwned);`id`|&<>'\"!",
    "{{resolve-ssm}}",
    "-force",
    "HEAD",
    "a=b,c%20+d",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_branch_has_any_name_that_git_takes(aws: Account, tmp_path: Path, name: str) -> None:
    repository = Repository(aws)
    commit = repository.branch(name)
    assert repository.tip(name) == commit
    assert repository.branches() == sorted([name, "main"])
    second = repository.commit(name, {"b": "1"})
    assert repository.tip(name) == second
    assert repository.tip("main") == commit
    assert f"refs/heads/{name}" in git(tmp_path, "ls-remote", str(repository.folder()))
    assert repository.delete(name)["deletedBranch"] == {"branchName": name, "commitId": second}
    assert repository.branches() == ["main"]


@pytest.mark.parametrize(
    "name",
    ["a b", "a..b", "a~b", "a^b", "a:b", "a?", "a*", "a[b", "a\\b", "a.lock", "/a", "a/", "a@{b", "a\0b", "a" * 257],
)
def test_a_name_that_git_does_not_take_is_refused(aws: Account, name: str) -> None:
    repository = Repository(aws)
    given: dict[str, Any] = {"repositoryName": repository.name, "branchName": name}
    commit = repository.commit()
    refused("InvalidBranchNameException", repository.api.create_branch, commitId=commit, **given)
    refused("InvalidBranchNameException", repository.api.get_branch, **given)
    refused("InvalidBranchNameException", repository.api.delete_branch, **given)


def test_a_branch_is_made_once_and_at_a_commit_that_is_there(aws: Account) -> None:
    repository = Repository(aws)
    commit = repository.branch("work")
    given = {"repositoryName": repository.name, "branchName": "work"}
    refused("BranchNameExistsException", repository.api.create_branch, commitId=commit, **given)
    given["branchName"] = "other"
    refused("CommitDoesNotExistException", repository.api.create_branch, commitId="0" * 40, **given)
    refused("InvalidCommitIdException", repository.api.create_branch, commitId="main", **given)
    tree = repository.api.get_commit(repositoryName=repository.name, commitId=commit)["commit"]["treeId"]
    refused("CommitDoesNotExistException", repository.api.create_branch, commitId=tree, **given)
    given["repositoryName"] = "none"
    refused("RepositoryDoesNotExistException", repository.api.create_branch, commitId=commit, **given)
    assert repository.branches() == ["main", "work"]


def test_a_branch_of_a_branch_s_folder_is_refused_as_git_does(aws: Account) -> None:
    repository = Repository(aws)
    commit = repository.branch("feature")
    given = {"repositoryName": repository.name, "branchName": "feature/x", "commitId": commit}
    refused("InvalidBranchNameException", repository.api.create_branch, **given)
    repository.delete("feature")
    repository.api.create_branch(**given)
    assert repository.branches() == ["feature/x", "main"]


def test_a_branch_that_is_not_there_is_deleted_without_an_answer(aws: Account) -> None:
    repository = Repository(aws)
    repository.branch("work")
    assert repository.delete("work")["deletedBranch"]["branchName"] == "work"
    assert "deletedBranch" not in repository.delete("work")
    assert repository.tip("work") is None


def test_a_list_of_many_branches_has_pages(aws: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codecommit_branches, "BRANCHES_A_PAGE", 2)
    repository = Repository(aws)
    for name in "abcd":
        repository.branch(name)
    first = repository.api.list_branches(repositoryName=repository.name)
    assert first["branches"] == ["a", "b"]
    assert repository.branches() == ["a", "b", "c", "d", "main"]
    wrong = {"repositoryName": repository.name, "nextToken": "x"}
    refused("InvalidContinuationTokenException", repository.api.list_branches, **wrong)


def test_an_empty_repository_has_no_branches(aws: Account) -> None:
    repository = Repository(aws)
    assert repository.branches() == []
    assert repository.tip("main") is None
    assert "deletedBranch" not in repository.delete("main")
