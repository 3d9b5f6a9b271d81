"""The Runtime API of one Lambda sandbox.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
`next` blocks until there is an invocation and gives its id, deadline, ARN and trace id as headers; the runtime answers
on `response` or `error`, or once on `init/error`. Stock moto runs functions in Docker, without one.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

RESPONSE_LIMIT = 6_291_556
PREFIX = "/2018-06-01/runtime/"
LOG = logging.getLogger(__name__)


@dataclass
class Outcome:
    """How an invocation ended: `payload` is the function's answer, or its error as JSON when `failed`."""

    payload: bytes
    failed: bool = False


@dataclass
class Invocation:
    """One event on its way through a sandbox. `deadline_ms` is Unix time in milliseconds."""

    request_id: str
    event: bytes
    deadline_ms: int
    function_arn: str
    trace_id: str
    outcome: Future[Outcome] = field(default_factory=Future)

    def end(self, outcome: Outcome) -> None:
        """The first outcome counts: a response and a process's end may race."""
        try:
            self.outcome.set_result(outcome)
        except Exception:  # noqa: BLE001 -- concurrent.futures.InvalidStateError: it has one already
            return


def error(kind: str, message: str) -> Outcome:
    return Outcome(json.dumps({"errorType": kind, "errorMessage": message}).encode(), failed=True)


class RuntimeApi:
    """The server that a bootstrap finds at `AWS_LAMBDA_RUNTIME_API`."""

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.init_error: bytes | None = None
        self._waiting: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self._current: Invocation | None = None
        self._http = _Server(("127.0.0.1", 0), _handler_for(self))
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.5}, daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._http.server_address[1]}"

    def submit(self, invocation: Invocation) -> None:
        self._waiting.put(invocation)

    def close(self) -> None:
        self._waiting.put(None)
        threading.Thread(target=self._shut_down, daemon=True).start()

    def _shut_down(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def next(self) -> Invocation | None:
        self.ready.set()
        self._current = self._waiting.get()
        return self._current

    def answer(self, request_id: str, outcome: Outcome) -> bool:
        """False when no such invocation is being worked on."""
        current = self._current
        if current is None or current.request_id != request_id:
            return False
        current.end(outcome)
        return True

    def fail_init(self, body: bytes) -> None:
        self.init_error = body
        self.ready.set()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A function that is killed leaves its connections broken: its outcome says so, no traceback needs to."""
        LOG.debug("the connection of %s broke", client_address, exc_info=True)


def _handler_for(api: RuntimeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            if self.path != PREFIX + "invocation/next":
                return self._send(404, {"errorType": "NotFound", "errorMessage": self.path})
            invocation = api.next()
            if invocation is None:
                self.close_connection = True
                return None
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Lambda-Runtime-Aws-Request-Id", invocation.request_id)
            self.send_header("Lambda-Runtime-Deadline-Ms", str(invocation.deadline_ms))
            self.send_header("Lambda-Runtime-Invoked-Function-Arn", invocation.function_arn)
            self.send_header("Lambda-Runtime-Trace-Id", invocation.trace_id)
            self.send_header("Content-Length", str(len(invocation.event)))
            self.end_headers()
            self.wfile.write(invocation.event)
            return None

        def do_POST(self) -> None:
            body = self._body()
            words = self.path.removeprefix(PREFIX).split("/")
            if words == ["init", "error"]:
                api.fail_init(body)
                return self._send(202, {"status": "OK"})
            if len(words) == 3 and words[0] == "invocation" and words[2] in ("response", "error"):
                return self._answer(words[1], words[2], body)
            return self._send(404, {"errorType": "NotFound", "errorMessage": self.path})

        def _answer(self, request_id: str, kind: str, body: bytes) -> None:
            if len(body) > RESPONSE_LIMIT:
                message = f"Response payload size exceeded maximum allowed payload size ({RESPONSE_LIMIT} bytes)."
                api.answer(request_id, error("Function.ResponseSizeTooLarge", message))
                return self._send(413, {"errorType": "RequestEntityTooLarge", "errorMessage": message})
            if not api.answer(request_id, Outcome(body, failed=kind == "error")):
                return self._send(400, {"errorType": "InvalidRequestID", "errorMessage": "Invalid request ID"})
            return self._send(202, {"status": "OK"})

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            chunks = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():
                continue
            return b"".join(chunks)

        def _send(self, status: int, value: dict[str, str]) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            return

    return Handler
