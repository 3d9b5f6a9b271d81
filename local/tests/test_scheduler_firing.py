from __future__ import annotations

import json
from typing import Any

from .helpers import Account, eventually, role_of, unique


def schedule(aws: Account, target: dict[str, Any], **more: Any) -> str:
    name = unique("schedule")
    aws("scheduler").create_schedule(
        Name=name,
        ScheduleExpression="cron(0 3 * * ? *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"RoleArn": role_of(aws("iam")), **target},
        **more,
    )
    return name


def test_a_state_machine_is_started_with_the_schedule_s_input(aws: Account) -> None:
    machine = aws.machine({"Only": {"Type": "Pass", "End": True}})
    target = {"Arn": machine, "Input": '{"by": "<aws.scheduler.schedule-arn>"}'}
    fired = aws.post("/schedules/fire", name=schedule(aws, target))
    result = aws.ended(fired["executions"][0])
    assert json.loads(result["output"])["by"].startswith("arn:aws:scheduler:us-east-1:123456789012:schedule/default/")


def test_a_target_without_input_gets_the_default_event(aws: Account) -> None:
    machine = aws.machine({"Only": {"Type": "Pass", "End": True}})
    fired = aws.post("/schedules/fire", name=schedule(aws, {"Arn": machine}))
    event = json.loads(aws.ended(fired["executions"][0])["output"])
    assert (event["source"], event["detail-type"]) == ("aws.scheduler", "Scheduled Event")


def test_a_function_is_invoked_asynchronously(aws: Account) -> None:
    name = aws.function("def handle(event):\n    print('fired with', event['a'], flush=True)")
    arn = aws("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    fired = aws.post("/schedules/fire", name=schedule(aws, {"Arn": arn, "Input": '{"a": 1}'}))
    assert fired["invocations"][0]["function"] == arn
    done = fired["invocations"][0]["request_id"]
    eventually(lambda: any(timing["request_id"] == done for timing in aws.post("/lambda/timings")))
    assert "fired with 1" in aws.log_lines(f"/aws/lambda/{name}")


def test_a_disabled_schedule_does_not_fire(aws: Account) -> None:
    machine = aws.machine({"Only": {"Type": "Pass", "End": True}})
    answer = aws.post("/schedules/fire", name=schedule(aws, {"Arn": machine}, State="DISABLED"))
    assert answer["status"] == 409
    assert "enable it first" in answer["error"]


def test_an_unknown_schedule_is_refused_with_the_known_names(aws: Account) -> None:
    known = schedule(aws, {"Arn": aws.machine({"Only": {"Type": "Pass", "End": True}})})
    answer = aws.post("/schedules/fire", name="nightly")
    assert answer["status"] == 404
    assert known in answer["error"]
