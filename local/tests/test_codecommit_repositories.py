from __future__ import annotations

import datetime
from typing import Any

import pytest

from wrasse_local import codecommit_git
from wrasse_local.unimplemented_operations import CODE

from .helpers import Account, unique
from .pipelines import refused
from .repositories import Repository


def test_a_repository_is_made_shown_listed_and_deleted(aws: Account) -> None:
    repository = Repository(aws, repositoryDescription="words", tags={"team": "a"})
    api, name, made = repository.api, repository.name, repository.metadata
    assert made["Arn"] == f"arn:aws:codecommit:us-east-1:123456789012:{name}"
    assert made["cloneUrlHttp"] == f"https://git-codecommit.us-east-1.amazonaws.com/v1/repos/{name}"
    assert made["repositoryDescription"] == "words"
    assert "defaultBranch" not in made
    assert api.get_repository(repositoryName=name)["repositoryMetadata"] == made
    assert {"repositoryName": name, "repositoryId": made["repositoryId"]} in api.list_repositories()["repositories"]
    refused("RepositoryNameExistsException", api.create_repository, repositoryName=name)
    folder = repository.folder()
    assert api.delete_repository(repositoryName=name)["repositoryId"] == made["repositoryId"]
    assert "repositoryId" not in api.delete_repository(repositoryName=name)
    assert not folder.exists()
    refused("RepositoryDoesNotExistException", api.get_repository, repositoryName=name)
    again = api.create_repository(repositoryName=name)["repositoryMetadata"]
    assert again["repositoryId"] != made["repositoryId"]
    assert repository.branches() == []


def test_repositories_are_listed_by_name_or_by_their_last_change(aws: Account) -> None:
    mine = aws.of_its_own()
    first, second = Repository(mine), Repository(mine)
    aws.post("/clock/advance", seconds=10)
    first.commit()

    def names(**how: str) -> list[str]:
        return [one["repositoryName"] for one in first.api.list_repositories(**how)["repositories"]]

    assert names() == sorted([first.name, second.name])
    assert names(sortBy="lastModifiedDate") == [second.name, first.name]
    assert names(sortBy="lastModifiedDate", order="descending") == [first.name, second.name]


@pytest.mark.parametrize("name", ["a b", "a/b", "a" * 101, "a.git", "ä"])
def test_a_name_that_is_none_is_refused(aws: Account, name: str) -> None:
    refused("InvalidRepositoryNameException", aws("codecommit").create_repository, repositoryName=name)


def test_the_default_branch_is_the_first_one_until_another_is_chosen(aws: Account) -> None:
    repository = Repository(aws)

    def default() -> str:
        return str(repository.api.get_repository(repositoryName=repository.name)["repositoryMetadata"]["defaultBranch"])

    repository.branch("work", repository.commit("trunk"))
    assert default() == "trunk"
    choose = repository.api.update_default_branch
    refused("BranchDoesNotExistException", choose, repositoryName=repository.name, defaultBranchName="none")
    choose(repositoryName=repository.name, defaultBranchName="work")
    assert default() == "work"
    refused("DefaultBranchCannotBeDeletedException", repository.delete, "work")
    assert repository.delete("trunk")["deletedBranch"]["branchName"] == "trunk"


def test_tags_of_a_repository_are_kept_added_and_taken_away(aws: Account) -> None:
    repository = Repository(aws, tags={"team": "a", "stage": "dev"})
    api, arn = repository.api, repository.metadata["Arn"]
    api.tag_resource(resourceArn=arn, tags={"stage": "live", "owner": "me"})
    api.untag_resource(resourceArn=arn, tagKeys=["team"])
    assert api.list_tags_for_resource(resourceArn=arn)["tags"] == {"stage": "live", "owner": "me"}
    refused("InvalidResourceArnException", api.list_tags_for_resource, resourceArn="arn:aws:s3:::b")
    refused("InvalidSystemTagUsageException", api.tag_resource, resourceArn=arn, tags={"aws:x": "y"})


def test_a_change_of_a_branch_is_the_repository_s_last_one(aws: Account) -> None:
    repository = Repository(aws)
    aws.post("/clock/advance", seconds=100)
    repository.commit()
    found = repository.api.get_repository(repositoryName=repository.name)["repositoryMetadata"]
    assert found["creationDate"] == repository.metadata["creationDate"]
    assert found["lastModifiedDate"] >= found["creationDate"] + datetime.timedelta(seconds=100)


def test_an_account_has_repositories_of_its_own(aws: Account) -> None:
    repository, other = Repository(aws), aws.of_its_own()
    refused("RepositoryDoesNotExistException", other("codecommit").get_repository, repositoryName=repository.name)
    own = other("codecommit").create_repository(repositoryName=repository.name)["repositoryMetadata"]
    assert own["accountId"] == other.engine.account
    folders = aws.get("/codecommit")
    assert folders[f"{other.engine.account}/{repository.name}"] != folders[repository.name]


def test_what_is_not_there_is_refused_by_name(aws: Account) -> None:
    name = Repository(aws).name
    api, elsewhere = aws("codecommit"), aws.engine.at("eu-west-1").client("codecommit")
    assert "ListPullRequests" in refused(CODE, api.list_pull_requests, repositoryName=name)
    assert "us-east-1 alone" in refused(CODE, elsewhere.list_repositories)
    assert "key" in refused(CODE, api.create_repository, repositoryName=unique("repository"), kmsKeyId="k")


def test_an_engine_without_git_says_what_it_needs(aws: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    said = refused(CODE, aws("codecommit").create_repository, repositoryName=unique("repository"))
    assert "needs the program git" in said


def test_a_git_that_knows_no_reftable_makes_a_repository_with_files(
    aws: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = codecommit_git.run

    def older(*words: str, **more: Any) -> bytes:
        if "--ref-format=reftable" in words:
            raise codecommit_git.GitError("error: unknown option `ref-format=reftable'")
        return run(*words, **more)

    monkeypatch.setattr(codecommit_git, "run", older)
    repository = Repository(aws)
    repository.branch("feature/x", repository.commit())
    assert repository.branches() == ["feature/x", "main"]
