"""One engine for all tests: moto's state is global, so a process has one."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from wrasse_local.engine import Engine
from wrasse_local.server import Server

from .delivery_streams import Archive
from .helpers import Account


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    image = tmp_path_factory.mktemp("image") / "task"
    image.write_text(TASK)
    image.chmod(0o755)
    server = Server(tmp_path_factory.mktemp("state"), images={"team/task": image})
    server.start()
    yield server.engine
    server.stop()


@pytest.fixture
def aws(engine: Engine) -> Account:
    return Account(engine, control)


@pytest.fixture
def archive(aws: Account) -> Iterator[Archive]:
    made = Archive(aws)
    yield made
    made.clean_up()


def control(endpoint: str, method: str, path: str, body: object = None) -> Any:
    request = urllib.request.Request(
        f"{endpoint}/_engine{path}", method=method, data=json.dumps(body).encode() if method == "POST" else None
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        return {"status": refusal.code, **json.load(refusal)}


TASK = """#!/bin/sh
echo "words: $@"
echo "mode: $MODE, endpoint: $AWS_ENDPOINT_URL, bundle: $RDS_CA_BUNDLE"
case "$MODE" in
  fail) echo "no" >&2; exit 3 ;;
  sleep) exec sleep 60 ;;
  talk) while true; do echo again; sleep 0.05; done ;;
esac
"""
