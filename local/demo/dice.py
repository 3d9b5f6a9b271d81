"""Repeatable chance: what the demo makes up is the same on every machine and day.

`Random.random` is the only source, since it is the only method of Python's generator that is promised to give the same
sequence in every version.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Choice = TypeVar("Choice")

SEED = "wrasse"


class Dice:
    """Choices for one thing that is made up, by its name: one can change without the others changing."""

    def __init__(self, name: str) -> None:
        self.random = Random(f"{SEED}/{name}").random

    def below(self, end: int) -> int:
        """A number from 0 to `end` - 1."""
        return int(self.random() * end)

    def one_of(self, choices: Sequence[Choice]) -> Choice:
        """One of the choices, each as likely as the others."""
        return choices[int(self.random() * len(choices))]
