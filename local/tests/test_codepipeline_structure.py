from __future__ import annotations

from typing import Any

import pytest

from wrasse_local.unimplemented_operations import CODE

from .helpers import Account
from .pipelines import Release, deploy_action, lambda_action, refused

APPROVAL = {
    "name": "Ask",
    "actionTypeId": {"category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1"},
}
GATE = lambda_action("Gate", "f")


@pytest.fixture
def release(aws: Account) -> Release:
    return Release(aws)


@pytest.mark.parametrize(
    ("stages", "more", "code", "said"),
    [
        ([[APPROVAL]], {}, CODE, "Approval/AWS/Manual"),
        ([[GATE]], {"executionMode": "PARALLEL"}, CODE, "PARALLEL"),
        ([[deploy_action("s", OutputFileName="o.json")]], {}, CODE, "OutputFileName"),
        ([[deploy_action("s", ActionMode="DELETE_ONLY")]], {}, CODE, "DELETE_ONLY"),
        ([[{**GATE, "region": "eu-west-1"}]], {}, CODE, "eu-west-1"),
        ([], {}, "InvalidStructureException", "minimum of 2 stages"),
        ([[GATE, GATE]], {}, "InvalidStructureException", "Gate is in stage Stage1 2 times"),
        ([[{**GATE, "inputArtifacts": [{"name": "no"}]}]], {}, "InvalidStructureException", "artifact no"),
        ([[{**GATE, "outputArtifacts": [{"name": "app"}]}]], {}, "InvalidStructureException", "made twice"),
        ([[{**GATE, "configuration": {}}]], {}, "InvalidActionDeclarationException", "FunctionName"),
        ([[lambda_action("G", "f", "#{No.Such}")]], {}, "InvalidActionDeclarationException", "#{No.Such}"),
        ([[lambda_action("G", "f", "#{variables.no}")]], {}, "InvalidActionDeclarationException", "#{variables.no}"),
        ([[lambda_action("G", "f", "p" * 1001)]], {}, "ValidationException", "1000"),
        ([[lambda_action("G g", "f")]], {}, "ValidationException", "regular expression"),
    ],
)
def test_a_structure_that_is_not_one_is_refused(
    release: Release, stages: list[Any], more: dict[str, Any], code: str, said: str
) -> None:
    assert said in refused(code, release.create, *stages, **more)
    refused("PipelineNotFoundException", release.start)


def test_sources_are_in_the_first_stage_and_nowhere_else(release: Release) -> None:
    declared = release.declared([GATE])
    declared["stages"].append({"name": "Again", "actions": declared["stages"][0]["actions"]})
    assert "first stage" in refused("InvalidStructureException", release.api.create_pipeline, pipeline=declared)


def test_a_pipeline_is_made_shown_changed_and_deleted(release: Release) -> None:
    release.create([GATE])
    refused("PipelineNameInUseException", release.create, [GATE])
    shown = release.api.get_pipeline(name=release.name)
    assert shown["pipeline"]["version"] == 1
    assert shown["metadata"]["pipelineArn"].endswith(f":{release.name}")
    updated = release.api.update_pipeline(pipeline=release.declared([GATE], [lambda_action("More", "f")]))
    assert updated["pipeline"]["version"] == 2
    [listed] = [one for one in release.api.list_pipelines()["pipelines"] if one["name"] == release.name]
    assert listed["version"] == 2
    assert listed["created"] == shown["metadata"]["created"]
    release.api.delete_pipeline(name=release.name)
    release.api.delete_pipeline(name=release.name)
    refused("PipelineNotFoundException", release.api.get_pipeline, name=release.name)


def test_variables_are_declared_and_have_a_value(release: Release) -> None:
    release.create([GATE], variables=[{"name": "team"}], pipelineType="V2")
    assert "team" in refused("ValidationException", release.start)
    assert "other" in refused("ValidationException", release.start, variables=[{"name": "other", "value": "v"}])
    execution = release.start(variables=[{"name": "team", "value": "shop"}])
    found = release.api.get_pipeline_execution(pipelineName=release.name, pipelineExecutionId=execution)
    assert found["pipelineExecution"]["variables"] == [{"name": "team", "resolvedValue": "shop"}]
    assert found["pipelineExecution"]["trigger"]["triggerType"] == "StartPipelineExecution"


def test_an_account_has_pipelines_of_its_own(aws: Account, release: Release) -> None:
    release.create([GATE])
    other = Release(aws.of_its_own())
    assert other.api.list_pipelines()["pipelines"] == []
    other.name = release.name
    refused("PipelineNotFoundException", other.start)


def test_pipelines_are_of_one_region(aws: Account) -> None:
    assert "us-east-1 alone" in refused(CODE, aws.engine.at("us-west-2").client("codepipeline").list_pipelines)


def test_executions_are_listed_the_newest_first_in_pages(release: Release) -> None:
    release.create([GATE])
    executions = [release.start() for _ in range(3)]
    page = release.api.list_pipeline_executions(pipelineName=release.name, maxResults=2)
    rest = release.api.list_pipeline_executions(pipelineName=release.name, nextToken=page["nextToken"])
    found = page["pipelineExecutionSummaries"] + rest["pipelineExecutionSummaries"]
    assert [one["pipelineExecutionId"] for one in found] == executions[::-1]
    wrong: dict[str, object] = {"pipelineName": release.name, "nextToken": "no"}
    refused("InvalidNextTokenException", release.api.list_pipeline_executions, **wrong)
    unknown = {"pipelineExecutionId": "11111111-2222-3333-4444-555555555555"}
    wrong = {"pipelineName": release.name, "filter": unknown}
    refused("PipelineExecutionNotFoundException", release.api.list_action_executions, **wrong)
