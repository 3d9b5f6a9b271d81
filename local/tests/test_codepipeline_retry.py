from __future__ import annotations

from typing import Any

import pytest

from .helpers import Account, eventually
from .pipelines import Release, lambda_action, refused

UNKNOWN = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def release(aws: Account) -> Release:
    """Two gates side by side, one action after them, and a stage that follows."""
    made, function = Release(aws), aws.function()
    after = lambda_action("After", function, runOrder=2)
    made.create([lambda_action("Gate", function), lambda_action("Beside", function), after])
    return made


def blocked(release: Release) -> str:
    """An execution that Gate failed and Beside did not."""
    execution = release.start()
    release.succeed(release.job(execution, "Beside"))
    release.fail(release.job(execution))
    release.ended(execution, "Failed")
    return execution


def runs(release: Release, execution: str) -> list[tuple[str, str]]:
    return [(action["actionName"], action["status"]) for action in reversed(release.actions(execution))][1:]


def test_only_failed_actions_run_again_and_the_execution_goes_on(release: Release) -> None:
    execution = blocked(release)
    release.retry(execution)
    assert release.status(execution) == "InProgress"
    release.succeed(release.job(execution, "Gate", number=2))
    release.succeed(release.job(execution, "After"))
    release.ended(execution, "Succeeded")
    assert runs(release, execution) == [
        ("Gate", "Failed"),
        ("Beside", "Succeeded"),
        ("Gate", "Succeeded"),
        ("After", "Succeeded"),
    ]
    assert len({action["actionExecutionId"] for action in release.actions(execution)}) == 5
    latest: dict[str, Any] = {"pipelineExecutionId": execution, "startTimeRange": "Latest"}
    found = release.api.list_action_executions(
        pipelineName=release.name, filter={"latestInPipelineExecution": latest}, maxResults=3
    )
    assert len(found["actionExecutionDetails"]) == 3
    rest = release.api.list_action_executions(
        pipelineName=release.name, filter={"latestInPipelineExecution": latest}, nextToken=found["nextToken"]
    )
    assert "nextToken" not in rest
    assert {one["status"] for one in found["actionExecutionDetails"] + rest["actionExecutionDetails"]} == {"Succeeded"}


def test_all_actions_run_again_when_all_are_asked_for(release: Release) -> None:
    execution = blocked(release)
    release.retry(execution, mode="ALL_ACTIONS")
    release.succeed(release.job(execution, "Gate", number=2))
    release.succeed(release.job(execution, "Beside", number=2))
    release.succeed(release.job(execution, "After"))
    release.ended(execution, "Succeeded")


def test_a_second_retry_is_refused_while_the_first_runs(release: Release) -> None:
    execution = blocked(release)
    release.retry(execution)
    refused("StageNotRetryableException", release.retry, execution)
    assert len(release.jobs("Gate")) == 2


def test_a_retry_may_fail_again_and_be_retried_again(release: Release) -> None:
    execution = blocked(release)
    release.retry(execution)
    release.fail(release.job(execution, "Gate", number=2))
    release.ended(execution, "Failed")
    release.retry(execution)
    release.succeed(release.job(execution, "Gate", number=3))
    release.succeed(release.job(execution, "After"))
    release.ended(execution, "Succeeded")
    refused("StageNotRetryableException", release.retry, execution)


def test_failed_actions_may_run_again_beside_those_in_progress_but_not_all(release: Release) -> None:
    execution = release.start()
    release.fail(release.job(execution))
    beside = release.job(execution, "Beside")
    refused("ConflictException", release.retry, execution, mode="ALL_ACTIONS")
    release.retry(execution)
    release.succeed(release.job(execution, "Gate", number=2))
    assert release.in_stage() == (execution, "InProgress")
    release.succeed(beside)
    release.succeed(release.job(execution, "After"))
    release.ended(execution, "Succeeded")


def test_an_execution_that_another_followed_into_the_stage_is_not_the_latest(release: Release) -> None:
    execution = blocked(release)
    later = release.start()
    release.job(later)
    refused("NotLatestPipelineExecutionException", release.retry, execution)
    assert release.status(execution) == "Failed"


def test_an_execution_that_waits_before_the_stage_does_not_hinder_a_retry(release: Release) -> None:
    door = {"pipelineName": release.name, "stageName": "Stage1", "transitionType": "Inbound"}
    execution = blocked(release)
    release.api.disable_stage_transition(**door, reason="a freeze")
    waiting = release.start()
    eventually(lambda: "inboundExecution" in release.stage())
    release.retry(execution)
    release.api.enable_stage_transition(**door)
    release.succeed(release.job(execution, "Gate", number=2))
    release.succeed(release.job(execution, "After"))
    release.ended(execution, "Succeeded")
    release.job(waiting)


def test_what_cannot_be_retried_is_refused_by_name(release: Release) -> None:
    running = release.start()
    release.job(running)
    refused("StageNotRetryableException", release.retry, running)
    refused("NotLatestPipelineExecutionException", release.retry, UNKNOWN)
    refused("StageNotFoundException", release.retry, running, stage="No")
    refused("StageNotRetryableException", release.retry, running, stage="Source")
    refused("ValidationException", release.retry, running, mode="SOME_ACTIONS")
    release.name = "gone"
    refused("PipelineNotFoundException", release.retry, running)


def test_a_changed_structure_is_not_retried(release: Release, aws: Account) -> None:
    execution = blocked(release)
    release.api.update_pipeline(pipeline=release.declared([lambda_action("Gate", aws.function())]))
    refused("StageNotRetryableException", release.retry, execution)
