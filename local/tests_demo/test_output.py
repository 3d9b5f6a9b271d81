"""What the demo prints stays readable where colours are not."""

from __future__ import annotations

import io

from demo.execution import waits_in_words
from demo.output import Output


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_colours_are_for_terminals_alone() -> None:
    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        Output(stream).good("fine")
    assert terminal.getvalue() == "  \033[32mfine\033[0m\n"
    assert file.getvalue() == "  fine\n"


def test_numbers_stand_to_the_right_and_texts_to_the_left() -> None:
    stream = io.StringIO()
    Output(stream).table(("column", "before"), [("people.email", 100_000), ("all", 7)])
    assert stream.getvalue() == "  column         before\n  people.email  100,000\n  all                 7\n"


def test_a_table_without_rows_is_its_header() -> None:
    stream = io.StringIO()
    Output(stream).table(("kind", "name"), [])
    assert stream.getvalue() == "  kind  name\n"


def test_equal_waits_are_told_together() -> None:
    assert waits_in_words([60, 60, 5.0]).endswith("waits of 2 x 60 s, 5 s")
    assert waits_in_words([]) == ""
