"""A request to a function URL as the function's event, and the function's answer as a response.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads (payload format 2.0)
A body is text where its type is text or JSON, else it is in base64, forms too:
https://speakerdeck.com/player/bf528d4f49d948b1b89ba21f3e262629 (slide 15, by AWS). JavaScript and XML count as text, as
with an API's payloads; so does JSON of a type of its own. Text that is not UTF-8 is in base64, which is assumed.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

TEXT = re.compile(r"text/.*|application/(?:json|javascript|xml|[^;]*\+json|[^;]*\+xml)")
ROUTE = "$default"
JSON = "application/json"


@dataclass(frozen=True)
class Request:
    """What a client sent. `path` and `query` are as they came; names of headers are in lower case."""

    method: str
    path: str
    query: str
    protocol: str
    headers: dict[str, str]
    body: bytes
    source: str


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


class Malformed(ValueError):
    """What the function returned is no response."""


def event(request: Request, url_id: str, domain: str, request_id: str, now: datetime) -> dict[str, Any]:
    """The function's event. The caller is nobody, as an address of `AuthType` NONE asks for no one."""
    cookies = [one.strip() for one in request.headers.get("cookie", "").split(";") if one.strip()]
    query: dict[str, str] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query else value
    body, encoded = _body(request)
    return {
        "version": "2.0",
        "routeKey": ROUTE,
        "rawPath": request.path,
        "rawQueryString": request.query,
        **({"cookies": cookies} if cookies else {}),
        "headers": request.headers,
        **({"queryStringParameters": query} if query else {}),
        "requestContext": {
            "accountId": "anonymous",
            "apiId": url_id,
            "domainName": domain,
            "domainPrefix": url_id,
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": request.protocol,
                "sourceIp": request.source,
                "userAgent": request.headers.get("user-agent", ""),
            },
            "requestId": request_id,
            "routeKey": ROUTE,
            "stage": ROUTE,
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now.timestamp() * 1000),
        },
        **({"body": body} if body else {}),
        "isBase64Encoded": encoded,
    }


def answer(payload: bytes) -> Answer:
    """The response that the function returned; any JSON without a status is the body of one. Raises Malformed."""
    try:
        returned = json.loads(payload)
    except ValueError as error:
        raise Malformed("the function returned no JSON") from error
    if not isinstance(returned, dict) or "statusCode" not in returned:
        return Answer(200, [("content-type", JSON)], payload)
    status, headers, cookies = returned["statusCode"], returned.get("headers") or {}, returned.get("cookies") or []
    if not isinstance(headers, dict) or not isinstance(cookies, list) or not _is_status(status):
        raise Malformed(f"the function returned status {status!r}, headers or cookies that are none")
    sent = [(str(name), _text(value)) for name, value in headers.items()]
    if "content-type" not in {name.lower() for name, _ in sent}:
        sent.append(("content-type", JSON))
    sent += [("set-cookie", str(cookie)) for cookie in cookies]
    return Answer(int(status), sent, _content(returned.get("body"), bool(returned.get("isBase64Encoded"))))


def _body(request: Request) -> tuple[str, bool]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not request.body:
        return "", False
    if TEXT.fullmatch(kind):
        try:
            return request.body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(request.body).decode(), True


def _content(body: Any, encoded: bool) -> bytes:
    if body is None:
        return b""
    if not encoded:
        return (body if isinstance(body, str) else json.dumps(body)).encode()
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise Malformed("the function returned a body that is not base64") from error


def _is_status(status: Any) -> bool:
    text = str(status)
    return not isinstance(status, bool) and text.isdecimal() and 100 <= int(text) <= 599


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
