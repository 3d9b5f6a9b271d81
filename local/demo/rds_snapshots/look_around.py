"""What to type to see what rds-snapshots did: the ordinary AWS CLI and psql."""

from __future__ import annotations

from demo.context import Context
from demo.look_around import exports, put_first
from demo.rds_snapshots.rds_instance import DATABASE, MASTER_USER, Instance, Servers

PASSWORD_FILE = "pgpass"

# A shell may hold a server or a password of the user's.
FORGET = r"unset PGHOST $(env | sed -n 's/^\(PG[A-Z]*\)=.*/\1/p')"


def commands(context: Context, execution: str, evidence: str, reported: bool, instances: list[Instance]) -> list[str]:
    """Each ends by itself, so that all can be pasted at once."""
    write_passwords(context, instances)
    return [
        *psql_environment(context),
        "aws rds describe-db-snapshots --query 'DBSnapshots[].[DBSnapshotIdentifier,Status]' --output text",
        f"aws stepfunctions get-execution-history --execution-arn {execution} --query 'events[].type'",
        f"aws s3 ls {evidence}",
        *([f"aws s3 cp {evidence}report.json -"] if reported else []),
        "aws logs describe-log-groups --query 'logGroups[].logGroupName'",
        *map(psql, instances),
    ]


def psql_environment(context: Context) -> list[str]:
    """What makes a shell's psql talk to the engine's servers. Their own psql is as able of TLS as they are."""
    servers = Servers.of(context)
    settings = {
        **{f"PG{name.upper()}": value for name, value in servers.tls_settings().items()},
        "PGPASSFILE": str(context.folder / PASSWORD_FILE),
        "PSQL_PAGER": "",
    }
    return [put_first(servers.programs), FORGET, *exports(settings)]


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
