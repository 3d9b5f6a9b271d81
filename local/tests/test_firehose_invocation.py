from __future__ import annotations

import base64
import json

import pytest

from .delivery_streams import TRANSFORMATION, Archive

# Fails the first two invocations of a sandbox, and then writes down what it was given.
THIRD_TIME = TRANSFORMATION.replace(
    "def handle(event):",
    """times = []

def handle(event):
    times.append({"invocation": event["invocationId"], "records": [one["recordId"] for one in event["records"]]})
    if len(times) < 3:
        raise Error("NotYet", "as asked")
    print(json.dumps(times), flush=True)""",
)
FAILING = {
    "error": "def handle(event):\n    raise Error('Broken', 'secret words')",
    "crash": "def handle(event):\n    os._exit(3)",
    "time-out": "def handle(event):\n    time.sleep(60)",
    "too large": "def handle(event):\n    return b'x' * 6_291_557",
}


def test_a_failed_invocation_is_made_again_with_the_same_records(archive: Archive) -> None:
    function = archive.function(THIRD_TIME)
    stream = archive.stream(function=function)
    archive.put(stream, "one", "two")
    assert archive.flush(stream)["ok"] == 2
    assert archive.stats(stream)["invocations"] == 3
    group = f"/aws/lambda/{function.rsplit(':', 1)[1]}"
    times = json.loads(next(line for line in archive.aws.log_lines(group) if line.startswith("[")))
    assert len({one["invocation"] for one in times}) == 3
    assert times[0]["records"] == times[1]["records"] == times[2]["records"]


@pytest.mark.parametrize("kind", FAILING)
def test_a_batch_that_fails_to_the_end_is_below_the_error_prefix_as_it_came(archive: Archive, kind: str) -> None:
    function = archive.function(FAILING[kind], Timeout=1)
    stream = archive.stream(function=function, NumberOfRetries=1, Prefix="logs/", ErrorOutputPrefix="errors/")
    archive.put(stream, "one", "two")
    counts = archive.flush(stream)
    assert (counts["ok"], counts["failed"], counts["objects"], counts["error_objects"]) == (0, 2, 0, 1)
    errors = archive.errors("errors/processing-failed/")
    assert [base64.b64decode(error["rawData"]) for error in errors] == [b"one", b"two"]
    assert {error["errorCode"] for error in errors} == {"Lambda.FunctionError"}
    assert {error["attemptsMade"] for error in errors} == {2}
    assert {error["lambdaArn"] for error in errors} == {function}
    assert "secret" not in json.dumps(errors)


def test_three_retries_are_the_default(archive: Archive) -> None:
    function = archive.function(FAILING["error"])
    stream = archive.stream(function=function)
    archive.put(stream, "one")
    archive.flush(stream)
    assert archive.stats(stream)["invocations"] == 4
    timings = archive.aws.post("/lambda/timings")
    assert [timing["function"] for timing in timings].count(function.rsplit(":", 1)[1]) == 4


def test_an_answer_that_cannot_be_read_is_not_asked_for_again(archive: Archive) -> None:
    stream = archive.stream(function=archive.function("def handle(event):\n    return []"), ErrorOutputPrefix="errors/")
    archive.put(stream, "one")
    archive.flush(stream)
    assert archive.stats(stream)["invocations"] == 1
    assert archive.errors()[0]["errorCode"] == "Lambda.JsonProcessingException"


def test_a_function_that_is_not_there_loses_nothing(archive: Archive) -> None:
    function = "arn:aws:lambda:us-east-1:123456789012:function:nowhere"
    stream = archive.stream(function=function, ErrorOutputPrefix="errors/")
    archive.put(stream, "one")
    archive.flush(stream)
    assert archive.errors()[0]["errorCode"] == "Lambda.ResourceNotFound"
