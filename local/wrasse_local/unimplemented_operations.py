"""An operation that the engine lacks is refused once, not retried.

AWS implements its API. Stock moto answers an HTML page with status 500 to what it does not implement, and to what it
crashes on; SDKs take a 500 for a passing fault of the service and retry it for seconds. Here the answer is a 501 in
the caller's protocol, which no SDK retries, and the traceback goes to the engine's log.
Retried status codes: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

from .control import WsgiApplication

CODE = "NotImplementedByTheEmbeddedEngine"
LOG = logging.getLogger(__name__)


def refused_once(application: WsgiApplication) -> WsgiApplication:
    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            return application(environ, start_response)
        except Exception as error:
            operation = environ.get("HTTP_X_AMZ_TARGET") or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
            LOG.exception("the engine could not serve %s", operation)
            return _refusal(environ, f"{operation}: {type(error).__name__}: {error}")(environ, start_response)

    return serve


def _refusal(environ: dict[str, Any], message: str) -> Response:
    if _speaks_json(environ):
        body, kind = json.dumps({"__type": CODE, "message": message}), "application/json"
    else:
        error = f"<Code>{CODE}</Code><Message>{escape(message)}</Message>"
        body, kind = f"<ErrorResponse><Error>{error}</Error></ErrorResponse>", "text/xml"
    return Response(body, status=501, mimetype=kind, headers={"x-amzn-ErrorType": CODE})


def _speaks_json(environ: dict[str, Any]) -> bool:
    return "HTTP_X_AMZ_TARGET" in environ or "json" in environ.get("CONTENT_TYPE", "")
