"""The production database is the same everywhere, looks real, and belongs to nobody."""

from __future__ import annotations

import hashlib
import re

import psycopg
import pytest

from demo.rds_snapshots import production_database
from demo.rds_snapshots.personal_data import passes_luhn
from tests_demo.conftest import PEOPLE, Server


def table(name: str, count: int = PEOPLE) -> list[production_database.Row]:
    return [tuple(row) for row in dict(production_database.tables(count))[name]]


def test_the_data_is_the_same_on_every_machine_and_day() -> None:
    content = repr([(name, list(rows)) for name, rows in production_database.tables(PEOPLE)])
    assert hashlib.sha256(content.encode()).hexdigest().startswith("2d2910b519ca28cc")


def test_more_people_do_not_change_those_before_them() -> None:
    assert table("people", 50) == table("people", 100)[:50]


def test_card_numbers_pass_the_luhn_check_are_unique_and_of_an_issuer_that_cannot_exist() -> None:
    numbers = [str(row[3]) for row in table("payment_cards")]
    assert len(set(numbers)) == len(numbers) > PEOPLE / 2
    for number in numbers:
        assert passes_luhn(number), number
        assert re.fullmatch(r"9999\d{12}", number), number


@pytest.mark.parametrize(
    ("number", "valid"), [("4111111111111111", True), ("4111111111111112", False), ("79927398713", True)]
)
def test_the_luhn_check_is_the_published_one(number: str, valid: bool) -> None:
    assert passes_luhn(number) is valid
    assert (production_database.luhn_digit(number[:-1]) == number[-1]) is valid


def test_e_mail_addresses_are_unique_and_of_reserved_domains() -> None:
    addresses = [str(row[2]) for row in table("people")]
    assert len(set(addresses)) == len(addresses)
    for address in addresses:
        assert re.fullmatch(r"[a-z]+\.[a-z]+\d+@(example\.(com|net|org)|[a-z]+\.example)", address), address


def test_telephone_numbers_are_of_the_range_that_is_kept_for_fiction() -> None:
    for row in table("people"):
        assert re.fullmatch(r"\+1-[2-9]\d\d-555-01\d\d", str(row[3])), row[3]


def test_notes_and_tickets_quote_the_person_they_are_about() -> None:
    people = {row[0]: row for row in table("people")}
    texts = [(row[0], str(row[5])) for row in people.values()]
    texts += [(row[1], str(row[4])) for row in table("support_tickets")]
    quoted = {
        "name": sum(str(people[person][1]) in text for person, text in texts),
        "e-mail": sum(str(people[person][2]) in text.lower() for person, text in texts),
        "phone": sum(str(people[person][3])[-4:] in text for person, text in texts),
        "birth date": sum(str(people[person][4]) in text for person, text in texts),
    }
    assert min(quoted.values()) > PEOPLE / 20, quoted


def test_it_loads_with_its_foreign_keys(server: Server) -> None:
    with server.new_database("shop_loaded") as connection:
        rows = production_database.load(connection, PEOPLE)
        assert len(rows) >= 6
        assert rows["people"] == PEOPLE
        assert min(rows.values()) > 0
        keys = connection.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f'").fetchone()
        assert keys == (7,)
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            connection.execute("DELETE FROM people WHERE id = 1")
