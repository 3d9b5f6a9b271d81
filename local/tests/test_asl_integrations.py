from __future__ import annotations

import json
from typing import Any

import pytest

from .helpers import Account, eventually, unique
from .test_ecs_tasks import register


def run_task(aws: Account, family: str, mode: str, **more: Any) -> dict[str, Any]:
    aws("ecs").create_cluster(clusterName="tasks")
    subnet = aws("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    override = {"Name": "main", "Environment": [{"Name": "MODE", "Value": mode}]}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::ecs:runTask.sync",
        "Parameters": {
            "Cluster": "tasks",
            "TaskDefinition": family,
            "LaunchType": "FARGATE",
            "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": [subnet], "SecurityGroups": ["sg-1"]}},
            "Overrides": {"ContainerOverrides": [override]},
        },
        "End": True,
        **more,
    }


def test_run_task_succeeds_with_the_task_s_description(aws: Account) -> None:
    output = json.loads(aws.run({"Sanitize": run_task(aws, register(aws), "")})["output"])
    assert output["LastStatus"] == "STOPPED"
    assert output["Containers"][0]["ExitCode"] == 0
    assert isinstance(output["StoppedAt"], int)
    assert output["StartedBy"] == "AWS Step Functions"


def test_run_task_of_a_failing_container_is_task_failed_with_the_description_as_cause(aws: Account) -> None:
    result = aws.run({"Sanitize": run_task(aws, register(aws), "fail")})
    assert (result["status"], result["error"]) == ("FAILED", "States.TaskFailed")
    cause = json.loads(result["cause"])
    assert cause["Containers"][0]["ExitCode"] == 3
    assert cause["StoppedReason"] == "Essential container in task exited"


def test_run_task_that_cannot_start_is_task_failed(aws: Account) -> None:
    result = aws.run({"Sanitize": run_task(aws, register(aws, image="nothing"), "")})
    assert result["error"] == "States.TaskFailed"
    assert json.loads(result["cause"])["StopCode"] == "TaskFailedToStart"


def test_run_task_that_places_no_task_is_unknown_with_the_failures_as_cause(
    aws: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    failure = {"arn": "arn:aws:ecs:us-east-1:123456789012:container-instance/a", "reason": "RESOURCE:MEMORY"}
    monkeypatch.setattr(aws("ecs"), "run_task", lambda **_: {"tasks": [], "failures": [failure]})
    result = aws.run({"Sanitize": run_task(aws, register(aws), "")})
    assert (result["status"], result["error"]) == ("FAILED", "AmazonECS.Unknown")
    assert json.loads(result["cause"])["Failures"][0]["Reason"] == "RESOURCE:MEMORY"


def test_run_task_in_a_cluster_that_is_not_there_names_ecs_s_error(aws: Account) -> None:
    state = run_task(aws, register(aws), "")
    state["Parameters"]["Cluster"] = "no-such-cluster"
    assert aws.run({"Sanitize": state})["error"] == "ECS.ClusterNotFoundException"


def test_the_task_is_stopped_when_its_state_times_out(aws: Account) -> None:
    family = register(aws)
    assert aws.run({"Sanitize": run_task(aws, family, "sleep", TimeoutSeconds=1)})["error"] == "States.Timeout"
    eventually(lambda: not running(aws, family))


def test_the_task_is_stopped_when_the_execution_is_stopped(aws: Account) -> None:
    family = register(aws)
    execution = aws.start(aws.machine({"Sanitize": run_task(aws, family, "sleep")}))
    eventually(lambda: running(aws, family))
    aws("stepfunctions").stop_execution(executionArn=execution)
    eventually(lambda: not running(aws, family))


def running(aws: Account, family: str) -> bool:
    return any(process["name"] == f"ecs {family}" for process in aws.get("/processes"))


def test_publish_sends_the_message(aws: Account) -> None:
    topic = aws("sns").create_topic(Name=unique("topic"))["TopicArn"]
    queue = aws("sqs").create_queue(QueueName=unique("queue"))["QueueUrl"]
    arn = aws("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    parameters = {"TopicArn": topic, "Subject": "done", "Message.$": "$"}
    publish = {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": parameters, "End": True}
    result = aws.run({"Notify": publish}, {"outcome": "succeeded"})
    assert "MessageId" in json.loads(result["output"])
    message = json.loads(aws("sqs").receive_message(QueueUrl=queue)["Messages"][0]["Body"])
    assert message["Subject"] == "done"
    assert json.loads(message["Message"]) == {"outcome": "succeeded"}


@pytest.mark.parametrize("account", ["123456789012", "222222222222"])
def test_a_machine_starts_itself_with_another_input(aws: Account, account: str) -> None:
    here = aws.of(account)
    name = unique("itself")
    arn = f"arn:aws:states:us-east-1:{account}:stateMachine:{name}"
    again = {"StateMachineArn": arn, "Name.$": "$.next", "Input": {"rounds": 0, "by.$": "$$.Execution.Id"}}
    states = {
        "Again?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.rounds", "NumericGreaterThan": 0, "Next": "Again"}],
            "Default": "Done",
        },
        "Again": {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution",
            "Parameters": again,
            "Next": "Done",
        },
        "Done": {"Type": "Succeed"},
    }
    text = json.dumps({"StartAt": "Again?", "States": states})
    here("stepfunctions").create_state_machine(
        name=name, definition=text, roleArn=f"arn:aws:iam::{account}:role/machine"
    )
    first = here.start(arn, {"rounds": 1, "next": "second"})
    output = json.loads(here.ended(first)["output"])
    second = f"arn:aws:states:us-east-1:{account}:execution:{name}:second"
    assert output["ExecutionArn"] == second
    assert isinstance(output["StartDate"], int)
    assert json.loads(here.ended(second)["input"]) == {"rounds": 0, "by": first}
    kinds = [event["type"] for event in here("stepfunctions").get_execution_history(executionArn=first)["events"]]
    assert "TaskSucceeded" in kinds


def test_an_execution_name_in_use_is_the_service_s_error(aws: Account) -> None:
    other = aws.machine({"Wait": {"Type": "Pass", "End": True}})
    aws.ended(aws.start(other, {"a": 1}, name="taken"))
    start = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution",
        "Parameters": {"StateMachineArn": other, "Name": "taken", "Input": {"a": 2}},
        "End": True,
    }
    result = aws.run({"Start": start})
    assert result["error"] == "StepFunctions.ExecutionAlreadyExistsException"


def test_a_parameter_that_step_functions_does_not_support_is_refused(aws: Account) -> None:
    state = run_task(aws, register(aws), "")
    state["Parameters"]["Count"] = 2
    result = aws.run({"Sanitize": state})
    assert "Count are not supported by Step Functions" in result["cause"]


def test_a_function_that_is_not_there_names_lambda_s_error(aws: Account) -> None:
    invoke = "arn:aws:states:::lambda:invoke"
    state = {"Type": "Task", "Resource": invoke, "Parameters": {"FunctionName": "nothing"}, "End": True}
    assert aws.run({"Ask": state})["error"] == "Lambda.ResourceNotFoundException"
