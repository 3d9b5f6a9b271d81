from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from wrasse_local.lambda_runtime_api import PREFIX, RESPONSE_LIMIT, Invocation, RuntimeApi

Call = tuple[int, dict[str, str], bytes]


@pytest.fixture
def api() -> Iterator[RuntimeApi]:
    api = RuntimeApi()
    yield api
    api.close()


@pytest.fixture
def runtime(api: RuntimeApi) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(api.address, timeout=5)


def call(runtime: http.client.HTTPConnection, method: str, path: str, body: Any = None, **options: Any) -> Call:
    runtime.request(method, PREFIX + path, body, **options)
    answer = runtime.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read()


def invocation() -> Invocation:
    return Invocation("id-1", b'{"a": 1}', 1234, "arn:aws:lambda:f", "Root=1")


def test_next_gives_the_event_and_its_headers(api: RuntimeApi, runtime: http.client.HTTPConnection) -> None:
    api.submit(invocation())
    status, headers, body = call(runtime, "GET", "invocation/next")
    assert (status, body) == (200, b'{"a": 1}')
    assert headers["Lambda-Runtime-Aws-Request-Id"] == "id-1"
    assert headers["Lambda-Runtime-Deadline-Ms"] == "1234"
    assert headers["Lambda-Runtime-Invoked-Function-Arn"] == "arn:aws:lambda:f"
    assert headers["Lambda-Runtime-Trace-Id"] == "Root=1"


@pytest.mark.parametrize(("kind", "failed"), [("response", False), ("error", True)])
def test_an_answer_ends_the_invocation(
    api: RuntimeApi, runtime: http.client.HTTPConnection, kind: str, failed: bool
) -> None:
    work = invocation()
    api.submit(work)
    call(runtime, "GET", "invocation/next")
    assert call(runtime, "POST", f"invocation/id-1/{kind}", b"[1]")[0] == 202
    outcome = work.outcome.result(1)
    assert (outcome.payload, outcome.failed) == (b"[1]", failed)


def test_a_chunked_answer_is_put_together(api: RuntimeApi, runtime: http.client.HTTPConnection) -> None:
    work = invocation()
    api.submit(work)
    call(runtime, "GET", "invocation/next")
    call(runtime, "POST", "invocation/id-1/response", iter([b"[1,", b"2]"]), encode_chunked=True)
    assert work.outcome.result(1).payload == b"[1,2]"


def test_an_answer_to_another_invocation_is_refused(api: RuntimeApi, runtime: http.client.HTTPConnection) -> None:
    api.submit(invocation())
    call(runtime, "GET", "invocation/next")
    assert call(runtime, "POST", "invocation/id-2/response", b"1")[0] == 400


def test_an_answer_over_the_limit_fails_the_invocation(api: RuntimeApi, runtime: http.client.HTTPConnection) -> None:
    work = invocation()
    api.submit(work)
    call(runtime, "GET", "invocation/next")
    assert call(runtime, "POST", "invocation/id-1/response", b"1" * (RESPONSE_LIMIT + 1))[0] == 413
    assert json.loads(work.outcome.result(1).payload)["errorType"] == "Function.ResponseSizeTooLarge"


def test_an_init_error_is_kept(api: RuntimeApi, runtime: http.client.HTTPConnection) -> None:
    assert call(runtime, "POST", "init/error", b'{"errorType": "Config"}')[0] == 202
    assert api.init_error == b'{"errorType": "Config"}'


def test_a_path_that_the_api_lacks_is_not_found(runtime: http.client.HTTPConnection) -> None:
    assert call(runtime, "GET", "nothing")[0] == 404
