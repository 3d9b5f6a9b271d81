"""The subscriber's runs are waited for, and its filters looked for at the rate that AWS allows."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from demo.context import Context, DemoFailed
from demo.log_archive import new_groups, subscriptions
from demo.log_archive.groups import GROUPS, NEW_GROUPS, Fate
from demo.log_archive.subscriptions import Run
from demo.output import Output


@dataclass(frozen=True)
class Account(Context):
    """Log groups with filters, executions by look, and invocations of the subscriber by look."""

    filters: dict[str, list[str]] = field(default_factory=dict)
    looks: list[list[str]] = field(default_factory=list)
    invocations: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def client(self, service: str, account: str | None = None) -> Any:
        return self

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        if path == "/lambda/timings":
            number = self.invocations.pop(0) if len(self.invocations) > 1 else self.invocations[0]
            return [{"function": "subscriber"}] * number
        self.asked.append(path)
        return [{"state": "Wait", "kind": "wait", "seconds": 1}] * 4 if path == "/executions/waits" else {}

    def describe_subscription_filters(self, logGroupName: str) -> dict[str, Any]:
        self.asked.append(logGroupName)
        return {"subscriptionFilters": [{"filterName": name} for name in self.filters.get(logGroupName, [])]}

    def create_log_group(self, **arguments: Any) -> None:
        self.asked.append(f"create {arguments['logGroupName']}")

    def create_log_stream(self, **arguments: Any) -> None:
        return

    def list_executions(self, stateMachineArn: str) -> dict[str, Any]:
        statuses = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        return {
            "executions": [
                {"status": status, "executionArn": f"{number}", "startDate": datetime(2026, 11, 20, number, tzinfo=UTC)}
                for number, status in enumerate(statuses)
            ]
        }

    def describe_execution(self, executionArn: str) -> dict[str, Any]:
        self.asked.append(executionArn)
        return {"status": "SUCCEEDED", "output": '{"groups": 3}'}


def account(**known: Any) -> Account:
    return Account("http://localhost", Path(), 1, Output(io.StringIO()), **known)


def test_the_latest_run_is_told_once_all_have_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "POLL_SECONDS", 0)
    context = account(looks=[[], ["RUNNING"], ["SUCCEEDED", "RUNNING"], ["FAILED", "SUCCEEDED"]])
    run = subscriptions.started_by_the_stack(context, "1", "machine")
    assert run == Run("SUCCEEDED", {"groups": 3}, ": ", 4.0)
    assert (run.count("groups"), run.count("errors")) == (3, 0)
    assert context.asked == ["1", "/executions/waits"]


def test_a_run_that_never_ends_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(subscriptions, "POLL_SECONDS", 0)
    with pytest.raises(DemoFailed, match="in account 1 has not ended"):
        subscriptions.started_by_the_stack(account(looks=[["RUNNING"]]), "1", "machine")


def test_only_filters_of_ours_count_and_a_second_passes_after_five_looks() -> None:
    standard = [group for group in GROUPS if group.fate is not Fate.CLASS][:12]
    context = account(filters={standard[0].name: ["siem", "wrasse-log-archive-1"], standard[1].name: ["siem"]})
    assert subscriptions.subscribed(context, standard) == {standard[0]}
    assert [at for at, asked in enumerate(context.asked) if asked == "/clock/advance"] == [5, 11]


def test_a_group_whose_class_has_no_filters_is_not_asked_for_them() -> None:
    context = account()
    assert subscriptions.subscribed(context, [group for group in GROUPS if group.fate is Fate.CLASS]) == set()
    assert context.asked == []


def test_a_new_group_is_looked_at_once_its_event_has_invoked_the_subscriber(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_groups, "POLL_SECONDS", 0)
    [good, *_] = NEW_GROUPS
    for filters, said in (({good.name: ["wrasse-log-archive-1"]}, "subscribed after"), ({}, "archived")):
        context = account(filters=filters, invocations=[2, 2, 2, 3])
        assert new_groups.outcome(context, good, "2026/11/20", "subscriber").startswith(said)
        assert context.asked == [f"create {good.name}", good.name]


def test_an_event_that_does_not_come_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_groups, "PATIENCE_SECONDS", 0)
    context = account(invocations=[2])
    said = new_groups.outcome(context, NEW_GROUPS[0], "2026/11/20", "subscriber")
    assert said.startswith("nothing within 0 s")
