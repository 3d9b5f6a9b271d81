"""Shows the same rows of two databases next to each other, a column a line."""

from __future__ import annotations

import textwrap
from itertools import zip_longest

import psycopg

from demo.output import Output

WIDTH = 44

# A title, and a query that finds one row in both databases.
SHOWN = {
    "person 3": "SELECT full_name, email, phone, birth_date, notes FROM people WHERE id = 3",
    "their address": "SELECT street, city, postal_code FROM addresses WHERE person_id = 3",
    "their card": "SELECT holder, card_number FROM payment_cards WHERE person_id = 3",
    "ticket 5": "SELECT subject, body FROM support_tickets WHERE id = 5",
    "order 2": "SELECT status, delivery_note FROM orders WHERE id = 2",
}


def show_rows(output: Output, before: psycopg.Connection, after: psycopg.Connection) -> None:
    """The chosen rows, wrapped so that both sides fit beside each other."""
    lines = []
    for title, query in SHOWN.items():
        cursor = before.execute(query)
        names = [column.name for column in cursor.description or ()]
        rows = zip(names, cursor.fetchone() or (), after.execute(query).fetchone() or (), strict=True)
        for number, (name, old, new) in enumerate(rows):
            sides = zip_longest(wrapped(old), wrapped(new), fillvalue="")
            lines += [
                (title if number == part == 0 else "", name if part == 0 else "", left, right)
                for part, (left, right) in enumerate(sides)
            ]
    output.table(("", "", "before", "after"), lines)


def wrapped(value: object) -> list[str]:
    """A value's text in lines that fit into its side."""
    return textwrap.wrap("(none)" if value is None else str(value), WIDTH) or [""]
