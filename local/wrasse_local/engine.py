"""What every module of the engine is given: its state folder, clock, child processes, and control routes."""

from __future__ import annotations

import copy
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from .clock import Clock
from .processes import Children

ACCOUNT = "123456789012"
REGION = "us-east-1"
ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
LONG_POLL_SECONDS = 900
LOOPBACK = "127.0.0.1,localhost"
# What the engine's own clients have in their user agent: `calls` leaves them alone.
OWN_CLIENT = "wrasse-local/own"
NO_FILES = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}

ControlRoute = Callable[[dict[str, Any]], object]


class ControlError(Exception):
    """A control route's refusal: an HTTP status and a message that says what to do."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass
class Engine:
    """One engine, as seen from one account and region.

    moto's backends are module globals, so a process has one engine at most.
    """

    state: Path
    clock: Clock
    children: Children
    images: dict[str, Path]
    endpoint: str
    time_scale: float = 0.0
    control: dict[tuple[str, str], ControlRoute] = field(default_factory=dict)
    at_stop: list[Callable[[], None]] = field(default_factory=list)
    account: str = ACCOUNT
    region: str = REGION
    _clients: dict[tuple[str, str, str], Any] = field(default_factory=dict, init=False, repr=False)
    _sessions: dict[tuple[str, str], Any] = field(default_factory=dict, init=False, repr=False)
    _clients_lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def folder(self, *names: str) -> Path:
        """A folder below the state folder, made when it is not there."""
        path = self.state.joinpath(*names)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def of(self, account: str) -> Engine:
        """The same engine, seen from an account: its clients and its environment are that account's."""
        view = copy.copy(self)
        view.account = account
        return view

    def at(self, region: str) -> Engine:
        """The same engine, seen from a region: its clients and its environment are that region's."""
        view = copy.copy(self)
        view.region = region
        return view

    def client(self, service: str) -> Any:
        """A boto3 client of the engine itself: how one of its services calls another. One per service, shared."""
        key = (self.account, self.region, service)
        with self._clients_lock:
            if key not in self._clients:
                self._clients[key] = self._session().client(
                    service,
                    endpoint_url=self.endpoint,
                    config=Config(
                        retries={"total_max_attempts": 1},
                        read_timeout=LONG_POLL_SECONDS,
                        max_pool_connections=50,
                        parameter_validation=True,
                        user_agent_extra=OWN_CLIENT,
                    ),
                )
            return self._clients[key]

    def _session(self) -> Any:
        key = (self.account, self.region)
        if key not in self._sessions:
            self._sessions[key] = boto3.Session(
                aws_access_key_id=access_key(self.account), aws_secret_access_key=SECRET_KEY, region_name=self.region
            )
        return self._sessions[key]

    def slept(self, seconds: float) -> float:
        """How long a wait of so many of AWS's seconds really takes; the rest of it is the clock's to skip."""
        return seconds * self.time_scale

    def skip(self, seconds: float) -> None:
        """Advances the clock by what `slept` leaves of a wait."""
        self.clock.advance(max(0.0, seconds - self.slept(seconds)))

    def environment(self) -> dict[str, str]:
        """What makes an AWS SDK of a child process talk to this engine and to nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": access_key(self.account),
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_EC2_METADATA_DISABLED": "true",
            **NO_FILES,
            "NO_PROXY": LOOPBACK,
            "no_proxy": LOOPBACK,
        }


def access_key(account: str) -> str:
    """An access key of the account; `accounts` reads it."""
    return ACCESS_KEY if account == ACCOUNT else f"AKIA{account}WRAS"


def without_users_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without its user's AWS settings: a profile or an endpoint there would lead out of the engine.

    A proxy stays, and loopback is reached without it.
    """
    kept = {key: value for key, value in environment.items() if not key.startswith("AWS_")}
    unproxied = kept.get("no_proxy") or kept.get("NO_PROXY")
    unproxied = f"{unproxied},{LOOPBACK}" if unproxied else LOOPBACK
    return {**kept, **NO_FILES, "NO_PROXY": unproxied, "no_proxy": unproxied}
