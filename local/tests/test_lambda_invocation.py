from __future__ import annotations

import base64

import pytest
from botocore.exceptions import ClientError

from wrasse_local.lambda_invocation import ASYNC_EVENT_LIMIT, EVENT_LIMIT

from .helpers import Account, eventually, unique


def test_an_event_is_answered(aws: Account) -> None:
    payload, answer = aws.invoke(aws.function(), {"a": [1, "é"]})
    assert payload == {"a": [1, "é"]}
    assert answer["StatusCode"] == 200
    assert answer["ExecutedVersion"] == "$LATEST"
    assert "FunctionError" not in answer


def test_a_function_s_error_is_answered_with_its_name(aws: Account) -> None:
    name = aws.function("def handle(event):\n    raise Error('NotReady', 'still creating')")
    payload, answer = aws.invoke(name)
    assert payload == {"errorType": "NotReady", "errorMessage": "still creating"}
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")


def test_a_function_is_found_by_its_arn(aws: Account) -> None:
    name = aws.function()
    arn = aws("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    assert aws.invoke(arn, 1)[0] == 1


def test_a_function_that_is_not_there_is_not_found(aws: Account) -> None:
    with pytest.raises(ClientError) as refusal:
        aws.invoke("no-such-function")
    assert refusal.value.response["Error"]["Code"] == "ResourceNotFoundException"


@pytest.mark.parametrize(("kind", "limit"), [("RequestResponse", EVENT_LIMIT), ("Event", ASYNC_EVENT_LIMIT)])
def test_an_event_over_the_limit_is_refused(aws: Account, kind: str, limit: int) -> None:
    with pytest.raises(ClientError) as refusal:
        aws.invoke(aws.function(), "x" * limit, InvocationType=kind)
    assert refusal.value.response["Error"]["Code"] == "RequestTooLargeException"


def test_an_event_at_the_limit_is_taken(aws: Account) -> None:
    assert aws.invoke(aws.function("def handle(event):\n    return len(event)"), "x" * (EVENT_LIMIT - 2))[0]


def test_an_answer_over_the_limit_is_an_error(aws: Account) -> None:
    payload = aws.invoke(aws.function("def handle(event):\n    return 'x' * 6291556"))[0]
    assert payload["errorType"] == "Function.ResponseSizeTooLarge"


def test_an_event_that_is_no_json_is_refused(aws: Account) -> None:
    with pytest.raises(ClientError) as refusal:
        aws("lambda").invoke(FunctionName=aws.function(), Payload=b"{")
    assert refusal.value.response["Error"]["Code"] == "InvalidRequestContentException"


def test_what_it_prints_is_in_the_log_group_between_start_and_report(aws: Account) -> None:
    name = aws.function("def handle(event):\n    print('working on', event, flush=True)\n    return 1")
    aws.invoke(name, 5)
    lines = aws.log_lines(f"/aws/lambda/{name}")
    assert lines[0].startswith("START RequestId: ")
    assert lines[1] == "working on 5"
    assert lines[2].startswith("END RequestId: ")
    assert "Memory Size: 128 MB" in lines[3]
    assert "Init Duration: " in lines[3]


def test_the_log_group_of_the_configuration_is_used(aws: Account) -> None:
    group = f"/{unique('own')}"
    aws.invoke(aws.function(LoggingConfig={"LogGroup": group}))
    assert any(line.startswith("REPORT") for line in aws.log_lines(group))


def test_the_tail_of_the_log_is_returned_where_asked_for(aws: Account) -> None:
    name = aws.function("def handle(event):\n    print('hello', flush=True)\n    return 1")
    answer = aws.invoke(name, LogType="Tail")[1]
    assert b"hello" in base64.b64decode(answer["LogResult"])


def test_timings_are_kept_with_the_start_apart(aws: Account) -> None:
    name = aws.function()
    aws.invoke(name)
    aws.invoke(name)
    cold, warm = [timing for timing in aws.post("/lambda/timings") if timing["function"] == name]
    assert cold["init_milliseconds"] > 0
    assert warm["init_milliseconds"] is None
    assert warm["milliseconds"] > 0


def test_an_asynchronous_invocation_is_accepted_and_run(aws: Account) -> None:
    name = aws.function("def handle(event):\n    print('ran', event, flush=True)")
    answer = aws.invoke(name, 3, InvocationType="Event")[1]
    assert answer["StatusCode"] == 202
    assert eventually(lambda: "ran 3" in " ".join(_lines(aws, name)))
    assert answer["ResponseMetadata"]["RequestId"] in " ".join(_lines(aws, name))


def test_a_dry_run_runs_nothing(aws: Account) -> None:
    name = aws.function()
    assert aws.invoke(name, InvocationType="DryRun")[1]["StatusCode"] == 204
    assert not [timing for timing in aws.post("/lambda/timings") if timing["function"] == name]


def _lines(aws: Account, name: str) -> list[str]:
    groups = aws("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"]
    return aws.log_lines(groups[0]["logGroupName"]) if groups else []
