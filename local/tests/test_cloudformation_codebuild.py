from __future__ import annotations

from typing import Any

from .builds import ROLE, Builder, commands, phases
from .helpers import Account, outputs, unique
from .pipelines import refused
from .test_cloudformation_types import delete, deploy

KIND = "AWS::CodeBuild::Project"


def properties(spec: str, **more: Any) -> dict[str, Any]:
    return {
        "Source": {"Type": "NO_SOURCE", "BuildSpec": spec},
        "Artifacts": {"Type": "NO_ARTIFACTS"},
        "Environment": {
            "Type": "LINUX_CONTAINER",
            "Image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
            "ComputeType": "BUILD_GENERAL1_SMALL",
            "EnvironmentVariables": [{"Name": "STAGE", "Value": "live", "Type": "PLAINTEXT"}],
        },
        "ServiceRole": ROLE,
        **more,
    }


def shown(aws: Account, name: str) -> dict[str, Any]:
    [project] = aws("codebuild").batch_get_projects(names=[name])["projects"]
    found: dict[str, Any] = project
    return found


def test_a_project_is_made_changed_and_deleted_with_its_stack(aws: Account) -> None:
    name = unique("project")
    tags = [{"Key": "branch", "Value": "main"}]
    given = properties(commands("echo $STAGE"), Name=name, TimeoutInMinutes="30", Tags=tags, Description="d")
    resource = {"Type": KIND, "Properties": given}
    arn = {"Value": {"Fn::GetAtt": ["R", "Arn"]}}
    stack = aws.deploy({"R": resource}, Outputs={"Ref": {"Value": {"Ref": "R"}}, "Arn": arn})
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.reasons(stack["StackName"])
    assert outputs(stack) == {"Ref": name, "Arn": shown(aws, name)["arn"]}
    assert (shown(aws, name)["timeoutInMinutes"], shown(aws, name)["description"]) == (30, "d")
    assert shown(aws, name)["tags"] == [{"key": "branch", "value": "main"}]
    project = Builder(aws, name)
    build = project.run()
    assert project.output(build) == ["live"]
    assert phases(build)["BUILD"] == "SUCCEEDED"
    del given["TimeoutInMinutes"], given["Tags"], given["Description"]
    given["Source"]["BuildSpec"] = commands("echo changed")
    updated = aws.deploy({"R": resource}, stack=stack["StackName"])
    assert updated["StackStatus"] == "UPDATE_COMPLETE", aws.reasons(stack["StackName"])
    assert (shown(aws, name)["timeoutInMinutes"], shown(aws, name)["description"]) == (60, "")
    assert shown(aws, name)["tags"] == []
    assert project.output(project.run()) == ["changed"]
    delete(aws, stack["StackName"])
    refused("ResourceNotFoundException", project.start)


def test_a_name_that_is_made_up_begins_with_the_logical_id(aws: Account) -> None:
    stack, found = deploy(aws, KIND, properties(commands("true")))
    assert found["Ref"].startswith("R-")
    assert shown(aws, found["Ref"])["name"] == found["Ref"]
    delete(aws, stack)


def test_another_name_is_another_project(aws: Account) -> None:
    first, second = unique("project"), unique("project")
    stack, _ = deploy(aws, KIND, properties(commands("true"), Name=first))
    given = properties(commands("true"), Name=second)
    aws.deploy({"R": {"Type": KIND, "Properties": given}}, stack=stack)
    names = aws("codebuild").list_projects()["projects"]
    assert second in names
    assert first not in names
    delete(aws, stack)


def test_what_the_engine_does_not_do_fails_the_stack_by_its_name(aws: Account) -> None:
    for more, said in (
        ({"Source": {"Type": "GITHUB", "Location": "https://github.com/a/b"}}, "source type GITHUB"),
        ({"Triggers": {"Webhook": True}}, "Triggers"),
        ({"AutoRetryLimit": 1}, "autoRetryLimit"),
    ):
        stack = aws.deploy({"R": {"Type": KIND, "Properties": properties(commands("true"), **more)}})
        assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
        assert said in aws.reasons(stack["StackName"])
