"""Function URLs: an address of the engine's own for a function, which HTTP requests invoke.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html
https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
Stock moto makes up an address that nobody serves. Here it is `ENDPOINT/_engine/urls/ID/`, for `AuthType` NONE; the
policy of the function, which must allow everybody on AWS, is kept and not asked. An error of the function is a 502.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import FunctionUrlConfig, LambdaFunction, lambda_backends
from moto.awslambda.responses import LambdaResponse
from werkzeug.wrappers import Request, Response

from . import lambda_invocation, lambda_urls_payload
from .control import PREFIX, WsgiApplication
from .engine import Engine
from .put_faults import refusal

PLACE = f"{PREFIX}/urls/"
NONE, BUFFERED = "NONE", "BUFFERED"
LOG = logging.getLogger(__name__)
_configs: dict[str, Any] = {}


def install(engine: Engine) -> None:
    make, update, create = FunctionUrlConfig.__init__, FunctionUrlConfig.update, LambdaFunction.create_url_config
    describe = FunctionUrlConfig.to_dict

    def init(url: Any, function: Any, config: dict[str, Any]) -> None:
        _check(config)
        make(url, function, config)
        url_id = uuid.uuid4().hex
        url.url = f"{engine.endpoint}{PLACE}{url_id}/"
        _configs[url_id] = url

    def create_once(function: Any, given: dict[str, Any]) -> Any:
        if function.url_config is not None:
            message = f"FunctionUrlConfig exists for this Lambda function: {function.function_arn}"
            raise refusal(409, "ResourceConflictException", message)
        return create(function, given)

    def change(config: Any, given: dict[str, Any]) -> None:
        _check(given)
        update(config, given)

    def to_dict(config: Any) -> dict[str, Any]:
        described = {**describe(config), "InvokeMode": BUFFERED}
        return {name: value for name, value in described.items() if value is not None}

    FunctionUrlConfig.__init__, FunctionUrlConfig.update, FunctionUrlConfig.to_dict = init, change, to_dict
    LambdaFunction.create_url_config = create_once
    LambdaResponse.get_function_url_config = _get


def served(engine: Engine, application: WsgiApplication) -> WsgiApplication:
    """Serves function URLs, and hands everything else to `application`."""

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(PLACE):
            return application(environ, start_response)
        return _invoked(engine, environ)(environ, start_response)

    return serve


def _get(response: Any) -> tuple[int, dict[str, Any], str]:
    """Stock moto answers 201, which is that of the operation that makes one."""
    name = unquote(response.path.split("/")[-2])
    return 200, {"status": 200}, json.dumps(response.backend.get_function_url_config(name).to_dict())


def _check(given: dict[str, Any]) -> None:
    """Raises what the engine does not do."""
    if given.get("AuthType", NONE) != NONE:
        raise NotImplementedError(f"the engine serves function URLs of AuthType {NONE}, not {given['AuthType']}")
    if given.get("InvokeMode", BUFFERED) != BUFFERED:
        raise NotImplementedError(f"the engine serves function URLs of InvokeMode {BUFFERED} alone")
    if given.get("Cors"):
        raise NotImplementedError("the engine serves no web pages, so a function URL has no Cors")


def _invoked(engine: Engine, environ: dict[str, Any]) -> Response:
    request = Request(environ)
    url_id, _, rest = environ["REQUEST_URI"].partition("?")[0].removeprefix(PLACE).partition("/")
    config = _configs.get(url_id)
    if config is None or not _is_there(config):
        return _refusal(404, "Not Found")
    given = lambda_urls_payload.Request(
        method=request.method,
        path=f"/{rest}",
        query=environ.get("QUERY_STRING", ""),
        protocol=environ["SERVER_PROTOCOL"],
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.get_data(),
        source=request.remote_addr or "",
    )
    domain, request_id = urlsplit(engine.endpoint).netloc, str(uuid.uuid4())
    event = lambda_urls_payload.event(given, url_id, domain, request_id, engine.clock.now())
    text = json.dumps(event).encode()
    if len(text) > lambda_invocation.EVENT_LIMIT:
        return _refusal(413, "Request Entity Too Large")
    outcome = lambda_invocation.sandboxes_of_the_engine().invoke(config.function, text, request_id).outcome
    try:
        if outcome.failed:
            raise lambda_urls_payload.Malformed("the function failed")
        answer = lambda_urls_payload.answer(outcome.payload)
    except lambda_urls_payload.Malformed as error:
        LOG.warning("the URL of %s: %s", config.function.function_name, error)
        return _refusal(502, "Internal Server Error")
    response = Response(answer.body, status=answer.status)
    del response.headers["content-type"]
    response.headers.extend(answer.headers)
    return response


def _is_there(config: Any) -> bool:
    function = config.function
    functions = lambda_backends[function.account_id][function.region]._lambdas
    try:
        found = functions.get_function_by_name_or_arn_with_qualifier(function.function_name)
    except UnknownFunctionException:
        return False
    return found.url_config is config


def _refusal(status: int, message: str) -> Response:
    return Response(json.dumps({"Message": message}), status=status, mimetype="application/json")
