from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .helpers import Account, eventually, unique


@pytest.fixture
def task(aws: Account) -> Any:
    """Runs a task of the image `team/task`; returns its ARN."""

    def run(mode: str = "", image: str = "registry.example/team/task:1.0", command: Any = None, **more: Any) -> str:
        arn: str = _run(aws, register(aws, image, **more), mode, command)["taskArn"]
        return arn

    return run


def register(aws: Account, image: str = "team/task", **container: Any) -> str:
    family = unique("family")
    aws("ecs").register_task_definition(
        family=family,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[
            {"name": "main", "image": image, "environment": [{"name": "MODE", "value": ""}], **container}
        ],
    )
    return family


def _run(aws: Account, family: str, mode: str = "", command: Any = None) -> Any:
    aws("ecs").create_cluster(clusterName="tasks")
    subnet = aws("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    override = {"name": "main", "environment": [{"name": "MODE", "value": mode}]}
    return aws("ecs").run_task(
        cluster="tasks",
        taskDefinition=family,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": []}},
        overrides={"containerOverrides": [{**override, **({"command": command} if command else {})}]},
    )["tasks"][0]


def stopped(aws: Account, arn: str) -> dict[str, Any]:
    def described() -> dict[str, Any] | None:
        found: dict[str, Any] = aws("ecs").describe_tasks(cluster="tasks", tasks=[arn])["tasks"][0]
        return found if found["lastStatus"] == "STOPPED" else None

    result: dict[str, Any] = eventually(described)
    return result


def test_a_task_ends_with_its_process_s_exit_code(aws: Account, task: Any) -> None:
    description = stopped(aws, task())
    assert description["containers"][0]["exitCode"] == 0
    assert description["stopCode"] == "EssentialContainerExited"
    assert description["stoppedReason"] == "Essential container in task exited"
    assert stopped(aws, task("fail"))["containers"][0]["exitCode"] == 3


def test_a_running_task_is_running(aws: Account, task: Any) -> None:
    arn = task("sleep")
    description = aws("ecs").describe_tasks(cluster="tasks", tasks=[arn])["tasks"][0]
    assert (description["lastStatus"], description["desiredStatus"]) == ("RUNNING", "RUNNING")
    assert "exitCode" not in description["containers"][0]
    aws("ecs").stop_task(cluster="tasks", task=arn, reason="enough")
    description = stopped(aws, arn)
    assert (description["stopCode"], description["stoppedReason"]) == ("UserInitiated", "enough")
    assert description["containers"][0]["exitCode"] == 143


def test_its_output_is_in_the_log_group(aws: Account, task: Any) -> None:
    group = f"/{unique('ecs')}"
    aws("logs").create_log_group(logGroupName=group)
    options = {"awslogs-group": group, "awslogs-region": "us-east-1", "awslogs-stream-prefix": "run"}
    arn = task(command=["a", "b c"], logConfiguration={"logDriver": "awslogs", "options": options})
    stopped(aws, arn)
    assert aws.log_lines(group)[0] == "words: a b c"
    endpoint, bundle = aws.engine.endpoint, aws.engine.state / "rds" / "ca.pem"
    assert aws.log_lines(group)[1] == f"mode: , endpoint: {endpoint}, bundle: {bundle}"
    streams = aws("logs").describe_log_streams(logGroupName=group)["logStreams"]
    assert [stream["logStreamName"] for stream in streams] == [f"run/main/{arn.split('/')[-1]}"]


def test_a_task_whose_log_group_is_deleted_still_stops(aws: Account, task: Any) -> None:
    group = f"/{unique('ecs')}"
    aws("logs").create_log_group(logGroupName=group)
    options = {"awslogs-group": group, "awslogs-region": "us-east-1"}
    arn = task("talk", logConfiguration={"logDriver": "awslogs", "options": options})
    aws("logs").delete_log_group(logGroupName=group)
    time.sleep(0.5)
    assert aws("ecs").describe_tasks(cluster="tasks", tasks=[arn])["tasks"][0]["lastStatus"] == "RUNNING"
    aws.post("/ecs/kill")
    assert stopped(aws, arn)["containers"][0]["exitCode"] == 137


def test_a_missing_log_group_keeps_the_task_from_starting(aws: Account, task: Any) -> None:
    options = {"awslogs-group": "/nowhere", "awslogs-region": "us-east-1"}
    description = stopped(aws, task(logConfiguration={"logDriver": "awslogs", "options": options}))
    assert description["stopCode"] == "TaskFailedToStart"
    assert "/nowhere does not exist" in description["stoppedReason"]
    assert "exitCode" not in description["containers"][0]


def test_an_image_without_a_binary_keeps_the_task_from_starting(aws: Account, task: Any) -> None:
    description = stopped(aws, task(image="team/other"))
    assert description["stopCode"] == "TaskFailedToStart"
    assert "CannotPullContainerError: no binary stands for image team/other" in description["stoppedReason"]


def test_container_secrets_keep_the_task_from_starting(aws: Account, task: Any) -> None:
    description = stopped(aws, task(secrets=[{"name": "PASSWORD", "valueFrom": "arn"}]))
    assert "no secrets into a container's environment" in description["stoppedReason"]


def test_a_kill_ends_the_running_task_of_the_family(aws: Account) -> None:
    family = register(aws)
    arn = _run(aws, family, "sleep")["taskArn"]
    assert aws.post("/ecs/kill", family=family) == {"killed": [arn], "armed": False}
    assert stopped(aws, arn)["containers"][0]["exitCode"] == 137


def test_a_kill_ahead_waits_for_the_next_task_of_the_family(aws: Account) -> None:
    family, other = register(aws), register(aws)
    assert aws.post("/ecs/kill", family=family) == {"killed": [], "armed": True}
    assert stopped(aws, _run(aws, other)["taskArn"])["containers"][0]["exitCode"] == 0
    assert stopped(aws, _run(aws, family, "sleep")["taskArn"])["containers"][0]["exitCode"] == 137
    assert stopped(aws, _run(aws, family)["taskArn"])["containers"][0]["exitCode"] == 0


def test_a_task_of_two_containers_is_refused(aws: Account) -> None:
    family = unique("family")
    containers = [{"name": name, "image": "team/task", "memory": 128} for name in ("a", "b")]
    aws("ecs").register_task_definition(family=family, containerDefinitions=containers)
    with pytest.raises(ClientError, match="one container"):
        aws("ecs").run_task(cluster="tasks", taskDefinition=family, launchType="FARGATE")
