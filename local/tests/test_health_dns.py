from __future__ import annotations

import socket
import struct

import pytest

from wrasse_local.health_dns import NAME, answered

from .helpers import Account

A, CNAME = 1, 5


def question(name: str, identifier: int = 7, kind: int = A) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">6H", identifier, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", kind, 1)


def target(answer: bytes) -> str:
    """The name in the one record of an answer, after its question."""
    at = answer.index(b"\xc0\x0c") + 12
    labels = []
    while length := answer[at]:
        labels.append(answer[at + 1 : at + 1 + length].decode())
        at += 1 + length
    return ".".join(labels)


def test_the_name_is_that_of_the_active_endpoint() -> None:
    for name in (NAME, NAME.upper()):
        answer = answered(question(name), "us-east-2")
        assert answer is not None
        identifier, flags, *counts = struct.unpack_from(">6H", answer)
        assert (identifier, flags & 0x8000, flags & 0xF, counts) == (7, 0x8000, 0, [1, 1, 0, 0])
        assert target(answer) == "health.us-east-2.amazonaws.com"


def test_another_name_does_not_exist() -> None:
    answer = answered(question("example.com"), "us-east-1")
    assert answer is not None
    assert struct.unpack_from(">6H", answer)[1:] == (0x8000 | 0x0400 | 0x0180 | 3, 1, 0, 0, 0)


@pytest.mark.parametrize(
    "message",
    [b"", b"\0" * 11, b"\0" * 12, question(NAME)[:-1], question(NAME)[:20], b"\0\0\x80\0" + question(NAME)[4:]],
)
def test_what_is_no_question_gets_no_answer(message: bytes) -> None:
    assert answered(message, "us-east-1") is None


def test_the_server_stands_from_its_first_use_on(aws: Account) -> None:
    aws.post("/health/reset")
    address = aws.post("/health/dns")["dns_server"]
    assert aws.post("/health/dns")["dns_server"] == address == aws.get("/health/stats")["dns_server"]
    host, port = address.split(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(5)
        for region in ("us-east-1", "us-east-2"):
            aws.post("/health/active", region=region)
            for message in (b"", b"nonsense", question(NAME)):
                asker.sendto(message, (host, int(port)))
            assert target(asker.recv(512)) == f"health.{region}.amazonaws.com"
