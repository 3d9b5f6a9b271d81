"""Names and passwords that RDS refuses, in its words.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
"""

from __future__ import annotations

import re

from .rds_state import refuse

IDENTIFIER_RULES = (
    "Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; "
    "and must not end with a hyphen or contain two consecutive hyphens."
)
IDENTIFIER = re.compile(r"(?!.*--)[a-zA-Z]([a-zA-Z0-9-]*[a-zA-Z0-9])?")
WORD = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,62}")
PASSWORD_LENGTHS = range(8, 129)
FORBIDDEN_IN_PASSWORDS = frozenset('/@" ')
RESERVED_USERS = frozenset({"admin", "rdsadmin", "rdsrepladmin", "rds_superuser", "rds_replication", "postgres_fdw"})
RESERVED_DATABASES = frozenset({"rdsadmin", "template0", "template1"})


def check_instance_identifier(identifier: str) -> None:
    if not IDENTIFIER.fullmatch(identifier) or len(identifier) > 63:
        raise refuse(
            "InvalidParameterValue",
            f"The parameter DBInstanceIdentifier is not a valid identifier. {IDENTIFIER_RULES}",
        )


def check_master_user(name: str | None) -> str:
    if not name:
        raise refuse("InvalidParameterValue", "The parameter MasterUsername must be provided and must not be blank.")
    if not WORD.fullmatch(name):
        raise refuse(
            "InvalidParameterValue",
            "The parameter MasterUsername must begin with a letter and contain only alphanumeric characters.",
        )
    if name.lower() in RESERVED_USERS or name.lower().startswith("pg_"):
        raise refuse(
            "InvalidParameterValue",
            f"MasterUsername {name} cannot be used as it is a reserved word used by the engine",
        )
    return name


def check_master_password(password: str | None) -> str:
    if not password:
        raise refuse(
            "InvalidParameterValue", "The parameter MasterUserPassword must be provided and must not be blank."
        )
    if len(password) not in PASSWORD_LENGTHS:
        raise refuse(
            "InvalidParameterValue",
            "The parameter MasterUserPassword is not a valid password because it is "
            f"{'shorter than 8' if len(password) < 8 else 'longer than 128'} characters.",
        )
    if not (password.isascii() and password.isprintable()) or FORBIDDEN_IN_PASSWORDS & set(password):
        raise refuse(
            "InvalidParameterValue",
            "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides "
            "'/', '@', '\"', ' ' may be used.",
        )
    return password


def check_database_name(name: str | None) -> None:
    if name is None:
        return
    if not WORD.fullmatch(name):
        raise refuse(
            "InvalidParameterValue", "DBName must begin with a letter and contain only alphanumeric characters."
        )
    if name.lower() in RESERVED_DATABASES:
        raise refuse("InvalidParameterValue", f"DBName {name} cannot be used. It is a reserved word for this engine")


def snapshot_name(identifier: str) -> str:
    """The name in a snapshot's identifier, which may be an ARN."""
    return identifier.split(":snapshot:", 1)[-1] if identifier.startswith("arn:") else identifier
