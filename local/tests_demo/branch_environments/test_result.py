"""The demo of branch-environments says so when anything is off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from demo.branch_environments.environments import Environment
from demo.branch_environments.result import BRANCHES, LATE, Seen, measured, problems, traces

LOGIN, SAME_SLUG, NASTY = BRANCHES
GOOD: dict[str, Any] = {
    "created": 4,
    "separate": 3,
    "updated": [LOGIN],
    "destroyed": 4,
    "gone_with_its_branch": [SAME_SLUG],
    "mended_by_reconcile": [LATE, LOGIN],
    "orphans_left": 0,
    "default_touched": False,
    "injected": False,
}
CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"created": 3}, "not every branch got its environment"),
    ({"separate": 2}, "branches share an environment"),
    ({"updated": []}, "a push did not update the environment of its branch alone"),
    ({"destroyed": 3}, "not every environment went with its branch"),
    ({"gone_with_its_branch": []}, "deleting a branch did not remove its environment alone"),
    ({"mended_by_reconcile": [LATE]}, "lost events were not made up for"),
    ({"orphans_left": 1}, "something of a deleted branch is left"),
    ({"default_touched": True}, "the default branch got an environment"),
    ({"injected": True}, "a branch's name was run by a shell"),
]


def environments(*branches: str, says: str = "Hello") -> dict[str, Environment]:
    return {branch: Environment(branch, branch, greeting=says) for branch in branches}


def seen() -> Seen:
    return Seen(
        created=environments(*BRANCHES),
        updated={**environments(*BRANCHES), **environments(LOGIN, says="Welcome")},
        destroyed=environments(LOGIN, NASTY),
        mended=environments(NASTY, LATE),
        removed={},
    )


def test_what_was_seen_is_measured() -> None:
    assert measured(seen()) == GOOD
    assert problems(GOOD) == []


@pytest.mark.parametrize(("change", "complaint"), CHANGES)
def test_each_thing_that_is_off_is_named(change: dict[str, Any], complaint: str) -> None:
    found = problems({**GOOD, **change})
    assert [problem for problem in found if problem.startswith(complaint)] == found
    assert len(found) == 1


def test_what_is_left_is_counted() -> None:
    left = seen()
    left.removed = {"x": Environment("x", None, ("x-pipeline",), ("x-create",), ("environments/x/source.zip",))}
    assert measured(left)["orphans_left"] == 3
    assert measured(left)["destroyed"] == 3


def test_a_trace_is_found_wherever_it_is(tmp_path: Path) -> None:
    assert traces(tmp_path) == []
    (tmp_path / "build" / "src").mkdir(parents=True)
    (tmp_path / "build" / "src" / "pwned").touch()
    assert len(traces(tmp_path)) == 1
    left = seen()
    left.traces = traces(tmp_path)
    assert measured(left)["injected"]
