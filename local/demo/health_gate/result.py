"""What the demo of health-gate measured, and what of that is not as it should be."""

from __future__ import annotations

from collections import Counter
from typing import Any

from demo.health_gate.incidents import ACTIVE_ENDPOINT
from demo.health_gate.pipelines import PIPELINES, WEB
from demo.health_gate.scenes import Seen
from demo.system import Result


def measured(seen: Seen, jobs: list[dict[str, Any]], told: dict[str, int], calls: dict[str, dict[str, int]]) -> Result:
    """For result.json. An answer that CodePipeline refused counts, for the job had one already."""
    answers = [len(job["answers"]) + job["refused"] for job in jobs]
    retried = [count for release, count in seen.retries.items() if release in seen.resumed]
    overtaken = [count for release, count in seen.retries.items() if release not in seen.resumed]
    return {
        "blocked": len(seen.blocked),
        "held": len(seen.held),
        "resumed": len(seen.resumed),
        "overridden": len(seen.overridden),
        "deployed_elsewhere": len(seen.elsewhere),
        "answered_after_crash": len(seen.crashed),
        "passed_while_open": len(seen.passed_while_open),
        "stacks": seen.stacks,
        "jobs": len(jobs),
        "answers_per_job": max(answers, default=0),
        "jobs_without_answer": answers.count(0),
        "retries_per_block": max(retried, default=0),
        "retries_of_overtaken": sum(overtaken),
        "blocks": dict(sorted(Counter(seen.outcomes.values()).items())),
        "notices": told,
        "health_calls": {region: sum(outcomes.values()) for region, outcomes in calls.items()},
    }


EXPECTED: dict[str, tuple[object, str]] = {
    "blocked": (3, "not just the three releases that should be were blocked"),
    "held": (1, f"not just the one release that should be was held, of another pipeline than {WEB.name}"),
    "resumed": (2, "the blocked release and the held one are not both deployed after the incident"),
    "overridden": (1, "the override did not let its release pass, or is not named in the answer"),
    "deployed_elsewhere": (1, "the release to another region was not deployed during the incident"),
    "answered_after_crash": (1, "the job of the gate that was killed was not answered for it"),
    "passed_while_open": (0, "stacks were deployed into the incident"),
    "stacks": (
        dict.fromkeys((pipeline.name for pipeline in PIPELINES), 2),
        "the stacks are not of the second releases",
    ),
    "answers_per_job": (1, "a job of CodePipeline was answered more than once, or none was"),
    "jobs_without_answer": (0, "jobs of CodePipeline were not answered"),
    "retries_per_block": (1, "the blocked release was not retried exactly once"),
    "retries_of_overtaken": (0, "the release that was overtaken was retried"),
    "blocks": ({"resumed": 1, "settled": 2}, "the gate's table tells something else of the blocked executions"),
    "notices": ({"blocked": 3, "held": 1, "resumed": 2, "gave_up": 0}, "people were told something else"),
}


def problems(result: Result) -> list[str]:
    """What is not as it should be, each in a sentence."""
    found = [
        f"{complaint}: {key} is {result[key]}, not {value}"
        for key, (value, complaint) in EXPECTED.items()
        if result[key] != value
    ]
    if list(result["health_calls"]) != [ACTIVE_ENDPOINT]:
        found.append(
            f"the Health API was not asked at its active endpoint alone, {ACTIVE_ENDPOINT}: {result['health_calls']}"
        )
    return found
