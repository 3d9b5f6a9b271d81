from __future__ import annotations

from typing import Any

import pytest

from .helpers import Account, eventually
from .pipelines import Release, deploy_action, lambda_action, refused

TEMPLATE = '{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}, "Outputs": {"Url": {"Value": {"Ref": "Q"}}}}'


@pytest.fixture
def function(aws: Account) -> str:
    return aws.function()


@pytest.fixture
def release(aws: Account) -> Release:
    return Release(aws)


def gate(function: str, name: str = "Gate", order: int = 1) -> dict[str, Any]:
    return lambda_action(name, function, runOrder=order)


def states(release: Release, execution: str) -> list[tuple[str, str]]:
    return [(action["actionName"], action["status"]) for action in reversed(release.actions(execution))]


def test_actions_of_a_run_order_run_together_and_the_next_order_after_them(release: Release, function: str) -> None:
    release.create([gate(function, "A"), gate(function, "B"), gate(function, "C", 2)])
    execution = release.start()
    first, second = release.job(execution, "A"), release.job(execution, "B")
    release.succeed(second)
    assert not release.jobs("C")
    release.succeed(first)
    release.succeed(release.job(execution, "C"))
    release.ended(execution, "Succeeded")
    assert states(release, execution) == [("Source", "Succeeded"), *((name, "Succeeded") for name in "ABC")]


def test_a_failure_waits_for_the_actions_beside_it_and_nothing_follows(release: Release, function: str) -> None:
    release.create([gate(function, "A"), gate(function, "B"), gate(function, "C", 2)], [gate(function, "D")])
    execution = release.start()
    release.fail(release.job(execution, "A"))
    assert release.in_stage() == (execution, "InProgress")
    release.succeed(release.job(execution, "B"))
    assert release.in_stage() == (execution, "Failed")
    assert release.status(execution) == "Failed"
    assert not release.jobs("C")
    assert not release.jobs("D")


def test_the_source_s_object_is_deployed_by_cloudformation(aws: Account, release: Release, function: str) -> None:
    stack = release.name
    deploy = {**deploy_action(stack, Capabilities="CAPABILITY_IAM,CAPABILITY_AUTO_EXPAND"), "namespace": "Deploy"}
    release.create([deploy, lambda_action("After", function, "#{Deploy.Url}", runOrder=2)])
    version = release.put_source({"template.json": TEMPLATE})
    execution = release.start()
    release.succeed(release.job(execution, "After"))
    release.ended(execution, "Succeeded")
    after, deployed, source = release.actions(execution)
    url = aws.stack(stack)["Outputs"][0]["OutputValue"]
    assert deployed["output"]["outputVariables"] == {"Url": url}
    assert after["input"]["resolvedConfiguration"]["UserParameters"] == url
    assert source["output"]["outputVariables"]["VersionId"] == version
    assert release.stage("Source")["actionStates"][0]["currentRevision"]["revisionId"] == version
    again = release.start()
    release.succeed(release.job(again, "After"))
    release.ended(again, "Succeeded")


def test_an_earlier_version_of_the_source_may_be_asked_for(aws: Account, release: Release) -> None:
    release.create([deploy_action(release.name)])
    earlier = release.put_source({"template.json": TEMPLATE})
    release.put_source({"template.json": "not one"})
    kind = "S3_OBJECT_VERSION_ID"
    revision = {"actionName": "Source", "revisionType": kind, "revisionValue": earlier}
    release.ended(release.start(sourceRevisions=[revision]), "Succeeded")
    assert aws.stack(release.name)["StackStatus"] == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"other.json": "{}"}, "template.json"),
        ({"template.json": '{"Resources": {"X": {"Type": "AWS::No::Such"}}}'}, "AWS::No::Such"),
        ({"template.json": '{"Resources": {"X": {"Type": "AWS::SQS::Queue", "Properties": {"No": 1}}}}'}, "ROLLBACK"),
    ],
)
def test_a_deployment_that_fails_says_why(release: Release, files: dict[str, str], said: str) -> None:
    release.create([deploy_action(release.name)])
    release.put_source(files)
    execution = release.start()
    release.ended(execution, "Failed")
    assert said in release.actions(execution)[0]["output"]["executionResult"]["errorDetails"]["message"]


def test_a_stack_that_was_never_made_is_not_updated(release: Release) -> None:
    release.create([deploy_action(release.name)])
    release.put_source({"template.json": '{"Resources": {"X": {"Type": "AWS::SQS::Queue", "Properties": {"No": 1}}}}'})
    release.ended(release.start(), "Failed")
    release.put_source({"template.json": TEMPLATE})
    execution = release.start()
    release.ended(execution, "Failed")
    error = release.actions(execution)[0]["output"]["executionResult"]["errorDetails"]
    assert "is in ROLLBACK_COMPLETE state" in error["message"]


def test_a_source_needs_a_versioned_bucket_and_an_object(aws: Account, release: Release, function: str) -> None:
    release.create([gate(function)])
    versions = aws("s3").list_object_versions(Bucket=release.bucket)["Versions"]
    for version in versions:
        aws("s3").delete_object(Bucket=release.bucket, Key=version["Key"], VersionId=version["VersionId"])
    execution = release.start()
    release.ended(execution, "Failed")
    assert "NoSuchKey" in release.actions(execution)[0]["output"]["executionResult"]["errorDetails"]["message"]


def test_a_newer_execution_supersedes_the_one_that_waits_not_the_one_inside(release: Release, function: str) -> None:
    release.create([gate(function)])
    first = release.start()
    job = release.job(first)
    second = release.start()
    eventually(lambda: release.stage().get("inboundExecution", {}).get("pipelineExecutionId") == second)
    third = release.start()
    release.ended(second, "Superseded")
    assert release.status(first) == "InProgress"
    release.succeed(job)
    release.ended(first, "Succeeded")
    release.succeed(release.job(third))
    release.ended(third, "Succeeded")
    assert not [job for job in release.jobs() if job["execution"] == second]


def test_queued_executions_all_run_in_their_order(release: Release, function: str) -> None:
    release.create([gate(function)], executionMode="QUEUED", pipelineType="V2")
    executions = [release.start() for _ in range(3)]
    for execution in executions:
        release.succeed(release.job(execution))
        release.ended(execution, "Succeeded")
    assert [job["execution"] for job in release.jobs()] == executions


def test_a_failure_lets_the_next_execution_in(release: Release, function: str) -> None:
    release.create([gate(function)])
    first = release.start()
    job = release.job(first)
    second = release.start()
    eventually(lambda: "inboundExecution" in release.stage())
    release.fail(job)
    assert release.status(first) == "Failed"
    release.succeed(release.job(second))
    release.ended(second, "Succeeded")


def test_a_closed_door_holds_the_newest_execution_until_it_opens(release: Release, function: str) -> None:
    release.create([gate(function)])
    door = {"pipelineName": release.name, "stageName": "Stage1", "transitionType": "Inbound"}
    release.api.disable_stage_transition(**door, reason="a freeze")
    first = release.start()
    eventually(lambda: "inboundExecution" in release.stage())
    second = release.start()
    release.ended(first, "Superseded")
    shown = release.stage()["inboundTransitionState"]
    assert (shown["enabled"], shown["disabledReason"]) == (False, "a freeze")
    assert release.in_stage() is None
    assert not release.jobs()
    release.api.enable_stage_transition(**door)
    release.succeed(release.job(second))
    release.ended(second, "Succeeded")
    assert release.stage()["inboundTransitionState"]["enabled"] is True


def test_outbound_of_a_stage_is_inbound_of_the_next(release: Release, function: str) -> None:
    release.create([gate(function)])
    door = {"pipelineName": release.name, "transitionType": "Outbound"}
    release.api.disable_stage_transition(**door, stageName="Source", reason="a freeze")
    release.api.disable_stage_transition(**door, stageName="Stage1", reason="a freeze")
    assert release.stage()["inboundTransitionState"]["enabled"] is False
    refused("StageNotFoundException", release.api.enable_stage_transition, **door, stageName="No")


def test_stopping_waits_for_what_is_in_progress(release: Release, function: str) -> None:
    release.create([gate(function)], [gate(function, "Later")])
    execution = release.start()
    job, stop = release.job(execution), {"pipelineName": release.name, "pipelineExecutionId": execution}
    release.api.stop_pipeline_execution(**stop, reason="not today")
    assert release.status(execution) == "Stopping"
    assert release.in_stage() == (execution, "Stopping")
    refused("DuplicatedStopRequestException", release.api.stop_pipeline_execution, **stop)
    release.succeed(job)
    release.ended(execution, "Stopped")
    assert not release.jobs("Later")
    [summary] = release.api.list_pipeline_executions(pipelineName=release.name)["pipelineExecutionSummaries"]
    assert summary["stopTrigger"] == {"reason": "not today"}
    refused("PipelineExecutionNotStoppableException", release.api.stop_pipeline_execution, **stop)


def test_abandoning_ends_at_once_and_the_job_s_answer_is_refused(release: Release, function: str) -> None:
    release.create([gate(function)])
    execution = release.start()
    job, stop = release.job(execution), {"pipelineName": release.name, "pipelineExecutionId": execution}
    release.api.stop_pipeline_execution(**stop)
    release.api.stop_pipeline_execution(**stop, abandon=True)
    assert release.status(execution) == "Stopped"
    assert states(release, execution)[-1] == ("Gate", "Abandoned")
    refused("InvalidJobStateException", release.succeed, job)
    refused("StageNotRetryableException", release.retry, execution)


def test_a_new_structure_cancels_what_is_under_way_and_another_setting_does_not(
    release: Release, function: str
) -> None:
    release.create([gate(function)])
    execution = release.start()
    job = release.job(execution)
    same = release.declared([gate(function)], executionMode="QUEUED", pipelineType="V2")
    assert release.api.update_pipeline(pipeline=same)["pipeline"]["version"] == 2
    assert release.status(execution) == "InProgress"
    release.api.update_pipeline(pipeline=release.declared([gate(function), gate(function, "More")]))
    release.ended(execution, "Cancelled")
    assert release.in_stage() is None or release.in_stage() == (execution, "Cancelled")
    refused("InvalidJobStateException", release.succeed, job)


def test_a_new_version_of_a_function_is_what_the_next_job_invokes(aws: Account, release: Release) -> None:
    function = aws.function("def handle(event):\n    print('old', flush=True)")
    release.create([gate(function)])
    release.succeed(release.job(release.start()))
    later = release.start()
    job = release.job(later)
    aws("lambda").update_function_configuration(FunctionName=function, Timeout=7)
    release.succeed(job, continuationToken="t")
    release.advance(30)
    release.succeed(release.job(later, number=2))
    release.ended(later, "Succeeded")


def test_a_request_token_starts_one_execution(release: Release, function: str) -> None:
    release.create([gate(function)])
    assert release.start(clientRequestToken="t") == release.start(clientRequestToken="t")
    assert release.start(clientRequestToken="u") != release.start(clientRequestToken="t")
