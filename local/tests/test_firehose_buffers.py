from __future__ import annotations

from datetime import UTC, datetime, timedelta

from wrasse_local.firehose_buffers import ACTIVE_PARTITIONS, Buffers, Target

START = datetime(2026, 11, 20, tzinfo=UTC)
A, B = Target(keys=(("k", "a"),)), Target(keys=(("k", "b"),))
ERRORS = Target(error_type="processing-failed")


def later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_a_buffer_is_due_by_its_age_which_begins_with_its_first_record() -> None:
    buffers = Buffers()
    buffers.add(A, b"1", later(-5), START, 10)
    buffers.add(B, b"2", START, later(30), 10)
    assert buffers.next_due(60) == later(60)
    assert [buffer.target for buffer in buffers.due(later(60), 60)] == [A]
    assert [buffer.target for buffer in buffers.due(later(90), 60)] == [A, B]


def test_a_full_buffer_is_due_at_once_and_the_next_record_begins_another() -> None:
    buffers = Buffers()
    for part in (b"12", b"34", b"56"):
        buffers.add(A, part, START, START, 4)
    assert [buffer.parts for buffer in buffers.due(START, 60)] == [[b"12", b"34"]]
    assert [buffer.parts for buffer in buffers.due(later(60), 60)] == [[b"12", b"34"], [b"56"]]


def test_a_buffer_knows_when_its_oldest_record_arrived() -> None:
    buffers = Buffers()
    for seconds in (7, 3, 5):
        buffers.add(A, b"1", later(seconds), later(9), 10)
    assert buffers.due(later(99), 0)[0].oldest == later(3)


def test_what_is_not_delivered_stays() -> None:
    buffers = Buffers()
    for part in (b"12", b"34", b"5"):
        buffers.add(A, part, START, START, 2)
    assert buffers.held == 3
    second = buffers.due(later(60), 60)[1]
    buffers.delivered(second)
    assert [buffer.parts for buffer in buffers.due(later(60), 60)] == [[b"12"], [b"5"]]
    for buffer in buffers.due(later(60), 60):
        buffers.delivered(buffer)
    assert (buffers.held, buffers.next_due(60)) == (0, None)


def test_only_so_many_partitions_are_active_at_once() -> None:
    buffers = Buffers()
    for number in range(ACTIVE_PARTITIONS):
        target = Target(keys=(("k", str(number)),))
        assert buffers.has_room(target)
        buffers.add(target, b"1", START, START, 10)
    buffers.add(ERRORS, b"1", START, START, 10)
    assert not buffers.has_room(A)
    assert buffers.has_room(Target(keys=(("k", "0"),)))
    buffers.delivered(buffers.due(later(60), 60)[0])
    assert buffers.has_room(A)
