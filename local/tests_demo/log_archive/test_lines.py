"""The made-up lines: each can be told from all others, and they are the same on every machine."""

from __future__ import annotations

import hashlib
import json

import pytest

from demo.dice import Dice
from demo.log_archive.ledger import Ledger, event_of
from demo.log_archive.lines import KINDS, lines


def messages(kind: str, count: int = 400) -> list[str]:
    return list(lines(kind, Dice(f"test/{kind}"), Ledger().labels(7, count)))


@pytest.mark.parametrize("kind", KINDS)
def test_each_label_has_one_line_that_holds_it(kind: str) -> None:
    made = messages(kind, 402)
    assert [event_of(message.encode()) for message in made] == [(7, number) for number in range(402)]
    assert all(message.count("ev-07-") == 1 for message in made)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_dice_make_the_same_lines(kind: str) -> None:
    assert messages(kind) == messages(kind)
    assert messages(kind) != list(lines(kind, Dice("other"), Ledger().labels(7, 400))) or kind == "incident"


def test_lines_do_not_change_by_themselves() -> None:
    text = "".join(message for kind in KINDS for message in messages(kind, 50))
    assert (
        hashlib.sha256(text.encode()).hexdigest() == "0260678cd97e13367da0474e61ba09a05e4b2c1539be1b89a6a30b1955414d52"
    )


def test_a_function_ends_its_lines_and_the_others_leave_that_to_the_archive() -> None:
    for kind in KINDS:
        assert {message.endswith("\n") for message in messages(kind)} == {kind == "function"}


def test_what_escaping_can_get_wrong_is_among_them() -> None:
    logged = "".join(json.loads(message)["message"] for message in messages("service"))
    assert set('"\\\t\u001b\u2028東🎁تЕ') <= set(logged)


def test_an_event_may_have_many_lines_and_an_incident_many_times_the_same() -> None:
    assert {message.count("\n") for message in messages("traces")} > {3, 4, 5}
    assert len({message.partition("ConnectException")[2] for message in messages("incident")}) == 1
