"""What to type while the engine is left running: the ordinary AWS CLI and psql, no tool of ours."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from demo.context import Context
from demo.rds_instance import DATABASE, MASTER_USER, Instance, Servers

PASSWORD_FILE = "pgpass"

# A shell may hold a profile, a session token, an endpoint of one service or a password: all of that goes before
# anything is set. The profile is named for the reader, and because zsh's `unset` wants a name.
FORGET = r"unset AWS_PROFILE $(env | sed -n 's/^\(AWS_[A-Za-z0-9_]*\)=.*/\1/p; s/^\(PG[A-Z]*\)=.*/\1/p')"

# In us-east-1 version 1 of the AWS CLI has `rds` ask AWS itself whatever AWS_ENDPOINT_URL says; an option it does heed:
# https://github.com/aws/aws-cli/blob/1.46.2/awscli/customizations/overridesslcommonname.py
ASK_THE_ENGINE = [
    "unalias aws 2>/dev/null || true",
    'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }',
]


def environment(context: Context) -> list[str]:
    """What makes a shell's AWS CLI and psql talk to the engine, and to nothing else.

    The keys are made up; the engine takes any, and AWS none of them.
    """
    servers = Servers.of(context)
    settings = {
        "AWS_ENDPOINT_URL": context.endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "demo",
        "AWS_SECRET_ACCESS_KEY": "demo",
        # A file of the user's own could name another endpoint.
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        **{f"PG{name.upper()}": value for name, value in servers.tls_settings().items()},
        "PGPASSFILE": str(context.folder / PASSWORD_FILE),
        "PSQL_PAGER": "",
    }
    # The engine's own AWS CLI and psql come first: they are there on every machine, and psql is as able of TLS as the
    # servers are.
    folders = f"{Path(sys.executable).parent}:{servers.programs}"
    return [
        f"export PATH={shlex.quote(folders)}:$PATH",
        FORGET,
        *(f"export {name}={shlex.quote(value)}" for name, value in settings.items()),
        *ASK_THE_ENGINE,
    ]


def rds_snapshots(
    context: Context, execution: str, evidence: str, reported: bool, instances: list[Instance]
) -> list[str]:
    """The commands that show what rds-snapshots did. Each ends by itself, so that all can be pasted at once."""
    write_passwords(context, instances)
    return [
        "aws rds describe-db-snapshots --query 'DBSnapshots[].[DBSnapshotIdentifier,Status]' --output text",
        f"aws stepfunctions get-execution-history --execution-arn {execution} --query 'events[].type'",
        f"aws s3 ls {evidence}",
        *([f"aws s3 cp {evidence}report.json -"] if reported else []),
        "aws logs describe-log-groups --query 'logGroups[].logGroupName'",
        *map(psql, instances),
    ]


def psql(instance: Instance) -> str:
    """The instance's first people; without its -c it is a prompt. The instance's name is its connection's."""
    target = (
        f"host={instance.host} port={instance.port} user={MASTER_USER} dbname={DATABASE} "
        f"application_name={instance.identifier}"
    )
    return f"psql '{target}' -c 'SELECT id, full_name, email, phone FROM people ORDER BY id LIMIT 5'"


def write_passwords(context: Context, instances: list[Instance]) -> None:
    """In a file that psql reads by itself, so that no password is in a command: libpq's "password file"."""
    path = context.folder / PASSWORD_FILE
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(
        "".join(
            f"{instance.host}:{instance.port}:{DATABASE}:{MASTER_USER}:{instance.password}\n" for instance in instances
        )
    )
