from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from wrasse_local.lambda_urls_payload import Answer, Malformed, Request, answer, event

NOW = datetime(2026, 3, 5, 7, 8, 9, 123000, UTC)
JSON = ("content-type", "application/json")


def made(**changed: Any) -> dict[str, Any]:
    request = {
        "method": "POST",
        "path": "/",
        "query": "",
        "protocol": "HTTP/1.1",
        "headers": {},
        "body": b"",
        "source": "127.0.0.1",
    }
    return event(Request(**{**request, **changed}), "abc", "127.0.0.1:1", "id-1", NOW)


def test_an_event_has_what_the_request_had() -> None:
    headers = {"user-agent": "agent", "x-hub-signature-256": "sha256=1", "cookie": "a=1; b=2"}
    found = made(path="/my/pa%20th", query="a=1&a=2&b=%C3%A4&c=", headers=headers)
    assert (found["version"], found["routeKey"]) == ("2.0", "$default")
    assert (found["rawPath"], found["rawQueryString"]) == ("/my/pa%20th", "a=1&a=2&b=%C3%A4&c=")
    assert found["queryStringParameters"] == {"a": "1,2", "b": "ä", "c": ""}
    assert found["headers"] == headers
    assert found["cookies"] == ["a=1", "b=2"]
    context = found["requestContext"]
    assert context["http"] == {
        "method": "POST",
        "path": "/my/pa%20th",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "agent",
    }
    assert (context["requestId"], context["apiId"], context["accountId"]) == ("id-1", "abc", "anonymous")
    assert (context["time"], context["timeEpoch"]) == ("05/Mar/2026:07:08:09 +0000", 1772694489123)
    assert found["isBase64Encoded"] is False
    assert "body" not in found


@pytest.mark.parametrize(
    ("kind", "body", "encoded"),
    [
        ("application/json", b'{"a": "\xc3\xa4"}', False),
        ("Application/JSON; charset=utf-8", b"{}", False),
        ("application/vnd.github+json", b"{}", False),
        ("text/plain", b"words", False),
        ("text/plain", b"\xff\xfe", True),
        ("application/x-www-form-urlencoded", b"payload=%7B%7D", True),
        ("application/octet-stream", b"words", True),
        (None, b"words", True),
    ],
)
def test_a_body_is_text_or_in_base64_by_its_type(kind: str | None, body: bytes, encoded: bool) -> None:
    found = made(body=body, headers={"content-type": kind} if kind else {})
    assert found["isBase64Encoded"] is encoded
    assert found["body"] == (base64.b64encode(body).decode() if encoded else body.decode())


@pytest.mark.parametrize(
    ("returned", "expected"),
    [
        ("Hello", Answer(200, [JSON], b'"Hello"')),
        ({"message": "a"}, Answer(200, [JSON], b'{"message": "a"}')),
        ([1], Answer(200, [JSON], b"[1]")),
        (None, Answer(200, [JSON], b"null")),
        ({"statusCode": 204}, Answer(204, [JSON], b"")),
        ({"statusCode": "401", "body": "no"}, Answer(401, [JSON], b"no")),
        (
            {"statusCode": 200, "headers": {"Content-Type": "text/plain", "X": 1}, "body": "a"},
            Answer(200, [("Content-Type", "text/plain"), ("X", "1")], b"a"),
        ),
        ({"statusCode": 200, "body": {"a": 1}}, Answer(200, [JSON], b'{"a": 1}')),
        ({"statusCode": 200, "body": "/w==", "isBase64Encoded": True}, Answer(200, [JSON], b"\xff")),
        ({"statusCode": 200, "cookies": ["a=1"]}, Answer(200, [JSON, ("set-cookie", "a=1")], b"")),
    ],
)
def test_what_a_function_returns_is_a_response(returned: Any, expected: Answer) -> None:
    assert answer(json.dumps(returned).encode()) == expected


@pytest.mark.parametrize(
    "payload",
    [
        b"words",
        b'{"statusCode": "many"}',
        b'{"statusCode": 99}',
        b'{"statusCode": true}',
        b'{"statusCode": 200, "headers": ["a"]}',
        b'{"statusCode": 200, "body": "?", "isBase64Encoded": true}',
    ],
)
def test_what_is_no_response_is_refused(payload: bytes) -> None:
    with pytest.raises(Malformed):
        answer(payload)
