from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from .helpers import Account, eventually
from .pipelines import CALL, Release, lambda_action, refused

ANSWER = """
def handle(event):
    job = event["CodePipeline.job"]
    known = {key: value for key, value in job["data"].items() if key != "artifactCredentials"}
    secret = sorted(job["data"]["artifactCredentials"])
    call("PutJobSuccessResult", jobId=job["id"], outputVariables={"Seen": json.dumps([known, secret])})
"""
OUTPUT_VARIABLES_LIMIT = 122_880
VARIABLES_AND_TOKEN = {"continuationToken": "t", "outputVariables": {"a": "b"}}


@pytest.fixture
def release(aws: Account) -> Release:
    made = Release(aws)
    made.create([lambda_action("Gate", aws.function(), '{"e": "#{codepipeline.PipelineExecutionId}"}')])
    return made


def test_the_function_gets_the_documented_event_and_its_answer_ends_the_action(aws: Account) -> None:
    release, function = Release(aws), aws.function(CALL + ANSWER)
    parameters = "#{codepipeline.PipelineExecutionId} #{Source.ObjectKey} #{variables.team}"
    gate = lambda_action("Gate", function, parameters, inputArtifacts=[{"name": "app"}], namespace="Gate")
    later = lambda_action("Later", function, "#{Gate.Seen}", runOrder=2)
    variables = [{"name": "team", "defaultValue": "shop"}]
    store = {"type": "S3", "location": release.store, "encryptionKey": {"id": "alias/k", "type": "KMS"}}
    release.create([gate, later], variables=variables, artifactStore=store)
    execution = release.start(variables=[{"name": "team", "value": "web"}])
    release.ended(execution, "Succeeded")
    second, first, _ = release.actions(execution)
    data, credentials = json.loads(first["output"]["outputVariables"]["Seen"])
    configuration = {"FunctionName": function, "UserParameters": f"{execution} app.zip web"}
    assert data["actionConfiguration"] == {"configuration": configuration}
    [artifact] = data["inputArtifacts"]
    place = artifact["location"]["s3Location"]
    assert (artifact["name"], place["bucketName"]) == ("app", release.store)
    assert place["objectKey"].startswith(release.name[:20] + "/app/")
    assert aws("s3").get_object(Bucket=release.store, Key=place["objectKey"])["Body"].read()
    assert data["outputArtifacts"] == []
    assert data["encryptionKey"] == {"id": "alias/k", "type": "KMS"}
    assert "continuationToken" not in data
    assert credentials == ["accessKeyId", "expirationTime", "secretAccessKey", "sessionToken"]
    assert first["input"]["configuration"]["UserParameters"] == parameters
    assert first["input"]["resolvedConfiguration"] == configuration
    assert json.loads(second["input"]["resolvedConfiguration"]["UserParameters"])[1] == credentials


def test_a_failure_fails_action_stage_and_pipeline_with_its_message(release: Release) -> None:
    execution = release.start()
    release.fail(release.job(execution), "EC2 is ill")
    assert release.status(execution) == "Failed"
    assert release.in_stage() == (execution, "Failed")
    [state] = release.stage()["actionStates"]
    latest, found = state["latestExecution"], release.actions(execution)[0]
    assert latest["status"] == found["status"] == "Failed"
    assert latest["actionExecutionId"] == found["actionExecutionId"] == release.jobs()[0]["action_execution"]
    error = {"code": "JobFailed", "message": "EC2 is ill"}
    assert latest["errorDetails"] == found["output"]["executionResult"]["errorDetails"] == error
    [job] = release.jobs()
    assert job["answers"] == [{"kind": "failure", "type": "JobFailed", "message": "EC2 is ill"}]


def test_a_second_answer_is_refused_and_counted(release: Release) -> None:
    execution = release.start()
    job = release.job(execution)
    release.succeed(job, executionDetails={"summary": "clear", "percentComplete": 100})
    release.ended(execution, "Succeeded")
    refused("InvalidJobStateException", release.succeed, job)
    refused("InvalidJobStateException", release.fail, job)
    [counted] = release.jobs()
    assert (len(counted["answers"]), counted["refused"]) == (1, 2)
    assert release.stage()["actionStates"][0]["latestExecution"]["summary"] == "clear"


def test_a_continuation_asks_again_by_another_job_once_the_clock_is_there(aws: Account) -> None:
    release = Release(aws)
    told = "print('token', event['CodePipeline.job']['data'].get('continuationToken'), flush=True)"
    function = aws.function(f"def handle(event):\n    {told}")
    release.create([lambda_action("Gate", function)])
    execution = release.start()
    first = release.job(execution)
    release.succeed(first, continuationToken="t-1", executionDetails={"summary": "held", "percentComplete": 7})
    latest = release.stage()["actionStates"][0]["latestExecution"]
    assert (latest["status"], latest["summary"], latest["percentComplete"]) == ("InProgress", "held", 7)
    release.advance(15)
    assert [job["id"] for job in release.jobs()] == [first]
    release.advance(15)
    eventually(lambda: len([run for run in aws.post("/lambda/timings") if run["function"] == function]) == 2)
    second = release.job(execution, number=2)
    assert second != first
    assert len({job["action_execution"] for job in release.jobs()}) == 1
    refused("InvalidJobStateException", release.succeed, first)
    release.succeed(second)
    release.ended(execution, "Succeeded")
    assert [job["answers"][0]["kind"] for job in release.jobs()] == ["continue", "success"]
    assert {"token None", "token t-1"} <= set(aws.log_lines(f"/aws/lambda/{function}"))


def test_a_job_without_an_answer_for_20_minutes_fails_its_action(release: Release) -> None:
    execution = release.start()
    job = release.job(execution)
    release.advance(19 * 60)
    assert release.status(execution) == "InProgress"
    release.advance(60)
    assert release.status(execution) == "Failed"
    assert (
        "failed to return a result" in release.stage()["actionStates"][0]["latestExecution"]["errorDetails"]["message"]
    )
    refused("InvalidJobStateException", release.succeed, job)


def test_a_continuation_restarts_the_20_minutes_but_not_the_24_hours(release: Release) -> None:
    execution, number = release.start(), 1
    release.job(execution)
    eighteen_minutes = 18 * 60
    for _ in range(24 * 60 * 60 // eighteen_minutes - 1):
        release.advance(eighteen_minutes - 30)
        release.succeed(release.job(execution, number=number), continuationToken="more")
        release.advance(30)
        number += 1
    job = release.job(execution, number=number)
    release.advance(700)
    assert release.status(execution) == "InProgress"
    release.succeed(job, continuationToken="more")
    release.advance(400)
    assert release.status(execution) == "Failed"
    assert "within 1 day" in release.stage()["actionStates"][0]["latestExecution"]["errorDetails"]["message"]
    assert len(release.jobs()) <= number + 1


def test_an_action_s_own_time_limit_ends_it(aws: Account) -> None:
    release = Release(aws)
    release.create([lambda_action("Gate", aws.function(), timeoutInMinutes=5)])
    execution = release.start()
    release.job(execution)
    release.advance(4 * 60)
    assert release.status(execution) == "InProgress"
    release.advance(60)
    assert release.status(execution) == "Failed"


def test_many_pipelines_at_once_give_every_job_one_answer(aws: Account) -> None:
    answer = 'call("PutJobSuccessResult", jobId=event["CodePipeline.job"]["id"])'
    function = aws.function(CALL + f"def handle(event):\n    {answer}")
    releases = [Release(aws) for _ in range(4)]
    for release in releases:
        release.create([lambda_action("A", function), lambda_action("B", function)], [lambda_action("C", function)])
    with ThreadPoolExecutor(8) as threads:
        started = [(release, threads.submit(release.start)) for _ in range(4) for release in releases]
    executions = [(release, future.result()) for release, future in started]
    for release, execution in executions:
        eventually(lambda release=release, execution=execution: release.status(execution) != "InProgress", 60)  # type: ignore[misc]
        assert release.status(execution) in ("Succeeded", "Superseded")
    for release in releases:
        newest = release.api.list_pipeline_executions(pipelineName=release.name)["pipelineExecutionSummaries"][0]
        assert newest["status"] == "Succeeded"
        assert all((len(job["answers"]), job["refused"]) == (1, 0) for job in release.jobs())


def test_a_function_that_is_not_there_fails_the_action(aws: Account) -> None:
    release = Release(aws)
    release.create([lambda_action("Gate", "gone")])
    execution = release.start()
    release.ended(execution, "Failed")
    error = release.actions(execution)[0]["output"]["executionResult"]["errorDetails"]
    assert error["code"] == "ConfigurationError"
    assert "gone" in error["message"]


def test_an_unresolved_variable_fails_the_action_by_its_name(aws: Account) -> None:
    release, function = Release(aws), aws.function()
    gate = lambda_action("Gate", function, namespace="Gate")
    release.create([gate], [lambda_action("Later", function, "#{Gate.Nothing}")])
    execution = release.start()
    release.succeed(release.job(execution))
    release.ended(execution, "Failed")
    assert "#{Gate.Nothing}" in release.actions(execution)[0]["output"]["executionResult"]["errorDetails"]["message"]


def test_wrong_answers_are_refused_and_leave_the_job_open(release: Release) -> None:
    job = release.job(release.start())
    for wrong in (
        {"executionDetails": {"summary": "s" * 2049}},
        {"continuationToken": "t" * 2049},
        {"outputVariables": {"a b": "c"}},
        {"executionDetails": {"percentComplete": 101}},
        VARIABLES_AND_TOKEN,
    ):
        refused("ValidationException", release.succeed, job, **wrong)
    refused("ValidationException", release.fail, job, "m" * 5001)
    too_much = {"a": "v" * OUTPUT_VARIABLES_LIMIT}
    refused("OutputVariablesSizeExceededException", release.succeed, job, outputVariables=too_much)
    refused("ValidationException", release.succeed, "not-an-id")
    refused("JobNotFoundException", release.succeed, "11111111-2222-3333-4444-555555555555")
    release.fail(job, "m" * 5000)


def test_a_job_of_a_deleted_pipeline_is_not_found(release: Release) -> None:
    job = release.job(release.start())
    release.api.delete_pipeline(name=release.name)
    refused("JobNotFoundException", release.succeed, job)
    refused("PipelineNotFoundException", release.start)


def test_a_crashed_function_s_failure_destination_answers_its_job(aws: Account) -> None:
    answer = 'call("PutJobFailureResult", jobId=job["id"], failureDetails={"type": "JobFailed", "message": "crashed"})'
    told = f'def handle(event):\n    job = event["requestPayload"]["CodePipeline.job"]\n    {answer}'
    answerer = aws.function(CALL + told)
    arn = aws("lambda").get_function(FunctionName=answerer)["Configuration"]["FunctionArn"]
    crashing = aws.function("def handle(event):\n    os._exit(7)")
    aws("lambda").put_function_event_invoke_config(
        FunctionName=crashing, DestinationConfig={"OnFailure": {"Destination": arn}}
    )
    release = Release(aws)
    release.create([lambda_action("Gate", crashing)])
    execution = release.start()
    release.ended(execution, "Failed")
    [job] = release.jobs()
    assert job["answers"] == [{"kind": "failure", "type": "JobFailed", "message": "crashed"}]
    assert job["refused"] == 0
