"""The counter finds what it should, so that a count of zero means something; and the demo's rules reach zero."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import yaml

from demo.rds_snapshots import personal_data, production_database
from demo.rds_snapshots.personal_data import Originals
from demo.rds_snapshots.system import RULES
from tests_demo.conftest import PEOPLE, Server


def rules() -> dict[str, Any]:
    [database] = yaml.safe_load(RULES.read_text())["databases"]
    assert database["name"] == "shop"
    return dict(database)


@pytest.fixture(scope="module")
def production(server: Server) -> Iterator[psycopg.Connection]:
    with server.new_database("shop") as connection:
        production_database.load(connection, PEOPLE)
        yield connection


@pytest.fixture(scope="module")
def originals(production: psycopg.Connection) -> Originals:
    return Originals.read(production)


@pytest.fixture(scope="module")
def copy(server: Server, production: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """A copy of production to which the rules were applied as the sanitizer applies them: each entry by itself."""
    with server.new_database("shop_copy") as connection:
        production_database.load(connection, PEOPLE)
        for script in rules()["sql"]:
            connection.execute(script)
        yield connection


def test_production_is_full_of_personal_data(production: psycopg.Connection, originals: Originals) -> None:
    found = personal_data.count(production, originals)
    for column in ("full_name", "email", "phone", "birth_date"):
        assert found[f"people.{column}"] == PEOPLE
    assert found["payment_cards.card_number"] == found["payment_cards.holder"] == PEOPLE * 4 // 5
    assert found["addresses.street"] == PEOPLE * 11 // 10
    for column in ("people.notes", "support_tickets.body", "orders.delivery_note"):
        assert found[column] > PEOPLE / 20
    for column in ("products.name", "orders.status", "orders.placed_on", "addresses.city", "support_tickets.subject"):
        assert found[column] == 0


def test_the_rules_leave_no_personal_data(copy: psycopg.Connection, originals: Originals) -> None:
    found = personal_data.count(copy, originals)
    assert sum(found.values()) == 0, found


def test_the_rules_keep_every_row(copy: psycopg.Connection, production: psycopg.Connection) -> None:
    assert personal_data.rows(copy) == personal_data.rows(production) > 5 * PEOPLE


def test_every_verification_finds_rows_in_production_and_none_in_the_copy(
    production: psycopg.Connection, copy: psycopg.Connection
) -> None:
    for verification in rules()["verify"]:
        query = verification["expect_no_rows"]
        assert production.execute(query).fetchone() is not None, query
        assert copy.execute(query).fetchone() is None, query


# Each is one cell. Person 7 has a note, an address, a card, an order and a ticket.
LEFTOVERS = {
    "a name": "UPDATE people SET full_name = '{full_name}' WHERE id = 7",
    "an e-mail address": "UPDATE people SET email = '{email}' WHERE id = 7",
    "a telephone number": "UPDATE people SET phone = '{phone}' WHERE id = 7",
    "a birth date": "UPDATE people SET birth_date = '{birth_date}' WHERE id = 7",
    "a street": "UPDATE addresses SET street = '{street}' WHERE id = 7",
    "a card number": "UPDATE payment_cards SET card_number = '{card}' WHERE id = 7",
    "a card's holder": "UPDATE payment_cards SET holder = '{full_name}' WHERE id = 7",
    "a name in a text": "UPDATE support_tickets SET body = 'Yours, {full_name}.' WHERE id = 7",
    "an e-mail address in capitals": "UPDATE people SET notes = 'to ' || upper('{email}') || '.' WHERE id = 7",
    "an e-mail address of nobody known": "UPDATE people SET notes = 'ask new.person@post.example' WHERE id = 7",
    "a telephone number in a text": "UPDATE people SET notes = 'call (212) 555-0142, late' WHERE id = 7",
    "a card number with spaces": "UPDATE support_tickets SET body = 'card 9999 7636 0000 0019 lost' WHERE id = 7",
    "a card number of nobody known": "UPDATE support_tickets SET body = 'card 6011-0009-9013-9424?' WHERE id = 7",
    "a birth date in a text": "UPDATE people SET notes = 'born {birth_date}.' WHERE id = 7",
    "a street in a text": "UPDATE orders SET delivery_note = 'behind {street}, left' WHERE id = 7",
    "a value in JSON": "ALTER TABLE products ADD extra jsonb; UPDATE products SET extra = '[\"{email}\"]' WHERE id = 7",
    "a value in another schema": "CREATE SCHEMA audit; CREATE TABLE audit.log AS SELECT '{email}'::text AS \"Who\"",
    "a value in a materialized view": "CREATE MATERIALIZED VIEW seen AS SELECT '{full_name}'::varchar AS name",
}


@pytest.mark.parametrize("leftover", LEFTOVERS)
def test_one_leftover_is_found(
    leftover: str, production: psycopg.Connection, copy: psycopg.Connection, originals: Originals
) -> None:
    values = production.execute(
        """SELECT full_name, email, phone, birth_date, street, card_number FROM people p
           JOIN addresses a ON a.person_id = p.id JOIN payment_cards c ON c.person_id = p.id WHERE p.id = 7"""
    ).fetchone()
    assert values is not None
    names = ("full_name", "email", "phone", "birth_date", "street", "card")
    with copy.transaction(force_rollback=True):
        copy.execute(LEFTOVERS[leftover].format(**dict(zip(names, values, strict=True))))
        found = personal_data.count(copy, originals)
        assert sum(found.values()) == 1, found


@pytest.mark.parametrize(
    "text",
    [
        "person-7@sanitized.invalid",
        "+44 7700 900123",
        "4111 1111 1111 1111",
        "Order 123456 of 2023-05-17, 3 items",
        "Person 7 asked for it",
        "",
    ],
)
def test_a_replacement_is_nobodys(text: str, originals: Originals) -> None:
    assert not originals.found_in(text)


def test_a_value_that_is_the_whole_cell_is_found_whatever_it_is_made_of() -> None:
    originals = Originals(frozenset({"zoë o'neil-berg"}), {}, frozenset())
    assert originals.found_in("Zoë O'Neil-Berg")
    assert not originals.found_in("Zoë")
