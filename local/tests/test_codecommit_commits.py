from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wrasse_local.unimplemented_operations import CODE

from .helpers import Account
from .pipelines import refused
from .repositories import Repository, git


def test_the_first_commit_makes_its_branch(aws: Account) -> None:
    repository = Repository(aws)
    made = repository.api.create_commit(
        repositoryName=repository.name,
        branchName="trunk",
        putFiles=[
            {"filePath": "readme.md", "fileContent": b"words"},
            {"filePath": "/bin/run", "fileContent": b"#!/bin/sh\n", "fileMode": "EXECUTABLE"},
            {"filePath": "link", "fileContent": b"readme.md", "fileMode": "SYMLINK"},
        ],
    )
    assert repository.tip("trunk") == made["commitId"]
    added = [(one["absolutePath"], one["fileMode"]) for one in made["filesAdded"]]
    assert added == [("bin/run", "EXECUTABLE"), ("link", "SYMLINK"), ("readme.md", "NORMAL")]
    assert made["filesUpdated"] == made["filesDeleted"] == []


def test_a_commit_changes_and_deletes_files_and_keeps_the_others(aws: Account, tmp_path: Path) -> None:
    repository = Repository(aws)
    first = repository.commit(files={"a": "1", "b": "1", "folder/c": "1", "folder/\N{SNAKE}": "1"})
    made = repository.api.create_commit(
        repositoryName=repository.name,
        branchName="main",
        parentCommitId=first,
        putFiles=[{"filePath": "a", "fileContent": b"2"}, {"filePath": "d", "fileContent": b"\0\xff"}],
        deleteFiles=[{"filePath": "folder/c"}],
        authorName="Ada",
        email="ada@example.com",
        commitMessage="change \N{SNAKE}",
    )
    assert [one["absolutePath"] for one in made["filesAdded"]] == ["d"]
    assert [one["absolutePath"] for one in made["filesUpdated"]] == ["a"]
    assert [one["absolutePath"] for one in made["filesDeleted"]] == ["folder/c"]
    clone = repository.cloned(tmp_path / "clone")
    names = git(clone, "-c", "core.quotePath=off", "ls-files").splitlines()
    assert names == ["a", "b", "d", "folder/\N{SNAKE}"]
    assert ((clone / "a").read_text(), (clone / "b").read_text(), (clone / "d").read_bytes()) == ("2", "1", b"\0\xff")
    shown = repository.api.get_commit(repositoryName=repository.name, commitId=made["commitId"])["commit"]
    assert (shown["message"], shown["parents"], shown["treeId"]) == ("change \N{SNAKE}", [first], made["treeId"])
    assert (shown["author"]["name"], shown["author"]["email"]) == ("Ada", "ada@example.com")


def test_a_commit_has_the_engine_s_time(aws: Account) -> None:
    repository = Repository(aws)

    def date(commit: str) -> int:
        shown = repository.api.get_commit(repositoryName=repository.name, commitId=commit)["commit"]
        seconds, zone = shown["committer"]["date"].split()
        assert zone == "+0000"
        return int(seconds)

    first = repository.commit()
    aws.post("/clock/advance", seconds=86400)
    assert date(repository.commit()) >= date(first) + 86400


def test_a_parent_is_the_tip_of_the_branch_or_none_in_an_empty_repository(aws: Account) -> None:
    repository = Repository(aws)
    given: dict[str, Any] = {
        "repositoryName": repository.name,
        "branchName": "main",
        "putFiles": [{"filePath": "new", "fileContent": b"x"}],
    }
    commit = repository.api.create_commit
    refused("ParentCommitDoesNotExistException", commit, parentCommitId="1" * 40, **given)
    first = repository.commit()
    second = repository.commit(parent=first)
    refused("ParentCommitIdRequiredException", commit, **given)
    refused("ParentCommitIdOutdatedException", commit, parentCommitId=first, **given)
    refused("InvalidParentCommitIdException", commit, parentCommitId="main", **given)
    refused("ParentCommitDoesNotExistException", commit, parentCommitId="1" * 40, **given)
    elsewhere = {**given, "branchName": "none"}
    refused("BranchDoesNotExistException", commit, parentCommitId=second, **elsewhere)
    assert repository.tip("main") == second
    assert repository.branches() == ["main"]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({}, "FileEntryRequiredException"),
        ({"putFiles": [{"filePath": "a", "fileContent": b"x"}] * 2}, "SamePathRequestException"),
        ({"putFiles": [{"filePath": "a"}]}, "SourceFileOrContentRequiredException"),
        ({"putFiles": [{"filePath": "a", "fileContent": b"x" * 6_291_457}]}, "FileContentSizeLimitExceededException"),
        ({"putFiles": [{"filePath": f"{i}", "fileContent": b""} for i in range(101)]}, "MaximumFileEntriesExceeded"),
        ({"putFiles": [{"filePath": "b", "sourceFile": {"filePath": "a"}}]}, CODE),
        ({"setFileModes": [{"filePath": "a", "fileMode": "NORMAL"}]}, CODE),
    ],
)
def test_a_commit_that_is_none_is_refused(aws: Account, changed: dict[str, Any], error: str) -> None:
    repository = Repository(aws)
    with pytest.raises(repository.api.exceptions.ClientError, match=error):
        repository.api.create_commit(repositoryName=repository.name, branchName="main", **changed)
    assert repository.branches() == []


def test_a_file_is_put_and_read_by_branch_commit_and_reference(aws: Account) -> None:
    repository = Repository(aws)
    first = repository.commit(files={"a": "old"})
    put: dict[str, Any] = {"repositoryName": repository.name, "branchName": "main", "filePath": "a"}
    made = repository.api.put_file(parentCommitId=first, fileContent=b"new", name="Ada", **put)
    same = {"parentCommitId": made["commitId"], "fileContent": b"new", **put}
    refused("SameFileContentException", repository.api.put_file, **same)

    def read(**specified: str) -> tuple[bytes, str]:
        found = repository.api.get_file(repositoryName=repository.name, filePath="/a", **specified)
        assert (found["fileMode"], found["fileSize"]) == ("NORMAL", 3)
        return found["fileContent"], found["commitId"]

    assert read() == read(commitSpecifier="main") == read(commitSpecifier="refs/heads/main")
    assert read() == (b"new", made["commitId"])
    assert read(commitSpecifier=first) == (b"old", first)
    given = {"repositoryName": repository.name, "filePath": "a"}
    refused("CommitDoesNotExistException", repository.api.get_file, commitSpecifier="none", **given)
    given["filePath"] = "none"
    refused("FileDoesNotExistException", repository.api.get_file, **given)


def test_commits_are_shown_together_and_those_that_are_not_there_apart(aws: Account) -> None:
    repository = Repository(aws)
    first = repository.commit()
    second = repository.commit()
    ids = [second, "none", "1" * 40, first]
    found = repository.api.batch_get_commits(repositoryName=repository.name, commitIds=ids)
    assert [one["commitId"] for one in found["commits"]] == [second, first]
    assert [one["commitId"] for one in found["errors"]] == ["none", "1" * 40]
    many = {"repositoryName": repository.name, "commitIds": [first] * 101}
    refused("CommitIdsLimitExceededException", repository.api.batch_get_commits, **many)
    shown = {"repositoryName": repository.name, "commitId": "1" * 40}
    refused("CommitIdDoesNotExistException", repository.api.get_commit, **shown)


def test_a_commit_outlives_its_branch(aws: Account) -> None:
    repository = Repository(aws)
    repository.branch("work")
    commit = repository.commit("work")
    repository.delete("work")
    shown = repository.api.get_commit(repositoryName=repository.name, commitId=commit)["commit"]
    assert shown["commitId"] == commit
