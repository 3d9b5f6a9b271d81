"""What the demo of branch-environments measured, and what of that is not as it should be."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from demo.branch_environments.environments import Environment
from demo.branch_environments.repository import DEFAULT
from demo.system import Result

BRANCHES = ("feature/login", "feature-login", "x;$(touch${IFS}pwned)")
"""Two that a careless name would make one of, and one that a careless shell would run."""
LATE = "feature/late"
TRACE = "pwned"
Environments = dict[str, Environment]


@dataclass
class Seen:
    """What was seen at each point."""

    created: Environments = field(default_factory=dict)
    updated: Environments = field(default_factory=dict)
    destroyed: Environments = field(default_factory=dict)
    mended: Environments = field(default_factory=dict)
    removed: Environments = field(default_factory=dict)
    traces: list[str] = field(default_factory=list)
    """Files that a branch's name would have made, had it been run."""


def traces(*folders: Path) -> list[str]:
    """Files of that name, wherever a build could have made them."""
    return sorted(str(path) for folder in folders for path in folder.rglob(TRACE))


def measured(seen: Seen) -> Result:
    """For result.json."""
    by_branch = {one.branch: one for one in seen.updated.values()}
    ever = {**seen.created, **seen.mended}
    return {
        "created": len(ever),
        "separate": len({one.name for one in seen.created.values()}),
        "updated": [branch for branch, one in by_branch.items() if one.greeting != "Hello"],
        "destroyed": len(ever) - len(seen.removed),
        "gone_with_its_branch": sorted(str(one.branch) for one in absent(seen.updated, seen.destroyed)),
        "mended_by_reconcile": sorted(str(one.branch) for one in changed(seen.destroyed, seen.mended)),
        "orphans_left": sum(len(one.stacks) + len(one.projects) + len(one.objects) for one in seen.removed.values()),
        "default_touched": any(one.branch == DEFAULT for one in ever.values()),
        "injected": bool(seen.traces),
    }


def absent(before: Environments, after: Environments) -> list[Environment]:
    """Those that are gone."""
    return [one for name, one in before.items() if name not in after]


def changed(before: Environments, after: Environments) -> list[Environment]:
    """Those that came or went."""
    return absent(before, after) + absent(after, before)


EXPECTED: dict[str, tuple[object, str]] = {
    "created": (len(BRANCHES) + 1, "not every branch got its environment"),
    "separate": (len(BRANCHES), "branches share an environment"),
    "updated": ([BRANCHES[0]], "a push did not update the environment of its branch alone"),
    "destroyed": (len(BRANCHES) + 1, "not every environment went with its branch"),
    "gone_with_its_branch": ([BRANCHES[1]], "deleting a branch did not remove its environment alone"),
    "mended_by_reconcile": (sorted([BRANCHES[0], LATE]), "lost events were not made up for"),
    "orphans_left": (0, "something of a deleted branch is left"),
    "default_touched": (False, "the default branch got an environment"),
    "injected": (False, "a branch's name was run by a shell"),
}


def problems(result: Result) -> list[str]:
    """What is not as it should be, each in a sentence."""
    return [
        f"{complaint}: {key} is {result[key]}, not {value}"
        for key, (value, complaint) in EXPECTED.items()
        if result[key] != value
    ]
