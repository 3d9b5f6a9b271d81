from __future__ import annotations

import threading

import pytest

from wrasse_local.clock import Clock
from wrasse_local.rds_transitions import Transitions


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_change_is_finished_when_it_is_due_and_not_before(clock: Clock) -> None:
    transitions, seen = Transitions(clock), list[bool]()
    transitions.begin("arn", 60, lambda: None, seen.append)
    clock.advance(59)
    transitions.settle()
    assert (seen, transitions.percent("arn")) == ([], 98)
    clock.advance(1)
    transitions.settle()
    assert (seen, transitions.percent("arn")) == ([True], 100)


def test_a_change_that_is_due_waits_for_its_work(clock: Clock) -> None:
    transitions, seen, work = Transitions(clock), list[str](), threading.Event()

    def slow() -> None:
        work.wait(10)
        seen.append("worked")

    transitions.begin("arn", 60, slow, lambda _: seen.append("finished"))
    clock.advance(60)
    threading.Timer(0.05, work.set).start()
    transitions.settle()
    assert seen == ["worked", "finished"]


def test_failed_work_is_told(clock: Clock) -> None:
    transitions, seen = Transitions(clock), list[bool]()

    def fail() -> None:
        raise OSError("disk full")

    transitions.begin("arn", 0, fail, seen.append)
    transitions.settle()
    assert seen == [False]


def test_a_change_that_replaces_another_works_after_it(clock: Clock) -> None:
    transitions, seen, work = Transitions(clock), list[str](), threading.Event()

    def create() -> None:
        work.wait(10)
        seen.append("created")

    transitions.begin("arn", 60, create, lambda _: seen.append("never told"))
    transitions.begin("arn", 10, lambda: seen.append("removed"), lambda _: seen.append("gone"))
    work.set()
    clock.advance(10)
    transitions.settle()
    assert seen == ["created", "removed", "gone"]


def test_a_change_waits_for_the_work_of_others_that_it_names(clock: Clock) -> None:
    transitions, seen, work = Transitions(clock), list[str](), threading.Event()

    def back_up() -> None:
        work.wait(10)
        seen.append("backed up")

    transitions.begin("snapshot", 60, back_up, lambda _: None)
    transitions.begin("instance", 0, lambda: seen.append("removed"), lambda _: None, "snapshot")
    work.set()
    transitions.settle()
    assert seen == ["backed up", "removed"]


def test_a_change_can_begin_the_next_one(clock: Clock) -> None:
    transitions, seen = Transitions(clock), list[str]()

    def next_one(_: bool) -> None:
        transitions.begin("arn", -30, lambda: None, lambda _: seen.append("done"))

    transitions.begin("arn", 30, lambda: None, next_one)
    clock.advance(60)
    transitions.settle()
    assert seen == ["done"]


def test_what_is_never_due_is_due_when_hurried(clock: Clock) -> None:
    transitions, seen = Transitions(clock), list[bool]()
    transitions.begin("arn", None, lambda: None, seen.append)
    clock.advance(10_000_000)
    transitions.settle()
    assert (seen, transitions.percent("arn")) == ([], 0)
    transitions.hurry("arn")
    transitions.settle()
    assert seen == [True]
