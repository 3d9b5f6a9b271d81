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
    people: int
    output: Output
    repository: Path = REPOSITORY
    folder: Path = FOLDER
    """Where the demo leaves its files."""
    look_around: list[str] = field(default_factory=list)
    """Commands for who keeps the engine running, added by each system."""
    watch: Stopwatch = field(default_factory=lambda: Stopwatch())
    """Runs since the engine's start."""

    def client(self, service: str) -> Any:
        """An ordinary AWS client."""
        return boto3.client(service)

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


class Stopwatch:
    """Seconds of real time since it was made, or since `begin` on the clock that all processes of a machine share."""

    def __init__(self, begin: float | None = None) -> None:
        self.begin = time.monotonic() if begin is None else begin

    @property
    def seconds(self) -> float:
        """Rounded to milliseconds."""
        return round(time.monotonic() - self.begin, 3)
