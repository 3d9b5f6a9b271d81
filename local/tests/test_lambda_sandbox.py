from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .helpers import BOOTSTRAP, ECHO, Account, zipped

COUNT = """
calls = 0
def handle(event):
    global calls
    calls += 1
    return [calls, os.getpid()]
"""


def test_an_idle_sandbox_is_used_again(aws: Account) -> None:
    name = aws.function(COUNT)
    first, second = aws.invoke(name)[0], aws.invoke(name)[0]
    assert (first[0], second[0]) == (1, 2)
    assert first[1] == second[1]


def test_new_code_and_new_configuration_need_a_new_sandbox(aws: Account) -> None:
    name = aws.function(COUNT)
    first = aws.invoke(name)[0][1]
    aws("lambda").update_function_configuration(FunctionName=name, Environment={"Variables": {"A": "1"}})
    second = aws.invoke(name)[0]
    assert second[0] == 1
    assert second[1] != first
    aws("lambda").update_function_code(FunctionName=name, ZipFile=zipped(BOOTSTRAP.format(handler=ECHO)))
    assert aws.invoke(name, "new")[0] == "new"
    pids = [process["pid"] for process in aws.get("/processes")]
    assert first not in pids
    assert second[1] not in pids


def test_a_time_out_kills_the_sandbox(aws: Account) -> None:
    name = aws.function("def handle(event):\n    time.sleep(event)\n    return os.getpid()", Timeout=1)
    pid = aws.invoke(name, 0)[0]
    payload, answer = aws.invoke(name, 30)
    assert answer["FunctionError"] == "Unhandled"
    assert payload["errorType"] == "Sandbox.Timedout"
    assert payload["errorMessage"].endswith("Error: Task timed out after 1.00 seconds")
    assert pid not in [process["pid"] for process in aws.get("/processes")]
    assert aws.invoke(name, 0)[0] != pid


def test_an_exit_fails_the_invocation_with_its_status(aws: Account) -> None:
    name = aws.function("def handle(event):\n    os._exit(7)")
    payload, answer = aws.invoke(name)
    assert answer["FunctionError"] == "Unhandled"
    assert payload["errorType"] == "Runtime.ExitError"
    assert payload["errorMessage"].endswith("Error: Runtime exited with error: exit status 7")


def test_a_kill_is_told_from_an_exit(aws: Account) -> None:
    name = aws.function("def handle(event):\n    os.kill(os.getpid(), 9)")
    assert aws.invoke(name)[0]["errorMessage"].endswith("Runtime exited with error: signal: killed")


def test_an_exit_before_the_first_next_fails_the_invocation(aws: Account) -> None:
    payload = aws.invoke(aws.function(bootstrap="#!/bin/sh\nexit 3"))[0]
    assert payload["errorType"] == "Runtime.ExitError"
    assert payload["errorMessage"].endswith("exit status 3")


def test_an_init_error_is_the_invocation_s_error(aws: Account) -> None:
    bootstrap = """#!/usr/bin/env python3
import http.client, json, os, sys
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
api.request("POST", "/2018-06-01/runtime/init/error", json.dumps({"errorType": "Config", "errorMessage": "no KEEP"}))
api.getresponse().read()
sys.exit(1)
"""
    payload, answer = aws.invoke(aws.function(bootstrap=bootstrap))
    assert payload == {"errorType": "Config", "errorMessage": "no KEEP"}
    assert answer["FunctionError"] == "Unhandled"


def test_a_zip_without_an_executable_bootstrap_is_an_invalid_entrypoint(aws: Account) -> None:
    name = aws.function()
    aws("lambda").update_function_code(FunctionName=name, ZipFile=zipped("x", 0o644))
    assert aws.invoke(name)[0]["errorType"] == "Runtime.InvalidEntrypoint"


def test_the_environment_is_lambda_s_and_the_function_s(aws: Account) -> None:
    name = aws.function(
        "def handle(event):\n    return dict(os.environ)", MemorySize=256, Environment={"Variables": {"KEEP": "3"}}
    )
    found = aws.invoke(name)[0]
    assert found["KEEP"] == "3"
    assert found["AWS_LAMBDA_FUNCTION_NAME"] == name
    assert found["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert found["AWS_LAMBDA_LOG_GROUP_NAME"] == f"/aws/lambda/{name}"
    assert found["_HANDLER"] == "bootstrap"
    assert found["AWS_ENDPOINT_URL"] == aws.engine.endpoint
    assert found["AWS_REGION"] == "us-east-1"


WAIT_FOR_THREE = """def handle(folder):
    open(os.path.join(folder, str(os.getpid())), "w").close()
    while len(os.listdir(folder)) < 3:
        time.sleep(0.01)
    return os.getpid()"""


def test_invocations_at_once_have_a_sandbox_each(aws: Account, tmp_path: Path) -> None:
    name = aws.function(WAIT_FOR_THREE, Timeout=60)
    with ThreadPoolExecutor(3) as pool:
        pids = list(pool.map(lambda _: aws.invoke(name, str(tmp_path))[0], range(3)))
    assert len(set(pids)) == 3
