from __future__ import annotations

from typing import Any

from .helpers import Account, outputs, unique
from .pipelines import refused
from .test_cloudformation_types import delete

KIND = "AWS::CodeCommit::Repository"


def deployed(aws: Account, stack: str | None = None, **properties: Any) -> dict[str, Any]:
    attributes = {name: {"Value": {"Fn::GetAtt": ["R", name]}} for name in ("Arn", "Name", "CloneUrlHttp")}
    resource = {"R": {"Type": KIND, "Properties": properties}}
    return aws.deploy(resource, stack=stack, Outputs={"Ref": {"Value": {"Ref": "R"}}, **attributes})


def test_a_repository_is_made_changed_and_deleted_with_its_stack(aws: Account) -> None:
    name, api = unique("repository"), aws("codecommit")
    tags = [{"Key": "team", "Value": "a"}, {"Key": "stage", "Value": "dev"}]
    stack = deployed(aws, RepositoryName=name, RepositoryDescription="words", Tags=tags)
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.reasons(stack["StackName"])
    made = api.get_repository(repositoryName=name)["repositoryMetadata"]
    assert made["repositoryDescription"] == "words"
    assert outputs(stack) == {
        "Ref": made["repositoryId"],
        "Arn": made["Arn"],
        "Name": name,
        "CloneUrlHttp": made["cloneUrlHttp"],
    }
    put = [{"filePath": "a", "fileContent": b"x"}]
    commit = api.create_commit(repositoryName=name, branchName="main", putFiles=put)["commitId"]
    updated = deployed(aws, stack["StackName"], RepositoryName=name, Tags=[{"Key": "team", "Value": "b"}])
    assert updated["StackStatus"] == "UPDATE_COMPLETE", aws.reasons(stack["StackName"])
    assert api.list_tags_for_resource(resourceArn=made["Arn"])["tags"] == {"team": "b"}
    assert not api.get_repository(repositoryName=name)["repositoryMetadata"].get("repositoryDescription")
    assert api.get_branch(repositoryName=name, branchName="main")["branch"]["commitId"] == commit
    delete(aws, stack["StackName"])
    refused("RepositoryDoesNotExistException", api.get_repository, repositoryName=name)


def test_what_the_engine_does_not_do_fails_the_stack_by_its_name(aws: Account) -> None:
    for name in ("Code", "Triggers"):
        wrong: dict[str, Any] = {name: {}}
        stack = deployed(aws, RepositoryName=unique("repository"), **wrong)
        assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
        assert name in aws.reasons(stack["StackName"])
    name = unique("repository")
    stack = deployed(aws, RepositoryName=name)
    assert deployed(aws, stack["StackName"], RepositoryName=unique("repository"))["StackStatus"].endswith("COMPLETE")
    assert "RepositoryName" in aws.reasons(stack["StackName"])
    assert aws("codecommit").get_repository(repositoryName=name)
