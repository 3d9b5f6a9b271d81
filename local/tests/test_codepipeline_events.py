from __future__ import annotations

import json
from typing import Any

from .helpers import Account, unique
from .pipelines import Release, lambda_action
from .test_eventbridge_targets import events, function


def short(found: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [
        (
            event["detail-type"].split()[1],
            event["detail"].get("action") or event["detail"].get("stage") or "",
            event["detail"]["state"],
        )
        for event in found
    ]


def test_every_change_of_state_is_an_event_in_order(aws: Account) -> None:
    release = Release(aws)
    release.create([lambda_action("Gate", aws.function())])
    url = release.events()
    execution = release.start()
    release.fail(release.job(execution), "an incident")
    release.retry(execution)
    release.succeed(release.job(execution, number=2))
    release.ended(execution, "Succeeded")
    changes = release.received(url, 16)
    assert short(changes) == [
        ("Pipeline", "", "STARTED"),
        ("Stage", "Source", "STARTED"),
        ("Action", "Source", "STARTED"),
        ("Action", "Source", "SUCCEEDED"),
        ("Stage", "Source", "SUCCEEDED"),
        ("Stage", "Stage1", "STARTED"),
        ("Action", "Gate", "STARTED"),
        ("Action", "Gate", "FAILED"),
        ("Stage", "Stage1", "FAILED"),
        ("Pipeline", "", "FAILED"),
        ("Pipeline", "", "RESUMED"),
        ("Stage", "Stage1", "RESUMED"),
        ("Action", "Gate", "STARTED"),
        ("Action", "Gate", "SUCCEEDED"),
        ("Stage", "Stage1", "SUCCEEDED"),
        ("Pipeline", "", "SUCCEEDED"),
    ]
    assert {event["detail"]["execution-id"] for event in changes} == {execution}
    first, failed, resumed = changes[0], changes[7], changes[10]
    assert first["detail"]["execution-trigger"]["trigger-type"] == "StartPipelineExecution"
    assert failed["detail"]["execution-result"] == {
        "external-execution-summary": "an incident",
        "error-code": "JobFailed",
    }
    assert failed["detail"]["action-execution-id"] == release.jobs()[0]["action_execution"]
    assert failed["detail"]["type"]["provider"] == "Lambda"
    assert (first["detail"]["pipeline-execution-attempt"], resumed["detail"]["pipeline-execution-attempt"]) == (1, 2)


def test_an_event_names_its_pipeline_s_account_and_arn(aws: Account) -> None:
    release = Release(aws)
    release.create([lambda_action("Gate", "gone")])
    name, arn = function(aws)
    detail = {"pipeline": [release.name], "state": ["FAILED"]}
    kind = "CodePipeline Pipeline Execution State Change"
    rule = unique("rule")
    pattern = {"source": ["aws.codepipeline"], "detail-type": [kind], "detail": detail}
    aws("events").put_rule(Name=rule, EventPattern=json.dumps(pattern))
    aws("events").put_targets(Rule=rule, Targets=[{"Id": "t", "Arn": arn}])
    release.start()
    [event] = events(aws, name)
    assert (event["source"], event["account"], event["region"]) == ("aws.codepipeline", "123456789012", "us-east-1")
    assert event["resources"] == [f"arn:aws:codepipeline:us-east-1:123456789012:{release.name}"]
    assert event["time"].endswith("Z")


def test_superseding_stopping_and_cancelling_are_events(aws: Account) -> None:
    release, gate = Release(aws), aws.function()
    release.create([lambda_action("Gate", gate)])
    url = release.events()
    first = release.start()
    release.job(first)
    door = {"pipelineName": release.name, "stageName": "Source", "transitionType": "Inbound"}
    release.api.disable_stage_transition(**door, reason="a freeze")
    release.start()
    third = release.start()
    release.api.stop_pipeline_execution(pipelineName=release.name, pipelineExecutionId=third)
    release.api.update_pipeline(pipeline=release.declared([lambda_action("Other", gate)]))
    found = short(release.received(url, 15))
    assert found[7:] == [
        ("Pipeline", "", "STARTED"),
        ("Pipeline", "", "STARTED"),
        ("Pipeline", "", "SUPERSEDED"),
        ("Pipeline", "", "STOPPING"),
        ("Pipeline", "", "STOPPED"),
        ("Action", "Gate", "CANCELED"),
        ("Stage", "Stage1", "CANCELED"),
        ("Pipeline", "", "CANCELED"),
    ]
