"""A record of the calls that callers make, and faults that these calls meet. A stand-in: AWS has nothing like it.

Callers are functions, tasks, SDKs and commands: everybody but the engine's own clients, which carry `OWN_CLIENT`. A
caller cannot tell a fault from AWS having a bad day: it has the service's own answer, or none. Routes:
- `POST /_engine/calls/faults` sets a fault (`calls_faults`), `{"kind": "clear"}` takes all back; GET says what is left;
- `POST /_engine/calls/record` starts a record, an empty one; `GET /_engine/calls` answers it, in order of arrival.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Response
from werkzeug.wsgi import get_input_stream

from . import calls_refusals
from .calls_faults import Fault, Faults, Kind
from .calls_operations import Call, call_of
from .control import WsgiApplication
from .engine import OWN_CLIENT, Engine

CHUNK_BYTES = 1 << 20
AFTER = (Kind.FAIL_AFTER, Kind.DROP_AFTER)
DROPS = (Kind.DROP, Kind.DROP_AFTER)


class Record:
    """The calls since the record was started."""

    def __init__(self) -> None:
        self._calls: list[dict[str, str]] | None = None

    @property
    def started(self) -> bool:
        return self._calls is not None

    def start(self) -> dict[str, object]:
        self._calls = []
        return {}

    def add(self, call: Call) -> None:
        if self._calls is not None:
            self._calls.append({"service": call.service, "operation": call.operation, "region": call.region})

    def list(self) -> object:
        return list(self._calls or ())


def watched(
    engine: Engine, application: WsgiApplication, sleep: Callable[[float], None] = time.sleep
) -> WsgiApplication:
    """Records the calls of callers and lets them meet their faults; `application` serves them."""
    faults, record = Faults(), Record()
    engine.control["POST", "/calls/faults"] = faults.set
    engine.control["GET", "/calls/faults"] = lambda _: faults.left()
    engine.control["POST", "/calls/record"] = lambda _: record.start()
    engine.control["GET", "/calls"] = lambda _: record.list()

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not (faults or record.started) or OWN_CLIENT in environ.get("HTTP_USER_AGENT", ""):
            return application(environ, start_response)
        call = call_of(environ)
        if call is None:
            return application(environ, start_response)
        record.add(call)
        met = faults.meet(call)
        if met.seconds:
            sleep(met.seconds)
        if met.fault is None:
            return application(environ, start_response)
        return _faulty(application, environ, call, met.fault)(environ, start_response)

    return serve


def _faulty(application: WsgiApplication, environ: dict[str, Any], call: Call, fault: Fault) -> Response:
    """The answer to a call that meets a fault. ConnectionAbortedError where it has none."""
    if fault.kind in AFTER:
        _serve_unheard(application, environ)
    else:
        _read_to_the_end(environ)
    if fault.kind in DROPS:
        # The server drops a connection of which writing fails; so is this one, before anything is written.
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError("dropped by a fault")
    if fault.kind is Kind.REFUSE:
        return calls_refusals.refusal(call, fault.status, fault.code, fault.message)
    if fault.kind is Kind.THROTTLE:
        return calls_refusals.throttling(call)
    return calls_refusals.failure(call)


def _serve_unheard(application: WsgiApplication, environ: dict[str, Any]) -> None:
    """Serves a request up to the last byte of its answer, which nobody gets."""
    answer = application(environ, lambda *_: lambda _: None)
    try:
        for _ in answer:
            pass
    finally:
        if hasattr(answer, "close"):
            answer.close()


def _read_to_the_end(environ: dict[str, Any]) -> None:
    """A caller that is still sending would see its connection reset instead of what it is to see."""
    body = get_input_stream(environ)
    while body.read(CHUNK_BYTES):
        pass
