"""What the demo of layer-distributor measured, and what of that is not as it should be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from demo.layer_distributor.pipeline import Published
from demo.layer_distributor.places import FRIEND, REGIONS, Region
from demo.system import Result

NOTHING = Published("", "", {})


@dataclass
class Seen:
    """What was seen at each point."""

    failed: Published = NOTHING
    after_failure: list[Region] = field(default_factory=list)
    succeeded: Published = NOTHING
    released: list[Region] = field(default_factory=list)
    again: Published = NOTHING
    after_again: list[Region] = field(default_factory=list)
    next: Published = NOTHING
    after_next: list[Region] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """By a function that has the layer."""
    jobs: list[dict[str, Any]] = field(default_factory=list)


def measured(seen: Seen) -> Result:
    """For result.json. An answer that CodePipeline refused counts, for the job had one already."""
    numbers = [sorted(region.released) for region in seen.released]
    return {
        "regions": len(seen.released),
        "statuses": [run.status for run in (seen.failed, seen.succeeded, seen.again, seen.next)],
        "published_before_the_retry": sum(len(region.released) for region in seen.after_failure),
        "pointers_before_the_retry": sum(region.latest is not None for region in seen.after_failure),
        "versions_published": sum(len(region.released) for region in seen.after_next),
        "duplicates": sum(duplicates(region) for region in seen.after_next),
        "published_again": sum(len(region.released) for region in seen.after_again) - sum(map(len, numbers)),
        "numbers": sorted({tuple(sorted(region.released)) for region in seen.after_next}),
        "pointers_consistent": consistent(seen.released, 0) and consistent(seen.after_next, 1),
        "shared_with": sorted({region.shared_with for region in seen.after_next}),
        "variables": len([name for name in seen.next.variables if name.startswith("LayerVersionArn_")]),
        "said": seen.said,
        "jobs": len(seen.jobs),
        "answers_per_job": max((len(job["answers"]) + job["refused"] for job in seen.jobs), default=0),
        "jobs_without_answer": sum(not job["answers"] for job in seen.jobs),
    }


def duplicates(region: Region) -> int:
    """Versions of a content that has another version."""
    return sum(count - 1 for count in Counter(region.released.values()).values())


def consistent(regions: list[Region], release: int) -> bool:
    """Whether every pointer names that release, of its own region and with one number."""
    wanted = {(region.name, sorted(region.released)[release]) for region in regions if len(region.released) > release}
    found = {(arn.split(":")[3], int(arn.rsplit(":", 1)[1])) for arn in (region.latest for region in regions) if arn}
    return len(found) == len(REGIONS) and found == wanted and len({number for _, number in found}) == 1


EXPECTED: dict[str, tuple[object, str]] = {
    "regions": (len(REGIONS), "not all regions were looked at"),
    "statuses": (["Failed", *["Succeeded"] * 3], "the releases did not end as they should"),
    "published_before_the_retry": (len(REGIONS) - 1, "a failing region kept the others, or did not fail"),
    "pointers_before_the_retry": (0, "pointers were moved before every region had the layer"),
    "versions_published": (2 * len(REGIONS), "there is not one version of each release in each region"),
    "duplicates": (0, "a release was published twice in a region"),
    "published_again": (0, "the same content was published again"),
    "numbers": ([(4, 5)], "the releases have not the same numbers everywhere"),
    "pointers_consistent": (True, "the pointers do not name the same release everywhere"),
    "shared_with": ([(FRIEND,)], "the layer is not shared as it should be"),
    "variables": (len(REGIONS), "the output variables do not name every region's version"),
    "said": (["Hello, shop", "Hello, shop", "Welcome, shop"], "the function did not find the layer's files"),
    "answers_per_job": (1, "a job of CodePipeline was answered more than once, or none was"),
    "jobs_without_answer": (0, "jobs of CodePipeline were not answered"),
}


def problems(result: Result) -> list[str]:
    """What is not as it should be, each in a sentence."""
    return [
        f"{complaint}: {key} is {result[key]}, not {value}"
        for key, (value, complaint) in EXPECTED.items()
        if result[key] != value
    ]
