"""Lambda invocation: the deployed zip's `bootstrap` runs as a process, with its log, its errors and its limits.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
- the event is at most 6 MiB (asynchronous: 1 MiB), the answer 6,291,556 bytes;
- a function's own error and a crash are answered with status 200, `X-Amz-Function-Error: Unhandled` and the error;
- an idle sandbox is used again; new code or configuration needs new ones;
- log lines START, what the process printed, END, REPORT: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
Stock moto runs the function in Docker, a new container per invocation.
Log timestamps are real time, where everything else has the engine's clock.
"""

from __future__ import annotations

import base64
import json
import threading
import time
import uuid
from collections import defaultdict
from typing import Any
from urllib.parse import unquote

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaFunction
from moto.awslambda.responses import LambdaResponse
from moto.core.responses import BaseResponse
from moto.logs.models import logs_backends

from . import lambda_async, lambda_layers_folder
from .engine import Engine
from .lambda_code import unpacked
from .lambda_sandbox import Report, Sandbox, Settings

EVENT_LIMIT = 6 * 1024 * 1024
ASYNC_EVENT_LIMIT = 1024 * 1024
LOG_TAIL_BYTES = 4096


class Sandboxes:
    """The idle sandboxes by settings, and the timings of all invocations."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.timings: list[dict[str, Any]] = []
        self._idle: dict[Settings, list[Sandbox]] = defaultdict(list)
        self._lock = threading.Lock()

    def invoke(self, function: LambdaFunction, event: bytes, request_id: str | None = None) -> Report:
        """Runs the function, writes its log, and keeps the sandbox where it can be used again."""
        settings = _settings(self.engine, function)
        sandbox = self._take(settings)
        report = sandbox.invoke(event, request_id)
        if sandbox.usable:
            with self._lock:
                self._idle[settings].append(sandbox)
        _write_log(settings, report)
        self.timings.append(
            {
                "function": settings.name,
                "request_id": report.request_id,
                "milliseconds": round(report.milliseconds, 3),
                "init_milliseconds": None if report.init_milliseconds is None else round(report.init_milliseconds, 3),
            }
        )
        return report

    def _take(self, settings: Settings) -> Sandbox:
        with self._lock:
            stale = [old for old in self._idle if old.arn == settings.arn and old != settings]
            dropped = [sandbox for old in stale for sandbox in self._idle.pop(old)]
            idle = self._idle[settings]
            warm = next((idle.pop(at) for at in range(len(idle) - 1, -1, -1) if idle[at].usable), None)
        for sandbox in dropped:
            sandbox.stop()
        stream = f"{time.strftime('%Y/%m/%d', time.gmtime())}/[$LATEST]{uuid.uuid4().hex}"
        return warm or Sandbox(self.engine, settings, stream)


_installed: list[Sandboxes] = []


def sandboxes_of_the_engine() -> Sandboxes:
    """A process has one engine at most, as moto's backends are globals."""
    return _installed[0]


def install(engine: Engine) -> None:
    sandboxes = Sandboxes(engine)
    _installed[:] = [sandboxes]
    background = lambda_async.Background(engine, sandboxes.invoke)
    engine.control["POST", "/lambda/timings"] = lambda _: sandboxes.timings

    def invoke(function: Any, body: Any, request_headers: Any, response_headers: dict[str, str]) -> bytes:
        event = (body.encode() if isinstance(body, str) else body) or b"{}"
        kind = request_headers.get("X-Amz-Invocation-Type") or "RequestResponse"
        _check(event, kind)
        if kind == "DryRun":
            return b""
        if kind == "Event":
            response_headers["x-amzn-requestid"] = background.accept(function, event)
            return b""
        report = sandboxes.invoke(function, event)
        response_headers["x-amzn-requestid"] = report.request_id
        response_headers["X-Amz-Executed-Version"] = "$LATEST"
        response_headers["X-Amz-Log-Result"] = base64.b64encode(report.output[-LOG_TAIL_BYTES:]).decode()
        if request_headers.get("X-Amz-Log-Type") != "Tail":
            del response_headers["X-Amz-Log-Result"]
        if report.outcome.failed:
            response_headers["X-Amz-Function-Error"] = "Unhandled"
        return report.outcome.payload

    LambdaFunction.invoke = invoke
    LambdaResponse.invoke = _respond
    LambdaResponse._enrich_response = staticmethod(_keeping_the_request_id)


def _respond(response: Any) -> tuple[int, dict[str, str], bytes]:
    """Stock moto's answer has limits and headers of its own."""
    name = response.path.split("/functions/")[1].rsplit("/invocations", 1)[0]
    headers: dict[str, str] = {"Content-Type": "application/json"}
    function = response.backend.get_function(unquote(name), response._get_param("qualifier"))
    payload = function.invoke(response.body, response.headers, headers)
    status = {"Event": 202, "DryRun": 204}.get(response.headers.get("X-Amz-Invocation-Type", ""), 200)
    return status, {**headers, "status": str(status)}, payload


def _keeping_the_request_id(headers: dict[str, str], body: Any) -> Any:
    """Stock moto makes up an id for every response. An invocation's is the one in its log."""
    own = {key: value for key, value in headers.items() if key == "x-amzn-requestid"}
    headers, body = BaseResponse._enrich_response(headers, body)
    return {**headers, **own}, body


def _check(event: bytes, kind: str) -> None:
    limit = ASYNC_EVENT_LIMIT if kind == "Event" else EVENT_LIMIT
    if len(event) > limit:
        raise LambdaClientError(
            "RequestTooLargeException",
            f"{len(event)} byte payload is too large for the {kind} invocation type (limit {limit} bytes)",
        )
    try:
        json.loads(event)
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        raise LambdaClientError("InvalidRequestContentException", message) from error


def _settings(engine: Engine, function: Any) -> Settings:
    logging = getattr(function, "logging_config", None) or {}
    folder = engine.folder("lambda")
    return Settings(
        name=function.function_name,
        arn=function.function_arn,
        code=unpacked(function.code_bytes, folder),
        opt=lambda_layers_folder.merged([content.zip for content in function.layer_contents], folder),
        handler=function.handler or "",
        runtime=function.run_time or "",
        memory_mb=int(function.memory_size),
        timeout_seconds=float(function.timeout),
        log_group=logging.get("LogGroup") or f"/aws/lambda/{function.function_name}",
        variables=tuple(sorted((key, str(value)) for key, value in function.environment_vars.items())),
    )


def _write_log(settings: Settings, report: Report) -> None:
    backend = logs_backends[settings.account][settings.region]
    backend.ensure_log_group(settings.log_group)
    if report.log_stream not in backend.groups[settings.log_group].streams:
        backend.create_log_stream(settings.log_group, report.log_stream)
    billed = int(report.milliseconds + (report.init_milliseconds or 0)) + 1
    numbers = [
        f"REPORT RequestId: {report.request_id}",
        f"Duration: {report.milliseconds:.2f} ms",
        f"Billed Duration: {billed} ms",
        f"Memory Size: {settings.memory_mb} MB",
        f"Max Memory Used: {report.memory_mb} MB",
    ]
    if report.init_milliseconds is not None:
        numbers.append(f"Init Duration: {report.init_milliseconds:.2f} ms")
    lines = [
        f"START RequestId: {report.request_id} Version: $LATEST",
        *report.output.decode(errors="replace").splitlines(),
        f"END RequestId: {report.request_id}",
        "\t".join(numbers),
    ]
    now = int(time.time() * 1000)
    backend.put_log_events(
        settings.log_group, report.log_stream, [{"timestamp": now, "message": line} for line in lines if line]
    )
