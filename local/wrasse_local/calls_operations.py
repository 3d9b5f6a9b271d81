"""Which operation of which service a request is, and in which region: read from the request alone.

AWS: the signature's credential scope names the region and the service, in a header or, presigned, in the query:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
The operation is in `X-Amz-Target` (AWS JSON), in the path (RPC v2 CBOR), in `Action` (AWS query), or it is the one of
which the method, the path and the query of botocore's model fit the request (REST).
https://smithy.io/2.0/spec/http-bindings.html
"""

from __future__ import annotations

import enum
import functools
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

import botocore.session
from botocore.exceptions import UnknownServiceError
from werkzeug.wsgi import get_input_stream

SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request")
RPC_PATH = re.compile(r"/service/[^/]+/operation/(\w+)")
LABEL = re.compile(r"\{(\w+)(\+?)\}")
FORM = "application/x-www-form-urlencoded"
# botocore's names of the services that sign with another one.
MODELS = {
    "dynamodb": ("dynamodb", "dynamodbstreams"),
    "elasticloadbalancing": ("elbv2", "elb"),
    "monitoring": ("cloudwatch",),
    "states": ("stepfunctions",),
    "tagging": ("resourcegroupstaggingapi",),
}


class Protocol(enum.Enum):
    """How a request is written, and so how its answer is."""

    JSON = "json"
    CBOR = "rpc-v2-cbor"
    QUERY = "query"
    REST_JSON = "rest-json"
    REST_XML = "rest-xml"


@dataclass(frozen=True)
class Call:
    """A request as AWS's model names it. `operation` is the method and path where no model fits."""

    service: str
    operation: str
    region: str
    protocol: Protocol


@dataclass(frozen=True)
class _Route:
    """How a REST operation looks on the wire. `needed` are names of headers (as WSGI has them) and of the query."""

    operation: str
    method: str
    path: re.Pattern[str]
    query: Mapping[str, str]
    needed: tuple[frozenset[str], frozenset[str]]
    rank: tuple[int, int, int, bool]

    def fits(self, method: str, path: str, query: dict[str, str], environ: dict[str, Any]) -> bool:
        headers, names = self.needed
        return (
            method == self.method
            and self.path.fullmatch(path) is not None
            and all(query.get(name) == value for name, value in self.query.items())
            and headers <= environ.keys()
            and names <= query.keys()
        )


def call_of(environ: dict[str, Any]) -> Call | None:
    """The call that a request makes; None for one that is not signed."""
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", "")) or SCOPE.search(
        f"Credential={query.get('X-Amz-Credential', '')}"
    )
    if scope is None:
        return None
    region, service = scope[1], scope[2].lower()
    operation, protocol = _operation(service, environ, query)
    return Call(service, operation, region, protocol)


def operations(service: str) -> frozenset[str]:
    """The operations of the service that signs with that name. ValueError where there is no such service."""
    try:
        return frozenset(name for model in _models(service) for name in model.operation_names)
    except UnknownServiceError as error:
        raise ValueError(f"no service signs as {service!r}") from error


def _operation(service: str, environ: dict[str, Any], query: dict[str, str]) -> tuple[str, Protocol]:
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return target.rpartition(".")[2], Protocol.JSON
    if rpc := RPC_PATH.fullmatch(environ["PATH_INFO"]):
        return rpc[1], Protocol.CBOR
    action = query.get("Action") or _form(environ).get("Action")
    if action:
        return action, Protocol.QUERY
    return _rest_operation(service, environ, query)


def _form(environ: dict[str, Any]) -> dict[str, str]:
    """The fields of a form, which stays to be read."""
    if not environ.get("CONTENT_TYPE", "").startswith(FORM):
        return {}
    body = get_input_stream(environ).read()
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    return dict(parse_qsl(body.decode(errors="replace")))


def _rest_operation(service: str, environ: dict[str, Any], query: dict[str, str]) -> tuple[str, Protocol]:
    method = environ["REQUEST_METHOD"]
    # PATH_INFO is decoded: an escaped slash in a label would be one of the path there.
    path = environ.get("REQUEST_URI", environ["PATH_INFO"]).partition("?")[0]
    try:
        protocol, routes = _routes(service)
    except UnknownServiceError:
        protocol, routes = Protocol.REST_JSON, ()
    fitting = [route for route in routes if route.fits(method, path, query, environ)]
    best = max(fitting, key=lambda route: route.rank, default=None)
    return (best.operation if best else f"{method} {unquote(path)}"), protocol


def _models(service: str) -> tuple[Any, ...]:
    session = botocore.session.get_session()
    return tuple(session.get_service_model(name) for name in MODELS.get(service, (service,)))


@functools.cache
def _routes(service: str) -> tuple[Protocol, tuple[_Route, ...]]:
    models = _models(service)
    protocol = Protocol.REST_XML if models[0].protocol == "rest-xml" else Protocol.REST_JSON
    return protocol, tuple(_route(model.operation_model(name)) for model in models for name in model.operation_names)


def _route(operation: Any) -> _Route:
    path, _, literals = operation.http["requestUri"].partition("?")
    query = dict(parse_qsl(literals, keep_blank_values=True))
    shape = operation.input_shape
    needed = {where: set[str]() for where in ("header", "querystring")}
    for name in shape.required_members if shape else ():
        where = shape.members[name].serialization
        if where.get("location") in needed:
            needed[where["location"]].add(where["name"])
    headers = frozenset(f"HTTP_{name.upper().replace('-', '_')}" for name in needed["header"])
    names = frozenset(needed["querystring"])
    return _Route(
        operation=operation.name,
        method=operation.http["method"],
        path=_pattern(path),
        query=query,
        needed=(headers, names),
        # Of several that fit, the one that says most: GetObject's request is ListParts' without `uploadId`.
        rank=(len(query), len(headers) + len(names), len(LABEL.sub("", path)), not operation.deprecated),
    )


def _pattern(path: str) -> re.Pattern[str]:
    """The paths of a model's one: a label is one segment, one with `+` the rest of the path."""
    pattern, end = "", 0
    for label in LABEL.finditer(path):
        pattern += re.escape(path[end : label.start()]) + (".+" if label[2] else "[^/]+")
        end = label.end()
    return re.compile(f"{pattern}{re.escape(path[end:])}/?")
