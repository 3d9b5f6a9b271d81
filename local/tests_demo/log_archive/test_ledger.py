"""What was written is known again, to the last byte."""

from __future__ import annotations

import pytest

from demo.log_archive.ledger import Ledger, event_of, raw_line

LINE = b"/shop/web:i-1\t1795176000000\thello ev-07-000000\n"


def test_labels_go_on_where_the_last_event_was_recorded() -> None:
    ledger = Ledger()
    assert list(ledger.labels(7, 2)) == ["ev-07-000000", "ev-07-000001"]
    ledger.record(7, LINE)
    assert list(ledger.labels(7, 1)) == ["ev-07-000001"]
    assert list(ledger.labels(8, 1)) == ["ev-08-000000"]
    assert (ledger.written(7), ledger.written(8), ledger.bytes) == (1, 0, len(LINE))


def test_a_line_matches_its_event_alone_and_whole() -> None:
    ledger = Ledger()
    ledger.record(7, LINE)
    ledger.record(7, b"another")
    assert ledger.matches((7, 0), LINE)
    for event, line in [((7, 1), LINE), ((7, 2), LINE), ((8, 0), LINE), ((7, 0), LINE[:-1]), ((7, 0), LINE + b"\n")]:
        assert not ledger.matches(event, line), (event, line)


def test_a_text_without_a_label_is_no_event_of_ours() -> None:
    assert event_of(b"an ev-07-000123 b") == (7, 123)
    assert event_of(b"ev-7-123") is None


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("a", "a\n"),
        ("a\n", "a\n"),
        ("a\n\n", "a\n\n"),
        ("a\nb", "a\nb\n"),
        ("\n", "\n"),
        ("a\r\n", "a\r\n"),
    ],
)
def test_an_event_ends_with_one_newline_of_the_archives(message: str, shown: str) -> None:
    assert raw_line("/g", "s", 5, message) == f"/g:s\t5\t{shown}".encode()
