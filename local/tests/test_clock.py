from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wrasse_local.clock import Clock


def test_time_is_real_time_plus_all_skipped_waits() -> None:
    clock = Clock()
    before = datetime.now(UTC)
    clock.advance(60)
    clock.advance(90.5)
    skipped = clock.now() - before
    assert timedelta(seconds=150.5) <= skipped < timedelta(seconds=155)


def test_the_clock_never_goes_back() -> None:
    with pytest.raises(ValueError, match="cannot go back"):
        Clock().advance(-1)


def test_a_listener_is_called_after_each_skipped_wait() -> None:
    clock = Clock()
    heard: list[float] = []
    before = clock.now()
    clock.listen(lambda: heard.append((clock.now() - before).total_seconds()))
    clock.advance(60)
    clock.advance(30)
    assert [round(seconds) for seconds in heard] == [60, 90]
