from __future__ import annotations

import urllib.request
from pathlib import Path

from .helpers import Account


def test_health_and_processes_answer(aws: Account) -> None:
    assert aws.get("/health") == {"status": "ok", "endpoint": aws.engine.endpoint}
    assert isinstance(aws.get("/processes"), list)


def test_the_clock_is_advanced_by_aws_seconds(aws: Account) -> None:
    before = aws.engine.clock.now()
    aws.post("/clock/advance", seconds=600)
    assert 600 <= (aws.engine.clock.now() - before).total_seconds() < 605


def test_a_clock_cannot_go_back(aws: Account) -> None:
    assert aws.post("/clock/advance", seconds=-1)["status"] == 400


def test_the_database_servers_tls_is_told(aws: Account) -> None:
    tls = aws.get("/rds/tls")
    assert (Path(tls["bin"]) / "psql").is_file()
    assert tls["ca"] == (str(aws.engine.state / "rds" / "ca.pem") if tls["tls"] else None)


def test_an_unknown_route_lists_the_known_ones(aws: Account) -> None:
    answer = aws.post("/nothing")
    assert answer["status"] == 404
    assert "POST /schedules/fire" in answer["error"]


def test_a_body_that_is_no_json_object_is_refused(aws: Account) -> None:
    assert aws._control(aws.engine.endpoint, "POST", "/clock/advance", [1])["status"] == 400


def test_only_loopback_is_served(aws: Account) -> None:
    assert aws.engine.endpoint.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(aws.engine.endpoint + "/_engine/health") as answer:
        assert answer.status == 200
