"""What health-gate and health-watch ask, in one process with who measures them: answers that were made before.

It speaks HTTP without TLS and knows nothing: every write succeeds, every list is what it was told. Its own time, from a
request's first byte until the answer is handed to the kernel, is counted, so that it can be taken off.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from wrasse_local import health_protocols

DESCRIBE_EVENTS = "/service/AWSHealth_20160804/operation/DescribeEvents"
JSON, XML = "application/x-amz-json-1.1", "text/xml"
PUBLISHED = (
    '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId>'
    "</PublishResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></PublishResponse>"
)
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
TARGET = re.compile(rb"(?i)\r\nx-amz-target: *[\w]+\.(\w+)")
CHUNK_BYTES = 65536

Answer = tuple[str, bytes]
"""Its content type and its body."""


class StandIn:
    """A thread that answers on 127.0.0.1, until `close`."""

    def __init__(self, page: list[dict[str, Any]], running: dict[str, Any]) -> None:
        """`page` are the events of Health's one page, `running` is the action of a gate in progress."""
        self.seconds = 0.0
        self.calls: Counter[str] = Counter()
        self.blocks: list[dict[str, Any]] = []
        """What a list of blocks answers."""
        self.written: dict[str, Any] = {}
        """The last item that was put."""
        listed = json.dumps({"actionExecutionDetails": [running]}).encode()
        self._answers: dict[str, Answer] = {
            "DescribeEvents": (health_protocols.CBOR_TYPE, health_page(page)),
            "ListActionExecutions": (JSON, listed),
            "Publish": (XML, PUBLISHED.encode()),
        }
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="stand-in", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """For AWS_ENDPOINT_URL."""
        return "http://{}:{}".format(*self._listener.getsockname())

    def close(self) -> None:
        """Ends the thread."""
        self._closed = True
        socket.create_connection(self._listener.getsockname()).close()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            self._selector.unregister(key.fileobj)
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def _serve(self) -> None:
        while not self._closed:
            for key, _ in self._selector.select():
                connection = key.fileobj
                assert isinstance(connection, socket.socket)
                if connection is self._listener:
                    accepted, _ = connection.accept()
                    accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._selector.register(accepted, selectors.EVENT_READ)
                elif not self._exchange(connection):
                    self._selector.unregister(connection)
                    connection.close()

    def _exchange(self, connection: socket.socket) -> bool:
        """One request and its answer; false where the connection has ended."""
        begin = time.perf_counter()
        try:
            request = read(connection)
            if request is None:
                return False
            message = self._answer(*request)
            # Before it is sent: then who waits for the answer sees it counted.
            self.seconds += time.perf_counter() - begin
            connection.sendall(message)
        except ConnectionError:
            return False
        return True

    def _answer(self, head: bytes, body: bytes) -> bytes:
        operation = operation_of(head)
        self.calls[operation] += 1
        if operation == "PutItem":
            self.written = json.loads(body)["Item"]
        kind, content = self._answers.get(operation, (JSON, b"{}"))
        if operation == "Query":
            found = self.blocks if b'"BLOCK"' in body else []
            content = json.dumps({"Items": found, "Count": len(found), "ScannedCount": len(found)}).encode()
        smithy = f"smithy-protocol: {health_protocols.CBOR['smithy-protocol']}\r\n" * (
            kind == health_protocols.CBOR_TYPE
        )
        return (
            f"HTTP/1.1 200 OK\r\nDate: {formatdate(usegmt=True)}\r\nContent-Type: {kind}\r\n{smithy}"
            f"Content-Length: {len(content)}\r\n\r\n"
        ).encode() + content


def operation_of(head: bytes) -> str:
    """The operation's name; only SNS says it in the body, and is asked for nothing else than Publish."""
    target = TARGET.search(head)
    if target:
        return target[1].decode()
    return "DescribeEvents" if DESCRIBE_EVENTS.encode() in head.partition(b"\r\n")[0] else "Publish"


def read(connection: socket.socket) -> tuple[bytes, bytes] | None:
    """A request's head and body; none where the connection has ended."""
    received = b""
    while (end := received.find(b"\r\n\r\n")) < 0:
        more = connection.recv(CHUNK_BYTES)
        if not more:
            return None
        received += more
    length = LENGTH.search(received[:end])
    total = end + 4 + (int(length[1]) if length else 0)
    while len(received) < total:
        more = connection.recv(CHUNK_BYTES)
        if not more:
            return None
        received += more
    return received[:end], received[end + 4 : total]


def health_page(events: list[dict[str, Any]]) -> bytes:
    """One page of DescribeEvents in CBOR, as aws-sdk-health reads it."""
    request = Request(EnvironBuilder(path=DESCRIBE_EVENTS, method="POST").get_environ())
    return health_protocols.answer(request, "DescribeEvents", {"events": events}).get_data()


def health_event(number: int, service: str) -> dict[str, Any]:
    """An open event of us-east-1 as the API has it."""
    code = f"AWS_{service}_OPERATIONAL_ISSUE"
    return {
        "arn": f"arn:aws:health:us-east-1::event/{service}/{code}/{code}_BENCH{number:06}",
        "service": service,
        "eventTypeCode": code,
        "eventTypeCategory": "issue",
        "region": "us-east-1",
        "startTime": datetime(2026, 11, 20, 12, tzinfo=UTC),
        "lastUpdatedTime": datetime(2026, 11, 20, 12, 30, tzinfo=UTC),
        "statusCode": "open",
        "eventScopeCode": "PUBLIC",
    }
