"""Several accounts: the access key says which one a request is made in.

AWS: a key belongs to an account. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
Stock moto counts every key that it has not made itself as the default account's. Here `AKIA<12 digits>WRAS` is a key of
the account of those digits, whatever the secret; every other key stays the default account's. Nothing more is needed
to make an account. Services call each other in the account of the resource that they act for (`Engine.of`).
"""

from __future__ import annotations

import re

from moto.iam import models

from .engine import Engine

KEY = re.compile(r"AKIA(\d{12})WRAS")


def install(engine: Engine) -> None:
    made_by_moto = models.get_account_id_from
    models.get_account_id_from = lambda access_key: account_of_key(access_key) or made_by_moto(access_key)


def account_of_key(access_key: str) -> str | None:
    """The account that a key of ours names; None for any other key."""
    found = KEY.fullmatch(access_key)
    return found[1] if found else None
