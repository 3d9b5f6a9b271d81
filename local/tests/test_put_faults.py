from __future__ import annotations

from typing import Any

import pytest

from wrasse_local.engine import ControlError
from wrasse_local.put_faults import Faults


def test_a_fault_happens_as_often_as_asked_for() -> None:
    faults = Faults("fail", "throttle")
    faults.set({"kind": "fail", "count": 2})
    assert [faults.take("fail") for _ in range(3)] == [True, True, False]
    assert not faults.take("throttle")


def test_clearing_takes_all_back() -> None:
    faults = Faults("fail", "throttle")
    faults.set({"kind": "fail", "count": 2})
    assert faults.set({"kind": "clear"}) == {"fail": 0, "throttle": 0}
    assert not faults.take("fail")


@pytest.mark.parametrize(
    "body",
    [{}, {"kind": "flood", "count": 1}, {"kind": "fail"}, {"kind": "fail", "count": 0}, {"kind": "fail", "count": "1"}],
)
def test_a_fault_that_makes_no_sense_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ControlError, match="fault"):
        Faults("fail").set(body)
