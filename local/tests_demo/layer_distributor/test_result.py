"""The demo of layer-distributor says so when anything is off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from demo.layer_distributor.pipeline import Published
from demo.layer_distributor.places import FRIEND, LAYER, MARK, REGIONS, Region
from demo.layer_distributor.result import Seen, measured, problems

GOOD: dict[str, Any] = {
    "regions": 6,
    "statuses": ["Failed", "Succeeded", "Succeeded", "Succeeded"],
    "published_before_the_retry": 5,
    "pointers_before_the_retry": 0,
    "versions_published": 12,
    "duplicates": 0,
    "published_again": 0,
    "numbers": [(4, 5)],
    "pointers_consistent": True,
    "shared_with": [(FRIEND,)],
    "variables": 6,
    "said": ["Hello, shop", "Hello, shop", "Welcome, shop"],
    "jobs": 4,
    "answers_per_job": 1,
    "jobs_without_answer": 0,
}
CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"regions": 5}, "not all regions were looked at"),
    ({"statuses": ["Succeeded"] * 4}, "the releases did not end as they should"),
    ({"published_before_the_retry": 0}, "a failing region kept the others, or did not fail"),
    ({"pointers_before_the_retry": 5}, "pointers were moved before every region had the layer"),
    ({"versions_published": 11}, "there is not one version of each release in each region"),
    ({"duplicates": 1}, "a release was published twice in a region"),
    ({"published_again": 6}, "the same content was published again"),
    ({"numbers": [(1, 2), (4, 5)]}, "the releases have not the same numbers everywhere"),
    ({"pointers_consistent": False}, "the pointers do not name the same release everywhere"),
    ({"shared_with": [()]}, "the layer is not shared as it should be"),
    ({"variables": 0}, "the output variables do not name every region's version"),
    ({"said": ["Hello, shop"]}, "the function did not find the layer's files"),
    ({"answers_per_job": 2}, "a job of CodePipeline was answered more than once"),
    ({"jobs_without_answer": 1}, "jobs of CodePipeline were not answered"),
]


def region(name: str, releases: dict[int, str], latest: int | None = None) -> Region:
    released = {number: MARK + digest for number, digest in releases.items()}
    arn = None if latest is None else f"arn:aws:lambda:{name}:123456789012:layer:{LAYER}:{latest}"
    return Region(name, {1: "by hand", **released}, arn, () if latest is None else (FRIEND,))


def everywhere(releases: dict[int, str], latest: int | None) -> list[Region]:
    return [region(name, releases, latest) for name in REGIONS]


def seen() -> Seen:
    variables = {f"LayerVersionArn_{name}": "arn" for name in REGIONS}
    succeeded = Published("Succeeded", "", {"Digest": "b", **variables})
    return Seen(
        failed=Published("Failed", "", {}),
        after_failure=[region(name, {} if name == REGIONS[-1] else {4: "a"}) for name in REGIONS],
        succeeded=succeeded,
        released=everywhere({4: "a"}, 4),
        again=succeeded,
        after_again=everywhere({4: "a"}, 4),
        next=succeeded,
        after_next=everywhere({4: "a", 5: "b"}, 5),
        said=list(GOOD["said"]),
        jobs=[{"answers": [{"kind": "success"}], "refused": 0}] * 4,
    )


def test_a_good_run_has_no_problem() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(("change", "said"), CHANGES)
def test_each_thing_that_is_off_is_told(change: dict[str, Any], said: str) -> None:
    [problem] = problems(GOOD | change)
    assert problem.startswith(said)


def test_what_was_seen_is_counted() -> None:
    assert measured(seen()) == GOOD


def test_a_content_that_is_there_twice_is_a_duplicate() -> None:
    off = seen()
    off.after_next[0] = region(REGIONS[0], {4: "a", 5: "b", 6: "b"}, 5)
    found = measured(off)
    assert (found["duplicates"], found["versions_published"]) == (1, 13)


@pytest.mark.parametrize("latest", [None, 4])
def test_a_pointer_that_names_another_release_is_not_consistent(latest: int | None) -> None:
    off = seen()
    off.after_next[2] = region(REGIONS[2], {4: "a", 5: "b"}, latest)
    assert not measured(off)["pointers_consistent"]


def test_a_pointer_into_another_region_is_not_consistent() -> None:
    off = seen()
    off.after_next[2] = replace(off.after_next[2], latest=off.after_next[1].latest)
    assert not measured(off)["pointers_consistent"]


def test_numbers_that_differ_are_not_consistent() -> None:
    off = seen()
    off.after_next[2] = region(REGIONS[2], {4: "a", 6: "b"}, 6)
    assert not measured(off)["pointers_consistent"]


def test_an_answer_that_was_refused_counts_and_a_missing_one_is_missed() -> None:
    off = seen()
    off.jobs = [{"answers": [{"kind": "success"}], "refused": 1}, {"answers": [], "refused": 0}]
    found = measured(off)
    assert (found["answers_per_job"], found["jobs_without_answer"]) == (2, 1)
