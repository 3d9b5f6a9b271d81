"""The Fail state: an `ErrorPath` may pass on whatever error was caught, AWS's own names included.

https://docs.aws.amazon.com/step-functions/latest/dg/state-fail.html
A state machine that ends with what it caught (`$.failure.Error`) ends with `States.Timeout` where that was it. Stock
moto refuses names that begin with `States.` here, and the execution stays RUNNING.
"""

from __future__ import annotations

from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.state.fail import state_fail

from .engine import Engine


def install(engine: Engine) -> None:
    state_fail.CustomErrorName = lambda error_name: ErrorName(error_name=error_name)
