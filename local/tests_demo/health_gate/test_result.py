"""The demo of health-gate says so when anything is off."""

from __future__ import annotations

from typing import Any

import pytest

from demo.health_gate.pipelines import BILLING, EUROPE, WEB, Release, Shown
from demo.health_gate.result import measured, problems
from demo.health_gate.scenes import Seen

GOOD: dict[str, Any] = {
    "blocked": 3,
    "held": 1,
    "resumed": 2,
    "overridden": 1,
    "deployed_elsewhere": 1,
    "answered_after_crash": 1,
    "passed_while_open": 0,
    "stacks": {"shop-web": 2, "shop-billing": 2, "shop-europe": 2},
    "jobs": 11,
    "answers_per_job": 1,
    "jobs_without_answer": 0,
    "retries_per_block": 1,
    "retries_of_overtaken": 0,
    "blocks": {"resumed": 1, "settled": 2},
    "notices": {"blocked": 3, "held": 1, "resumed": 2, "gave_up": 0},
    "health_calls": {"us-east-2": 20},
}


def test_a_good_run_has_no_problem() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"blocked": 2}, "not just the three releases that should be were blocked"),
        ({"held": 0}, "not just the one release that should be was held"),
        ({"resumed": 1}, "the blocked release and the held one are not both deployed after the incident"),
        ({"overridden": 0}, "the override did not let its release pass"),
        ({"deployed_elsewhere": 0}, "the release to another region was not deployed"),
        ({"answered_after_crash": 0}, "the job of the gate that was killed was not answered"),
        ({"passed_while_open": 1}, "stacks were deployed into the incident: passed_while_open is 1, not 0"),
        ({"stacks": {"shop-web": None}}, "the stacks are not of the second releases"),
        ({"answers_per_job": 2}, "a job of CodePipeline was answered more than once"),
        ({"jobs_without_answer": 1}, "jobs of CodePipeline were not answered"),
        ({"retries_per_block": 2}, "the blocked release was not retried exactly once"),
        ({"retries_of_overtaken": 1}, "the release that was overtaken was retried"),
        ({"blocks": {"waiting": 1}}, "the gate's table tells something else"),
        ({"notices": {"blocked": 4}}, "people were told something else"),
        ({"health_calls": {"us-east-1": 20}}, "the Health API was not asked at its active endpoint alone"),
        (
            {"health_calls": {"us-east-1": 1, "us-east-2": 20}},
            "the Health API was not asked at its active endpoint alone",
        ),
    ],
)
def test_each_thing_that_is_off_is_told(change: dict[str, Any], said: str) -> None:
    [problem] = problems(GOOD | change)
    assert problem.startswith(said)


WEB_1, WEB_2, BILLING_1, EUROPE_1, EUROPE_2, WEB_3 = (
    Release(pipeline, number, f"{pipeline.name}-{number}")
    for pipeline, number in ((WEB, 1), (WEB, 2), (BILLING, 1), (EUROPE, 1), (EUROPE, 2), (WEB, 3))
)


def seen() -> Seen:
    return Seen(
        blocked=[WEB_1, WEB_2, EUROPE_2],
        held=[BILLING_1],
        resumed=[WEB_2, BILLING_1],
        overridden=[EUROPE_2],
        elsewhere=[EUROPE_1],
        crashed=[WEB_3],
        retries={WEB_1: 0, WEB_2: 1},
        stacks={"shop-web": 2, "shop-billing": 2, "shop-europe": 2},
        outcomes={"shop-web-1": "settled", "shop-web-2": "resumed", "shop-europe-2": "settled"},
    )


def job(answers: int, refused: int = 0) -> dict[str, Any]:
    return {"answers": [{"kind": "success"}] * answers, "refused": refused}


def test_what_was_seen_is_counted() -> None:
    found = measured(seen(), [job(1)] * 11, GOOD["notices"], {"us-east-2": {"ok": 18, "timeout": 2}})
    assert found == GOOD


def test_a_refused_answer_counts_as_one_and_a_missing_one_is_missed() -> None:
    found = measured(seen(), [job(1, refused=1), job(0), job(1)], {}, {})
    assert (found["answers_per_job"], found["jobs_without_answer"]) == (2, 1)


def test_a_retry_of_what_was_overtaken_is_not_one_of_what_was_resumed() -> None:
    off = seen()
    off.retries = {WEB_1: 3, WEB_2: 2}
    found = measured(off, [], {}, {})
    assert (found["retries_per_block"], found["retries_of_overtaken"]) == (2, 3)


def test_an_answer_says_what_became_of_the_release_and_one_that_is_held_twice_is_one() -> None:
    notes = Seen()
    noted = [notes.note(BILLING_1, Shown(kind, "")) for kind in ("continue", "continue", "success", "failure")]
    assert noted == ["held", "held", "passed", "blocked"]
    assert (notes.held, notes.blocked) == ([BILLING_1], [BILLING_1])
