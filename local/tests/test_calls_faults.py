from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from wrasse_local.calls_faults import Faults, Kind
from wrasse_local.calls_operations import Call, Protocol
from wrasse_local.engine import ControlError

PUT = Call("ssm", "PutParameter", "eu-west-1", Protocol.JSON)
ELSEWHERE = Call("ssm", "PutParameter", "us-east-1", Protocol.JSON)
GET = Call("ssm", "GetParameter", "eu-west-1", Protocol.JSON)


def faults(*bodies: dict[str, Any]) -> Faults:
    made = Faults()
    for body in bodies:
        made.set({"service": "ssm", **body})
    return made


def met(of: Faults, call: Call) -> Kind | None:
    fault = of.meet(call).fault
    return fault.kind if fault else None


def test_a_fault_is_met_as_often_as_asked_for() -> None:
    made = faults({"kind": "fail", "operation": "PutParameter", "count": 2})
    assert [met(made, PUT) for _ in range(3)] == [Kind.FAIL, Kind.FAIL, None]


def test_a_fault_is_met_once_where_no_count_is_given() -> None:
    made = faults({"kind": "drop"})
    assert [met(made, PUT), met(made, PUT)] == [Kind.DROP, None]


def test_a_fault_is_for_its_service_operation_and_region() -> None:
    made = faults({"kind": "fail", "operation": "PutParameter", "region": "eu-west-1"})
    other = Call("logs", "PutParameter", "eu-west-1", Protocol.JSON)
    assert [met(made, call) for call in (ELSEWHERE, GET, other, PUT)] == [None, None, None, Kind.FAIL]


def test_a_fault_without_operation_and_region_is_for_all_of_its_service() -> None:
    made = faults({"kind": "fail", "count": 2})
    assert [met(made, call) for call in (ELSEWHERE, GET)] == [Kind.FAIL, Kind.FAIL]


def test_calls_that_match_are_let_pass_first() -> None:
    made = faults({"kind": "fail", "operation": "PutParameter", "skip": 2})
    assert [met(made, call) for call in (PUT, GET, PUT, PUT, PUT)] == [None, None, None, Kind.FAIL, None]


def test_several_faults_are_met_one_after_another() -> None:
    made = faults({"kind": "throttle"}, {"kind": "drop-after"})
    assert [met(made, PUT) for _ in range(3)] == [Kind.THROTTLE, Kind.DROP_AFTER, None]


def test_a_delay_lasts_and_comes_with_any_other_fault() -> None:
    made = faults({"kind": "delay", "milliseconds": 20}, {"kind": "delay", "milliseconds": 5}, {"kind": "fail"})
    first, second = made.meet(PUT), made.meet(PUT)
    assert (first.seconds, first.fault and first.fault.kind) == (0.025, Kind.FAIL)
    assert (second.seconds, second.fault) == (0.025, None)


def test_a_counted_delay_ends() -> None:
    made = faults({"kind": "delay", "milliseconds": 20, "count": 1})
    assert [made.meet(PUT).seconds, made.meet(PUT).seconds] == [0.02, 0.0]


def test_simultaneous_calls_meet_no_more_faults_than_were_set() -> None:
    made = faults({"kind": "fail", "count": 500})
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda _: met(made, PUT), range(2000)))
    assert results.count(Kind.FAIL) == 500


def test_clearing_takes_all_back() -> None:
    made = faults({"kind": "fail"}, {"kind": "delay", "milliseconds": 9})
    assert made
    assert made.set({"kind": "clear"}) == {"faults": []}
    assert not made
    assert made.meet(PUT) == Faults().meet(PUT)


def test_what_is_left_is_said() -> None:
    made = faults({"kind": "fail", "operation": "PutParameter", "skip": 1, "count": 2})
    made.meet(PUT)
    made.meet(PUT)
    left = {"kind": "fail", "service": "ssm", "operation": "PutParameter", "count": 1}
    assert made.left() == {"faults": [left]}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "no fault None; there are: refuse, throttle, fail, fail-after, drop, drop-after, delay, clear"),
        ({"kind": "flood"}, "no fault 'flood'"),
        ({"kind": "fail"}, "needs `service`"),
        ({"kind": "fail", "service": "ssn"}, "no service signs as 'ssn'"),
        ({"kind": "fail", "service": "ssm", "operation": "PutParameters"}, "ssm has no operation 'PutParameters'"),
        ({"kind": "fail", "service": "ssm", "count": 0}, "`count` is"),
        ({"kind": "fail", "service": "ssm", "count": "1"}, "`count` is"),
        ({"kind": "fail", "service": "ssm", "skip": -1}, "`skip` is"),
        ({"kind": "fail", "service": "ssm", "message": "m"}, "the fault fail has no `message`"),
        ({"kind": "fail", "service": "ssm", "regions": ["eu-west-1"]}, "has no `regions`"),
        ({"kind": "delay", "service": "ssm"}, "needs `milliseconds`"),
        ({"kind": "refuse", "service": "ssm", "code": "C", "message": "m"}, "needs `status`"),
        ({"kind": "refuse", "service": "ssm", "status": 400, "message": "m"}, "needs `code`"),
    ],
)
def test_a_fault_that_could_never_be_met_is_refused(body: dict[str, Any], message: str) -> None:
    with pytest.raises(ControlError) as refusal:
        Faults().set(body)
    assert message in refusal.value.message
