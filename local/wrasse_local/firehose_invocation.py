"""Invoking a delivery stream's function: again when it fails, and then its whole batch has failed.

AWS invokes synchronously and tries three times again by default when the function fails, times out or answers too
much; every attempt has an invocation id of its own, the records keep theirs. A batch that failed to the end goes to the
error prefix: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html
An answer that cannot be read is not asked for again. Stock moto has no transformation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import lambda_backends

from .firehose_records import Record
from .firehose_settings import Processor
from .firehose_transform import FUNCTION_ERROR, NO_FUNCTION, Request, Verdict, failed, verdicts


@dataclass(frozen=True)
class Transformed:
    attempts: int
    verdicts: list[Verdict]


def transformed(processor: Processor, request: Request, records: Sequence[Record]) -> Transformed:
    """Invokes the function with the batch, until it answers or its retries are used up."""
    attempts, code = 0, ""
    while attempts <= processor.retries:
        attempts += 1
        try:
            answer = _invoke(processor.function_arn, request.event(records))
        except UnknownFunctionException:
            code = NO_FUNCTION
            continue
        if answer is not None:
            return Transformed(attempts, verdicts(records, answer))
        code = FUNCTION_ERROR
    return Transformed(attempts, failed(records, code))


def _invoke(arn: str, event: bytes) -> bytes | None:
    """The function's answer; None when it failed."""
    _, _, _, region, account, *_ = arn.split(":")
    headers: dict[str, str] = {}
    payload: bytes = lambda_backends[account][region].get_function(arn, None).invoke(event, {}, headers)
    return None if "X-Amz-Function-Error" in headers else payload
