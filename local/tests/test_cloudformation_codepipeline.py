from __future__ import annotations

import json
from typing import Any

from .helpers import Account, outputs, unique
from .pipelines import ROLE, Release, refused
from .test_cloudformation_types import delete, deploy

KIND = "AWS::CodePipeline::Pipeline"


def properties(release: Release, function: str) -> dict[str, Any]:
    source = {
        "Name": "Source",
        "ActionTypeId": {"Category": "Source", "Owner": "AWS", "Provider": "S3", "Version": "1"},
        "Configuration": {"S3Bucket": release.bucket, "S3ObjectKey": "app.zip", "PollForSourceChanges": False},
        "OutputArtifacts": [{"Name": "app"}],
        "RunOrder": "1",
    }
    gate = {
        "Name": "Gate",
        "ActionTypeId": {"Category": "Invoke", "Owner": "AWS", "Provider": "Lambda", "Version": 1},
        "Configuration": {"FunctionName": function, "UserParameters": json.dumps({"regions": ["us-east-1"]})},
        "InputArtifacts": [{"Name": "app"}],
        "Namespace": "Gate",
    }
    return {
        "RoleArn": ROLE,
        "ArtifactStore": {"Type": "S3", "Location": release.store},
        "Stages": [{"Name": "Source", "Actions": [source]}, {"Name": "Stage1", "Actions": [gate]}],
        "PipelineType": "V2",
        "Variables": [{"Name": "team", "DefaultValue": "shop"}],
        "Tags": [{"Key": "a", "Value": "b"}],
    }


def test_a_pipeline_is_created_runs_is_updated_and_deleted(aws: Account) -> None:
    release, function = Release(aws), aws.function()
    given = properties(release, function)
    stack, found = deploy(aws, KIND, given, "Version")
    assert found["Version"] == "1"
    assert len(found["Ref"]) <= 100
    release.name = found["Ref"]
    tags = release.api.list_tags_for_resource(
        resourceArn=release.api.get_pipeline(name=release.name)["metadata"]["pipelineArn"]
    )
    assert tags["tags"] == [{"key": "a", "value": "b"}]
    execution = release.start()
    release.succeed(release.job(execution))
    release.ended(execution, "Succeeded")
    frozen = [{"StageName": "Stage1", "Reason": "a freeze"}]
    given["DisableInboundStageTransitions"] = frozen
    given["Stages"][1]["Actions"][0]["Configuration"]["UserParameters"] = "{}"
    shown = {"Version": {"Value": {"Fn::GetAtt": ["R", "Version"]}}}
    updated = aws.deploy({"R": {"Type": KIND, "Properties": given}}, stack=stack, Outputs=shown)
    assert updated["StackStatus"] == "UPDATE_COMPLETE", aws.reasons(stack)
    assert outputs(updated)["Version"] == "2"
    assert release.stage()["inboundTransitionState"]["disabledReason"] == "a freeze"
    del given["DisableInboundStageTransitions"]
    given["RestartExecutionOnUpdate"] = True
    aws.deploy({"R": {"Type": KIND, "Properties": given}}, stack=stack)
    assert release.stage()["inboundTransitionState"]["enabled"] is True
    assert len(release.api.list_pipeline_executions(pipelineName=release.name)["pipelineExecutionSummaries"]) == 2
    delete(aws, stack)
    refused("PipelineNotFoundException", release.start)


def test_another_name_is_another_pipeline(aws: Account) -> None:
    release = Release(aws)
    first, second = unique("pipeline"), unique("pipeline")
    given = {**properties(release, "f"), "Name": first}
    stack, found = deploy(aws, KIND, given)
    assert found["Ref"] == first
    aws.deploy({"R": {"Type": KIND, "Properties": {**given, "Name": second}}}, stack=stack)
    names = [one["name"] for one in release.api.list_pipelines()["pipelines"]]
    assert second in names
    assert first not in names
    delete(aws, stack)


def test_a_provider_that_is_not_there_fails_the_stack_by_its_name(aws: Account) -> None:
    given = properties(Release(aws), "f")
    given["Stages"][1]["Actions"][0]["ActionTypeId"]["Provider"] = "StepFunctions"
    stack = aws.deploy({"R": {"Type": KIND, "Properties": given}})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Invoke/AWS/StepFunctions" in aws.reasons(stack["StackName"])


def test_other_tags_change_the_pipeline_s_tags_alone(aws: Account) -> None:
    release = Release(aws)
    given = {**properties(release, "f"), "RestartExecutionOnUpdate": True}
    stack, found = deploy(aws, KIND, given)
    before = release.api.get_pipeline(name=found["Ref"])

    def tags_with(*tags: tuple[str, str]) -> list[tuple[str, str]]:
        given["Tags"] = [{"Key": key, "Value": value} for key, value in tags]
        updated = aws.deploy({"R": {"Type": KIND, "Properties": given}}, stack=stack)
        assert updated["StackStatus"] == "UPDATE_COMPLETE", aws.reasons(stack)
        shown = release.api.list_tags_for_resource(resourceArn=before["metadata"]["pipelineArn"])["tags"]
        return sorted((tag["key"], tag["value"]) for tag in shown)

    assert tags_with(("a", "c"), ("d", "e")) == [("a", "c"), ("d", "e")]
    assert tags_with(("d", "e")) == [("d", "e")]
    assert tags_with() == []
    after = release.api.get_pipeline(name=found["Ref"])
    assert after["pipeline"] == before["pipeline"]
    assert release.api.list_pipeline_executions(pipelineName=found["Ref"])["pipelineExecutionSummaries"] == []
    delete(aws, stack)
