"""Makes the demo's production database: a shop with its customers' personal data, the same on every machine and day.

Nothing in it belongs to anybody. E-mail domains are reserved by RFC 2606 and RFC 6761, telephone numbers are the North
American 555-0100 to 555-0199 set aside for fiction, and card numbers pass the Luhn check but begin with 9999: in
ISO/IEC 7812 a leading 9 is for national issuers and the country's number follows, and 999 is no country in ISO 3166.

Each table's rows come from dice of their own: one table can change without the others changing.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import psycopg

from demo.dice import Dice
from demo.rds_snapshots.production_names import (
    CITIES,
    FIRST_NAMES,
    LAST_NAMES,
    ORDER_STATUSES,
    PRODUCTS,
    STREETS,
    SUBJECTS,
)

Row = tuple[object, ...]

E_MAIL_DOMAINS = ("example.com", "example.net", "example.org", "mail.example", "inbox.example", "post.example")
FIRST_BIRTH_DATE = datetime.date(1938, 1, 1)
FIRST_ORDER_DATE = datetime.date(2021, 1, 1)

TABLES = {
    "people": """CREATE TABLE people (
        id bigint PRIMARY KEY, full_name text NOT NULL, email varchar(120) NOT NULL, phone varchar(20) NOT NULL,
        birth_date date NOT NULL, notes text)""",
    "addresses": """CREATE TABLE addresses (
        id bigint PRIMARY KEY, person_id bigint NOT NULL, street text NOT NULL, city text NOT NULL,
        postal_code char(5) NOT NULL)""",
    "payment_cards": """CREATE TABLE payment_cards (
        id bigint PRIMARY KEY, person_id bigint NOT NULL, holder text NOT NULL, card_number varchar(19) NOT NULL,
        expires_on date NOT NULL)""",
    "products": """CREATE TABLE products (
        id bigint PRIMARY KEY, name text NOT NULL, price numeric(8, 2) NOT NULL)""",
    "orders": """CREATE TABLE orders (
        id bigint PRIMARY KEY, person_id bigint NOT NULL, address_id bigint NOT NULL, placed_on date NOT NULL,
        status text NOT NULL, delivery_note text)""",
    "order_items": """CREATE TABLE order_items (
        order_id bigint NOT NULL, product_id bigint NOT NULL, quantity int NOT NULL)""",
    "support_tickets": """CREATE TABLE support_tickets (
        id bigint PRIMARY KEY, person_id bigint NOT NULL, opened_on date NOT NULL, subject text NOT NULL,
        body text NOT NULL)""",
}

# After the rows: checking a key once over the whole table is several times faster than row by row.
CONSTRAINTS = (
    "ALTER TABLE people ADD UNIQUE (email)",
    "ALTER TABLE addresses ADD FOREIGN KEY (person_id) REFERENCES people",
    "ALTER TABLE payment_cards ADD FOREIGN KEY (person_id) REFERENCES people",
    """ALTER TABLE orders ADD FOREIGN KEY (person_id) REFERENCES people,
       ADD FOREIGN KEY (address_id) REFERENCES addresses""",
    """ALTER TABLE order_items ADD FOREIGN KEY (order_id) REFERENCES orders,
       ADD FOREIGN KEY (product_id) REFERENCES products""",
    "ALTER TABLE support_tickets ADD FOREIGN KEY (person_id) REFERENCES people",
)


class Person(NamedTuple):
    """A customer, in the order of the columns of `people`, with what other tables quote."""

    id: int
    full_name: str
    email: str
    phone: str
    birth_date: datetime.date
    notes: str | None


def luhn_digit(digits: str) -> str:
    """The check digit that makes `digits` a number that passes the Luhn check (ISO/IEC 7812-1, annex B)."""
    total = sum(int(digit) for digit in digits[-2::-2]) + sum(sum(divmod(2 * int(digit), 10)) for digit in digits[::-2])
    return str(-total % 10)


def phone_as_people_write_it(phone: str, dice: Dice) -> str:
    """`+1-212-555-0142` in one of the forms in which it is quoted."""
    area, exchange, line = phone[3:6], phone[7:10], phone[11:]
    return dice.one_of((phone, f"({area}) {exchange}-{line}", f"{area}.{exchange}.{line}", f"{area} {exchange} {line}"))


def people(count: int) -> Iterator[Person]:
    """The customers. Three in five have a note of the shop's staff, which mostly quotes their data."""
    dice = Dice("people")
    areas = [f"{area}" for area in range(201, 990) if area % 100 != 11]
    for number in range(1, count + 1):
        first, last = dice.one_of(FIRST_NAMES), dice.one_of(LAST_NAMES)
        name = f"{first} {last}"
        email = f"{first}.{last}{number}@{dice.one_of(E_MAIL_DOMAINS)}".lower()
        phone = f"+1-{dice.one_of(areas)}-555-{100 + dice.below(100):04}"
        born = FIRST_BIRTH_DATE + datetime.timedelta(days=dice.below(67 * 365))
        yield Person(number, name, email, phone, born, staff_note(name, email, phone, born, dice))


def staff_note(name: str, email: str, phone: str, born: datetime.date, dice: Dice) -> str | None:
    """What the shop's staff wrote about a customer."""
    match dice.below(10):
        case 0:
            return f"Prefers e-mail: {email}"
        case 1:
            return f"Call {phone_as_people_write_it(phone, dice)} before delivery, not after 18:00."
        case 2:
            return f"{name} asked for a copy of all invoices; send to {email.upper()}."
        case 3:
            return f"Identity checked by date of birth {born.isoformat()}."
        case 4:
            return f"VIP. Speak to {name} in person."
        case 5:
            return "Pays late, reminders help."
        case _:
            return None


def addresses(customers: Iterable[Person]) -> Iterator[Row]:
    """One address a person, and a second one for every tenth."""
    dice, number = Dice("addresses"), 0
    for person in customers:
        for _ in range(2 if person.id % 10 == 0 else 1):
            number += 1
            street = f"{1 + dice.below(9800)} {dice.one_of(STREETS)}"
            yield number, person.id, street, dice.one_of(CITIES), f"{10_000 + dice.below(89_999)}"


def payment_cards(customers: Iterable[Person]) -> Iterator[Row]:
    """A card for four people of five. The person's id stands in its number, so no two are equal."""
    dice = Dice("payment_cards")
    for person in customers:
        if person.id % 5:
            digits = f"9999{dice.below(10_000):04}{person.id:07}"
            expires = FIRST_ORDER_DATE + datetime.timedelta(days=30 * dice.below(120))
            yield person.id, person.id, person.full_name, digits + luhn_digit(digits), expires


def products() -> Iterator[Row]:
    """Two hundred things to buy."""
    dice = Dice("products")
    for number, name in enumerate(PRODUCTS, start=1):
        yield number, name, f"{3 + dice.below(200)}.{dice.one_of((49, 95, 99))}"


def orders(customers: Iterable[Person], homes: Sequence[Row]) -> Iterator[Row]:
    """Three orders for two people on average; one in five has a note for the driver, with the street or the phone."""
    dice, number, latest_home = Dice("orders"), 0, iter(homes)
    for person in customers:
        home = next(latest_home)
        if person.id % 10 == 0:
            home = next(latest_home)
        for _ in range(dice.below(4)):
            number += 1
            placed = FIRST_ORDER_DATE + datetime.timedelta(days=dice.below(1500))
            note = None
            if dice.below(5) == 0:
                phone = phone_as_people_write_it(person.phone, dice)
                note = dice.one_of((f"Ring {phone} at the gate", f"Back door of {home[2]}, please", "Leave it outside"))
            yield number, person.id, home[0], placed, dice.one_of(ORDER_STATUSES), note


def order_items(order_count: int) -> Iterator[Row]:
    """One to three items an order."""
    dice = Dice("order_items")
    for order in range(1, order_count + 1):
        for _ in range(1 + dice.below(3)):
            yield order, 1 + dice.below(len(PRODUCTS)), 1 + dice.below(4)


def support_tickets(customers: Iterable[Person], cards: Iterable[Row]) -> Iterator[Row]:
    """Two tickets for five people; customers quote whatever helps them, the card number included."""
    dice, number = Dice("support_tickets"), 0
    card_of = {card[1]: str(card[3]) for card in cards}
    for person in customers:
        if dice.below(5) < 2:
            number += 1
            opened = FIRST_ORDER_DATE + datetime.timedelta(days=dice.below(1500))
            body = ticket_body(person, card_of.get(person.id), dice)
            yield number, person.id, opened, dice.one_of(SUBJECTS), body


def ticket_body(person: Person, card: str | None, dice: Dice) -> str:
    """What a customer wrote."""
    match dice.below(5):
        case 0:
            return f"Hello, my parcel never came. Please answer to {person.email}. Regards, {person.full_name}"
        case 1:
            phone = phone_as_people_write_it(person.phone, dice)
            return f"Call me back on {phone} this week.\nThanks, {person.full_name}"
        case 2 if card is not None:
            quoted = dice.one_of((card, " ".join(card[at : at + 4] for at in range(0, 16, 4))))
            return f"The refund did not arrive on card {quoted}, what happened?"
        case 3:
            born = person.birth_date.isoformat()
            return f"I forgot my password. My date of birth is {born}, the mail {person.email}."
        case _:
            return "The lid was broken when I opened the box. I would like a new one, not the money."


def tables(count: int) -> Iterator[tuple[str, Iterable[Row]]]:
    """Every table's name and rows, in an order in which foreign keys can be followed."""
    customers = list(people(count))
    homes = list(addresses(customers))
    cards = list(payment_cards(customers))
    bought = list(orders(customers, homes))
    yield "people", customers
    yield "addresses", homes
    yield "payment_cards", cards
    yield "products", products()
    yield "orders", bought
    yield "order_items", order_items(len(bought))
    yield "support_tickets", support_tickets(customers, cards)


def load(connection: psycopg.Connection, count: int) -> dict[str, int]:
    """Makes the tables in an empty database and fills them; `count` is the number of people. Answers rows by table."""
    rows = {}
    with connection.transaction(), connection.cursor() as cursor:
        for name, content in tables(count):
            cursor.execute(TABLES[name])
            with cursor.copy(f"COPY {name} FROM STDIN") as copy:
                for row in content:
                    copy.write_row(row)
            rows[name] = cursor.rowcount
        for constraint in CONSTRAINTS:
            cursor.execute(constraint)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return rows
