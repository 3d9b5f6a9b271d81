"""What the demo of health-gate shows."""

from __future__ import annotations

import json
from typing import Any

from demo.health_gate.pipelines import PIPELINES, Release
from demo.output import Output


def show_pipelines(output: Output) -> None:
    """Each with what its gate is asked for."""
    rows = [(pipeline.name, json.dumps(pipeline.user_parameters)) for pipeline in PIPELINES]
    output.table(("pipeline", "UserParameters"), rows)


def say(output: Output, release: Release, what: str, words: str) -> None:
    """What became of a release, and the words for it."""
    output.line(output.coloured(f"{release}: {what}", "1"))
    output.text(words)


def show_jobs(output: Output, jobs: list[dict[str, Any]]) -> None:
    """How many answers each of CodePipeline's jobs got."""
    kinds = [answer["kind"] for job in jobs for answer in job["answers"]]
    counted = ", ".join(f"{kinds.count(kind)} x {kind}" for kind in sorted(set(kinds)))
    refused = sum(job["refused"] for job in jobs)
    output.text(f"CodePipeline asked {len(jobs)} times, and took one answer each: {counted}; refused: {refused}.")
