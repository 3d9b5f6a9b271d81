"""What to type while the engine is left running: the ordinary AWS CLI and psql, no tool of ours."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from demo.context import Context
from demo.rds_instance import DATABASE, MASTER_USER, Instance

PASSWORD_FILE = "pgpass"


def environment(context: Context) -> list[str]:
    """What makes a shell's AWS CLI and psql talk to the engine. The keys are made up; the engine takes any."""
    settings = {
        "AWS_ENDPOINT_URL": context.endpoint,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "demo",
        "AWS_SECRET_ACCESS_KEY": "demo",
        "AWS_PAGER": "",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": str(context.certificate_authority),
        "PGPASSFILE": str(context.folder / PASSWORD_FILE),
    }
    # The AWS CLI stands beside this Python, for those who have none.
    path = f"export PATH=$PATH:{shlex.quote(str(Path(sys.executable).parent))}"
    return [path, *(f"export {name}={shlex.quote(value)}" for name, value in settings.items())]


def rds_snapshots(context: Context, execution: str, evidence: str, instances: list[Instance]) -> list[str]:
    """The commands that show what rds-snapshots did."""
    write_passwords(context, instances)
    return [
        "aws rds describe-db-snapshots --query 'DBSnapshots[].[DBSnapshotIdentifier,Status]' --output text",
        f"aws stepfunctions get-execution-history --execution-arn {execution} --query 'events[].type'",
        f"aws s3 ls {evidence}",
        f"aws s3 cp {evidence}report.json -",
        "aws logs describe-log-groups --query 'logGroups[].logGroupName'",
        *(
            f"psql -h {instance.host} -p {instance.port} -U {MASTER_USER} {DATABASE}    # {instance.identifier}"
            for instance in instances
        ),
    ]


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
