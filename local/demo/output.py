"""What the demo says: plain lines, and colours where a terminal reads them."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable
from typing import TextIO

BOLD, DIM, GREEN, RED = "1", "2", "32", "31"
INDENT = "  "


class Output:
    """Writes to a stream, line by line."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self.stream = stream
        self.colours = stream.isatty()

    def heading(self, text: str) -> None:
        """Opens a step of the demo."""
        self.write(f"\n{self.coloured(text, BOLD)}\n")

    def line(self, text: str = "") -> None:
        """One line of a step."""
        self.write(f"{INDENT}{text}\n")

    def text(self, text: str) -> None:
        """A paragraph, wrapped."""
        self.write(textwrap.fill(text, 100, initial_indent=INDENT, subsequent_indent=INDENT) + "\n")

    def good(self, text: str) -> None:
        """A line about something that is as it should be."""
        self.line(self.coloured(text, GREEN))

    def bad(self, text: str) -> None:
        """A line about something that is not."""
        self.line(self.coloured(text, RED))

    def entered(self, name: str, width: int) -> None:
        """The first half of a line: what has begun. `left` ends it."""
        self.write(f"{INDENT}{name:{width}}")

    def left(self, text: str, aside: str = "") -> None:
        """The second half of a line."""
        self.write(f" {text}{self.coloured(aside, DIM)}\n")

    def table(self, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
        """Columns as wide as their content; numbers to the right, with separators of thousands."""
        cells = [[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in rows]
        right = [not cells or all(cell[:1].isdigit() for cell in column) for column in zip(*cells, strict=True)]
        widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
        for number, row in enumerate([list(header), *cells]):
            aligned = [
                cell.rjust(width) if to_right else cell.ljust(width)
                for cell, width, to_right in zip(row, widths, right or [False] * len(row), strict=True)
            ]
            line = "  ".join(aligned).rstrip()
            self.line(self.coloured(line, DIM) if number == 0 else line)

    def coloured(self, text: str, colour: str) -> str:
        """The text in a colour, or as it is where nobody would see it."""
        return f"\033[{colour}m{text}\033[0m" if self.colours and text else text

    def write(self, text: str) -> None:
        """Out at once: a state's name has to be seen while the state lasts."""
        self.stream.write(text)
        self.stream.flush()
