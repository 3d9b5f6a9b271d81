"""Counts personal data in a database by reading it: every text column of every table, and every person's dates.

A cell counts, once, when it holds an original value of the production database (a person's name, e-mail address,
telephone number, street, card number or birth date, alone or inside a text), or when it holds anything that looks like
an e-mail address, a telephone number or a card number, unless it is of a form that can't be anybody's and that the
rules put there on purpose.

Streets and names are found inside texts as neighbouring words, so a text that splits or misspells one is not counted.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

E_MAIL = re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+")
DIGITS = re.compile(r"\+?\(?\d(?:[ ().-]{0,2}\d){8,18}(?!\d)")
ISO_DATE = re.compile(r"\b(?:19|20)\d\d-\d\d-\d\d\b")
WORD = re.compile(r"\w+")
NOT_A_DIGIT = re.compile(r"\D")

# What the rules may put in the place of a value: .invalid can't be delivered to (RFC 2606), Ofcom keeps 07700 900000 to
# 900999 for drama, and the card numbers are those that payment providers publish for testing.
REPLACEMENT_E_MAIL_DOMAIN = ".invalid"
REPLACEMENT_PHONE = re.compile(r"447700900\d{3}")
TEST_CARDS = frozenset({"4111111111111111", "4242424242424242", "5555555555554444", "5105105105105100"})

ROWS_A_ROUND_TRIP = 20_000


@dataclass(frozen=True)
class Originals:
    """What production holds about people, folded so that other spellings of the same value are equal to it."""

    values: frozenset[str]
    """Names, e-mail addresses and streets in lower case, card numbers and telephone numbers as digits."""
    birth_dates: dict[int, datetime.date]
    """By the person's id: a date alone is the birthday of hundreds of people."""
    birth_dates_as_text: frozenset[str]

    @classmethod
    def read(cls, production: psycopg.Connection) -> Originals:
        """Reads the originals from the production database."""
        with production.cursor() as cursor:
            texts = [
                value.lower()
                for (value,) in cursor.execute(
                    "SELECT full_name FROM people UNION SELECT email FROM people UNION SELECT street FROM addresses"
                )
            ]
            numbers = [
                NOT_A_DIGIT.sub("", value)
                for (value,) in cursor.execute("SELECT phone FROM people UNION SELECT card_number FROM payment_cards")
            ]
            births: dict[int, datetime.date] = dict(cursor.execute("SELECT id, birth_date FROM people").fetchall())
        return cls(
            values=frozenset(texts).union(numbers),
            birth_dates=births,
            birth_dates_as_text=frozenset(born.isoformat() for born in births.values()),
        )

    def found_in(self, cell: str) -> bool:
        """Whether a text holds personal data."""
        folded = cell.lower()
        return (
            folded in self.values
            or ("@" in folded and any(is_somebodys_address(match) for match in E_MAIL.findall(folded)))
            or any(self.is_somebodys_number(match) for match in DIGITS.findall(folded))
            or any(match in self.birth_dates_as_text for match in ISO_DATE.findall(folded))
            or any(phrase in self.values for phrase in phrases(folded))
        )

    def is_somebodys_number(self, match: str) -> bool:
        """Whether a run of digits, written in any way, is a card number or a telephone number."""
        digits = NOT_A_DIGIT.sub("", match)
        if digits in self.values:
            return True
        if passes_luhn(digits) and len(digits) >= 13:
            return digits not in TEST_CARDS
        return 10 <= len(digits) <= 15 and REPLACEMENT_PHONE.fullmatch(digits) is None and digits not in TEST_CARDS


def is_somebodys_address(address: str) -> bool:
    """Whether an e-mail address is of a domain that mail could be delivered to."""
    return not address.endswith(REPLACEMENT_E_MAIL_DOMAIN)


def passes_luhn(digits: str) -> bool:
    """The check of ISO/IEC 7812-1, annex B."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (doubled + sum(int(digit) for digit in digits[::-2])) % 10 == 0


def phrases(folded: str) -> Iterator[str]:
    """Every two neighbouring words, as a name has, and every three, as a street line has."""
    words = WORD.findall(folded)
    for at in range(len(words) - 1):
        pair = f"{words[at]} {words[at + 1]}"
        yield pair
        if at + 2 < len(words):
            yield f"{pair} {words[at + 2]}"


def count(database: psycopg.Connection, originals: Originals) -> dict[str, int]:
    """The cells that hold personal data, by `table.column`; every column that was read is named, also with 0."""
    found: dict[str, int] = {}
    for table, column in columns(database, "t.typcategory = 'S' OR t.typname = ANY('{json,jsonb,xml,_text,_varchar}')"):
        found[f"{table}.{column}"] = sum(
            cells for text, cells in distinct_texts(database, table, column) if originals.found_in(text)
        )
    person_of = person_columns(database)
    for table, column in columns(database, "t.typname = 'date'"):
        if table in person_of:
            found[f"{table}.{column}"] = sum(
                originals.birth_dates.get(person) == date
                for person, date in read(database, f"SELECT {person_of[table]}, {column} FROM {table}")
            )
    return found


def rows(database: psycopg.Connection) -> int:
    """The rows of all tables together."""
    tables = sorted({table for table, _ in columns(database, "true")})
    return sum(next(read(database, f"SELECT count(*) FROM {table}"))[0] for table in tables)


def columns(database: psycopg.Connection, type_condition: str) -> list[tuple[str, str]]:
    """The (table, column) pairs, quoted where SQL needs it, whose type `t` meets the condition."""
    found: list[tuple[str, str]] = database.execute(
        sql.SQL(
            """SELECT c.oid::regclass::text, quote_ident(a.attname)
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                 JOIN pg_type t ON t.oid = a.atttypid
               WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND ({})
               ORDER BY c.oid, a.attnum"""
        ).format(sql.SQL(type_condition))
    ).fetchall()
    return found


def person_columns(database: psycopg.Connection) -> dict[str, str]:
    """By table, the column that says whose row it is: the id of `people`, and the foreign keys to it elsewhere."""
    of_other_tables = database.execute(
        """SELECT k.conrelid::regclass::text, quote_ident(a.attname)
           FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
           WHERE k.contype = 'f' AND k.confrelid = 'people'::regclass"""
    ).fetchall()
    return {"people": "id", **dict(of_other_tables)}


def distinct_texts(database: psycopg.Connection, table: str, column: str) -> Iterator[tuple[str, int]]:
    """Every text of a column with the number of its cells: equal cells are judged once."""
    texts = f"SELECT {column}::text AS text FROM {table} WHERE {column} IS NOT NULL"
    return read(database, f"SELECT text, count(*) FROM ({texts}) t GROUP BY text")


def read(database: psycopg.Connection, query: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a query over a server-side cursor: memory stays small whatever the table's size."""
    with database.transaction(), database.cursor(name="read") as cursor:
        cursor.itersize = ROWS_A_ROUND_TRIP
        yield from cursor.execute(sql.SQL(query))
