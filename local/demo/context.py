"""What every system's demo is given: where the engine is, and where to say and keep things."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from demo.output import Output

CONTROL_TIMEOUT_SECONDS = 60
REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "target" / "demo"


class DemoFailed(Exception):
    """The demo can't go on; the message says what was attempted and what to do."""


@dataclass(frozen=True)
class Context:
    """One run of the demo. AWS clients find the engine by AWS_ENDPOINT_URL, as those of any tool would."""

    endpoint: str
    state: Path
    """The engine's state folder."""
    scale: float
    """How much data the systems make up: 1 is what each of them shows to users."""
    output: Output
    repository: Path = REPOSITORY
    folder: Path = FOLDER
    """Where the demo leaves its files."""
    look_around: list[str] = field(default_factory=list)
    """Commands for who keeps the engine running, added by each system."""
    watch: Stopwatch = field(default_factory=lambda: Stopwatch())
    """Runs since the engine's start."""

    def client(self, service: str, account: str | None = None) -> Any:
        """An ordinary AWS client: of the central account, or of another by keys that the engine knows as its own."""
        return boto3.client(service, **({} if account is None else keys(account)))

    def scaled(self, number: int) -> int:
        """So many at scale 1."""
        return max(1, round(number * self.scale))

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Asks the engine for what AWS has no call for, such as letting time pass: POST with a body, else GET."""
        request = urllib.request.Request(
            f"{self.endpoint}/_engine{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=CONTROL_TIMEOUT_SECONDS) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise DemoFailed(f"the engine refused {path}: {error.read().decode(errors='replace')}") from error


def keys(account: str) -> dict[str, str]:
    """Credentials that stand for an account: the engine reads the account from them, and AWS takes none of them."""
    return {"aws_access_key_id": f"AKIA{account}WRAS", "aws_secret_access_key": "demo"}


class Stopwatch:
    """Seconds of real time since it was made, or since `begin` on the clock that all processes of a machine share."""

    def __init__(self, begin: float | None = None) -> None:
        self.begin = time.monotonic() if begin is None else begin

    @property
    def seconds(self) -> float:
        """Rounded to milliseconds."""
        return round(time.monotonic() - self.begin, 3)
