"""What the RDS tests share: an engine of their own in another process, and words for what they do with it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest
from botocore.exceptions import ClientError

LOCAL = Path(__file__).resolve().parents[2]
MASTER = "shop_owner"
PASSWORD = "correct-horse-battery"
STOP_SECONDS = 20
LONGEST_CHANGE = 1000


class RunningEngine:
    """An engine in a process of its own, in a state folder that PostgreSQL's user may enter, or not."""

    def __init__(self, *, open_to_others: bool) -> None:
        self.state = Path(tempfile.mkdtemp(prefix="wrasse-test-"))
        self.state.chmod(0o711 if open_to_others else 0o700)
        command = [sys.executable, "-m", "wrasse_local", "serve", "--state", str(self.state)]
        self.process = subprocess.Popen(command, cwd=LOCAL, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("ready "), f"the engine did not start: {line!r}"
        self.endpoint = line.removeprefix("ready ").strip()

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    @property
    def rds(self) -> Any:
        return self.client("rds")

    @property
    def ca(self) -> Path:
        return self.state / "rds" / "ca.pem"

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """A control route: POST with a body, GET without one."""
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.endpoint}/_engine{path}", data)) as answer:
            return json.load(answer)

    def advance(self, seconds: float) -> None:
        self.control("/clock/advance", {"seconds": seconds})

    def status(self, instance: str) -> str:
        return str(self.describe(instance)["DBInstanceStatus"])

    def describe(self, instance: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.rds.describe_db_instances(DBInstanceIdentifier=instance)["DBInstances"][0]
        return answer

    def snapshot(self, name: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.rds.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"][0]
        return answer

    def create_instance(self, name: str, **parameters: Any) -> dict[str, Any]:
        """Creates an instance with a database `shop`, without backups, and lets the time pass that it takes."""
        request: dict[str, Any] = {
            "DBInstanceIdentifier": name,
            "DBInstanceClass": "db.t4g.micro",
            "Engine": "postgres",
            "MasterUsername": MASTER,
            "MasterUserPassword": PASSWORD,
            "DBName": "shop",
            "AllocatedStorage": 20,
            "BackupRetentionPeriod": 0,
        }
        self.rds.create_db_instance(**{key: value for key, value in {**request, **parameters}.items() if value != ""})
        self.advance(LONGEST_CHANGE)
        return self.describe(name)

    def create_subnets(self, zones: str) -> tuple[str, list[str]]:
        """A new VPC with a subnet in each zone (`"ab"`: in us-east-1a and us-east-1b): their ids."""
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
        requests = [
            {"VpcId": vpc, "CidrBlock": f"10.7.{number}.0/24", "AvailabilityZone": f"us-east-1{zone}"}
            for number, zone in enumerate(zones)
        ]
        return vpc, [ec2.create_subnet(**request)["Subnet"]["SubnetId"] for request in requests]

    def create_snapshot(self, instance: str, name: str, **parameters: Any) -> dict[str, Any]:
        self.rds.create_db_snapshot(DBInstanceIdentifier=instance, DBSnapshotIdentifier=name, **parameters)
        self.advance(LONGEST_CHANGE)
        return self.snapshot(name)

    def restore(self, snapshot: str, name: str, **parameters: Any) -> dict[str, Any]:
        self.rds.restore_db_instance_from_db_snapshot(
            DBSnapshotIdentifier=snapshot, DBInstanceIdentifier=name, **parameters
        )
        self.advance(LONGEST_CHANGE)
        return self.describe(name)

    def connect(self, instance: str, password: str = PASSWORD, **options: Any) -> psycopg.Connection[Any]:
        """A connection as a client of RDS makes it: TLS, with the server's name checked."""
        endpoint = self.describe(instance)["Endpoint"]
        arguments: dict[str, Any] = {
            "host": endpoint["Address"],
            "port": endpoint["Port"],
            "user": MASTER,
            "password": password,
            "dbname": "shop",
            "sslmode": "verify-full",
            "sslrootcert": str(self.ca),
            "autocommit": True,
        }
        return psycopg.connect(**{**arguments, **options})

    def watch_postgres(self) -> list[int]:
        """A pidfd for every process that runs on this engine's database folders."""
        servers = (self.state / "rds" / "servers").resolve()
        watched = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if servers in (folder / "cwd").resolve(strict=True).parents:
                    watched.append(os.pidfd_open(int(folder.name)))
        return watched

    @staticmethod
    def all_end(watched: list[int]) -> bool:
        return all(select.select([process], [], [], STOP_SECONDS)[0] for process in watched)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(STOP_SECONDS)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(STOP_SECONDS)
        shutil.rmtree((self.state / "rds" / "servers").resolve(), ignore_errors=True)
        shutil.rmtree(self.state, ignore_errors=True)
        return code


@contextlib.contextmanager
def running_engine(*, open_to_others: bool = True) -> Iterator[RunningEngine]:
    engine = RunningEngine(open_to_others=open_to_others)
    try:
        yield engine
    finally:
        engine.stop()


def refusal(call: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
    """The code and message of the error that a call must end with."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def code_of(call: Callable[..., Any], **parameters: Any) -> str:
    return refusal(call, **parameters)[0]


def new_name(prefix: str = "db") -> str:
    return f"{prefix}-{uuid.uuid4().hex[:10]}"


def one_value(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]
