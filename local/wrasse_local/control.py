"""The engine's own routes, `/_engine/...`: what a test or a demo needs and AWS has no call for.

JSON object in (an empty body is `{}`), JSON out. A `ControlError` becomes its status and `{"error": message}`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Request, Response

from .engine import ControlError, Engine

PREFIX = "/_engine"
LOG = logging.getLogger(__name__)

WsgiApplication = Callable[[dict[str, Any], Any], Iterable[bytes]]


def install(engine: Engine) -> None:
    engine.control["GET", "/health"] = lambda _: {"status": "ok", "endpoint": engine.endpoint}
    engine.control["GET", "/processes"] = lambda _: engine.children.list()
    engine.control["POST", "/clock/advance"] = lambda body: _advance(engine, body)


def _advance(engine: Engine, body: dict[str, Any]) -> object:
    seconds = body.get("seconds")
    if not isinstance(seconds, int | float) or seconds < 0:
        raise ControlError(400, "clock/advance needs `seconds`, a number that is not negative")
    return {"now": engine.clock.advance(seconds).isoformat()}


def with_control(engine: Engine, application: WsgiApplication) -> WsgiApplication:
    """Serves the control routes, and hands everything else to `application`."""

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX + "/"):
            return application(environ, start_response)
        return _respond(engine, Request(environ))(environ, start_response)

    return serve


def _respond(engine: Engine, request: Request) -> Response:
    route = engine.control.get((request.method, request.path.removeprefix(PREFIX)))
    try:
        if route is None:
            known = ", ".join(sorted(f"{method} {path}" for method, path in engine.control))
            raise ControlError(404, f"no control route {request.method} {request.path}; there are: {known}")
        return _json(200, route(_body(request)))
    except ControlError as refusal:
        return _json(refusal.status, {"error": refusal.message})
    except Exception as error:
        LOG.exception("control route %s %s failed", request.method, request.path)
        return _json(500, {"error": f"{type(error).__name__}: {error}"})


def _body(request: Request) -> dict[str, Any]:
    raw = request.get_data()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError as error:
        raise ControlError(400, f"the body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise ControlError(400, "the body must be a JSON object")
    return body


def _json(status: int, value: object) -> Response:
    return Response(json.dumps(value, default=str), status=status, mimetype="application/json")
