"""Waiting ends with what was waited for, or with a sentence."""

from __future__ import annotations

import pytest

from demo.context import DemoFailed
from demo.patience import until


def test_what_comes_is_answered() -> None:
    looks = iter([None, 0, "found"])
    assert until("it", lambda: next(looks)) == "found"


def test_what_does_not_come_is_named() -> None:
    with pytest.raises(DemoFailed, match="the answer has not come within 0 s"):
        until("the answer", lambda: None, patience=0)
