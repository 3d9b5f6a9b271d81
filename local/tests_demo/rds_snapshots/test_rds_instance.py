"""Connections check the server's certificate wherever the server has one."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from demo.context import Context
from demo.output import Output
from demo.rds_snapshots.rds_instance import Instance


@dataclass(frozen=True)
class Told(Context):
    """An engine that says this of its database servers."""

    answer: dict[str, Any] = field(kw_only=True)

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        assert (path, body) == ("/rds/tls", None)
        return self.answer


@pytest.mark.parametrize(
    ("answer", "settings"),
    [
        (
            {"tls": True, "ca": "/state/rds/ca.pem", "bin": "/usr/lib/postgresql/15/bin"},
            {"sslmode": "verify-full", "sslrootcert": "/state/rds/ca.pem"},
        ),
        ({"tls": False, "ca": None, "bin": "/wheel/bin"}, {"sslmode": "disable"}),
    ],
)
def test_tls_is_what_the_engine_says(
    answer: dict[str, Any], settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(psycopg, "connect", lambda **arguments: asked.append(arguments))
    context = Told("http://localhost", Path(), 1, Output(io.StringIO()), answer=answer)
    Instance("shop-production", "localhost", 5432, "secret", 0).connect(context)
    [arguments] = asked
    assert {name: value for name, value in arguments.items() if name.startswith("ssl")} == settings
