"""A web page cannot use the engine: a request that a browser made for one is refused.

AWS asks for a signature, which a page of somebody else's cannot make:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
Stock moto answers every page (`Access-Control-Allow-Origin: *`). The engine runs code for whoever reaches it, so a page
in the browser of its user must not. Browsers mark such requests:
https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Origin
https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from moto.moto_server import werkzeug_app
from werkzeug.wrappers import Response

from .control import WsgiApplication
from .engine import Engine

OF_ANOTHER_SITE = ("cross-site", "same-site")


def install(engine: Engine) -> None:
    werkzeug_app.DISABLE_GLOBAL_CORS = True


def refused(application: WsgiApplication) -> WsgiApplication:
    """Answers 403 to a page's requests, and hands everything else to `application`."""

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if "HTTP_ORIGIN" in environ or environ.get("HTTP_SEC_FETCH_SITE") in OF_ANOTHER_SITE:
            refusal = Response("the embedded engine does not answer web pages\n", status=403, mimetype="text/plain")
            return refusal(environ, start_response)
        return application(environ, start_response)

    return serve
