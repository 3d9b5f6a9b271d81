"""The name of Health's active endpoint: a DNS server that knows global.health.amazonaws.com.

AWS: the name is a CNAME of `health.<active region>.amazonaws.com`, to be looked up before a request is signed:
https://docs.aws.amazon.com/health/latest/ug/health-api.html
DNS messages: https://www.rfc-editor.org/rfc/rfc1035
moto answers no names. Here one is answered over UDP on 127.0.0.1, from the first `POST /_engine/health/dns` on; any
question about that name gets the CNAME alone, with the TTL that AWS's page shows; all other names do not exist.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable

NAME = "global.health.amazonaws.com"
TTL = 10
HEADER = struct.Struct(">6H")
CNAME, IN = 5, 1
ANSWER = 0x8000 | 0x0400  # a response, authoritative
RECURSION_DESIRED = 0x0100
RECURSION_AVAILABLE = 0x0080
NO_SUCH_NAME = 3
NAME_AT_QUESTION = 0xC000 | HEADER.size
LARGEST = 512


class NameServer:
    """Started once, on first use; `active` says the region at every question."""

    def __init__(self, active: Callable[[], str]) -> None:
        self._active = active
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    @property
    def address(self) -> str | None:
        """`127.0.0.1:PORT`, once it is started."""
        with self._lock:
            return _text(self._socket) if self._socket else None

    def start(self) -> str:
        with self._lock:
            if self._socket is None:
                self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                self._socket.bind(("127.0.0.1", 0))
                threading.Thread(target=self._serve, args=(self._socket,), name="health-dns", daemon=True).start()
            return _text(self._socket)

    def stop(self) -> None:
        with self._lock:
            opened, self._socket = self._socket, None
        if opened is not None:
            # A close alone does not wake the thread that waits for a question.
            opened.sendto(b"", opened.getsockname())
            opened.close()

    def _serve(self, opened: socket.socket) -> None:
        while True:
            try:
                question, asker = opened.recvfrom(LARGEST)
                answer = answered(question, self._active())
                if answer:
                    opened.sendto(answer, asker)
                elif self._socket is not opened:
                    return
            except OSError:
                return


def answered(message: bytes, active: str) -> bytes | None:
    """The answer to a DNS message; None for one that is not a question about one name."""
    if len(message) < HEADER.size:
        return None
    identifier, flags, questions, *_ = HEADER.unpack_from(message)
    question = _question(message)
    if flags & 0x8000 or questions != 1 or question is None:
        return None
    name, end = question
    flags = ANSWER | RECURSION_AVAILABLE | flags & RECURSION_DESIRED
    if name.lower() != NAME:
        return HEADER.pack(identifier, flags | NO_SUCH_NAME, 1, 0, 0, 0) + message[HEADER.size : end]
    target = _encoded(f"health.{active}.amazonaws.com")
    record = struct.pack(">HHHIH", NAME_AT_QUESTION, CNAME, IN, TTL, len(target)) + target
    return HEADER.pack(identifier, flags, 1, 1, 0, 0) + message[HEADER.size : end] + record


def _question(message: bytes) -> tuple[str, int] | None:
    """The name that is asked for, and where the question ends."""
    labels, at = [], HEADER.size
    while at < len(message) and (length := message[at]):
        if length > 63 or at + 1 + length > len(message):
            return None
        labels.append(message[at + 1 : at + 1 + length].decode("ascii", "replace"))
        at += 1 + length
    end = at + 1 + 4
    return (".".join(labels), end) if end <= len(message) else None


def _encoded(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def _text(opened: socket.socket) -> str:
    host, port = opened.getsockname()
    return f"{host}:{port}"
