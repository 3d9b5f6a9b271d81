"""The bench of layer-distributor says what it measured, and misses what is missed."""

from __future__ import annotations

import json
from typing import Any

from bench import layers


def result(**changes: float) -> dict[str, Any]:
    figures = {"ratio": 1.1, "through_buckets_mb": 30.0, "check_ms": 5.0, **changes}
    return {
        "regions": {"ratio": figures["ratio"]},
        "memory": {"through_buckets_mb": figures["through_buckets_mb"]},
        "check": {"check_ms": figures["check_ms"], "sha256_ms": 100.0},
    }


def reached(**changes: float) -> list[bool]:
    return [reached for reached, _ in layers.goals(result(**changes))]


def test_each_goal_is_missed_by_its_own_figure() -> None:
    assert reached() == [True, True, True]
    assert reached(ratio=1.21) == [False, True, True]
    assert reached(through_buckets_mb=64.0) == [True, False, True]
    assert reached(check_ms=11.0) == [True, True, False]


def test_the_latencies_go_from_the_fastest_to_the_slowest() -> None:
    found = [layers.latency(number) for number in range(len(layers.REGIONS))]
    assert (found[0], found[-1]) == (layers.FASTEST_MILLISECONDS, layers.SLOWEST_MILLISECONDS)
    assert found == sorted(found)
    assert len(set(layers.REGIONS)) == 30


def test_a_job_asks_for_the_layer_in_its_artifact() -> None:
    event = layers.job("function", "key", {"layer_name": "deps"})
    asked = event["CodePipeline.job"]["data"]["actionConfiguration"]["configuration"]["UserParameters"]
    assert json.loads(asked) == {"artifact_path": "layer.zip", "layer_name": "deps"}
