"""The measurements of `make bench-decoder`: inputs, rivals, figures, on programs of known behaviour."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bench.binaries import StartFailed
from bench.decoder import harness, inputs, report, runtime_api
from bench.decoder.contenders import RIVALS, Contender, NotComparable, Run, answer, decoded, run, same_answers
from bench.decoder.lines import KINDS
from bench.decoder.rivals.handler import handler

PYTHON = Contender("python", (sys.executable, "-SB", str(RIVALS / "throughput.py")))


def messages(event: dict[str, Any]) -> list[bytes]:
    return [gzip.decompress(base64.b64decode(record["data"])) for record in event["records"]]


@pytest.mark.parametrize("name", inputs.USUAL)
def test_an_input_is_within_lambdas_bounds_and_all_of_it_fits_an_answer(name: str) -> None:
    event = inputs.event(name)
    assert len(inputs.as_json(event)) < inputs.INVOCATION_BYTES
    answer = json.dumps(handler(event, None), separators=(",", ":"))
    assert len(answer) < inputs.INVOCATION_BYTES
    assert {record["result"] for record in json.loads(answer)["records"]} == {"Ok"}


@pytest.mark.parametrize("name", ["mixed-1mb", "mixed-4mb", "event-1mb"])
def test_mixed_records_are_of_5_to_200_kb_and_compress_5_to_10_times(name: str) -> None:
    event = inputs.event(name)
    sizes = [len(message) for message in messages(event)]
    # What was begun with the last event is finished.
    assert 5_000 <= min(sizes) <= max(sizes) < 205_000
    assert 5 < inputs.shape(inputs.as_json(event)).ratio < 10


def test_the_inputs_are_what_their_names_say() -> None:
    shapes = {name: inputs.shape(inputs.as_json(inputs.event(name))) for name in inputs.USUAL}
    assert 1_000_000 <= shapes["mixed-1mb"].message_bytes < 1_010_000
    assert 4_000_000 <= shapes["mixed-4mb"].message_bytes < 4_010_000
    assert 1_000_000 < shapes["event-1mb"].event_bytes < 1_100_000
    assert shapes["incompressible"].ratio < 1.6
    assert shapes["tiny-4000"].records == shapes["tiny-4000"].log_events == 4_000
    [escape, unicode, mixed] = [b"".join(messages(inputs.event(name))) for name in ("escape", "unicode", "mixed-1mb")]
    assert escape.count(b"\\") > 3 * mixed.count(b"\\") > 50_000
    assert sum(byte >= 0x80 for byte in unicode) > len(unicode) / 4
    assert b"\\u" in unicode


def test_the_same_seed_makes_the_same_messages() -> None:
    # The figures in docs/performance.md are those of these messages: a change here asks for new ones.
    digest = hashlib.sha256(b"\n".join(messages(inputs.event("mixed-1mb")))).hexdigest()
    assert digest == "f0b961b89d6e80377fd89bc1a8c2c5897ec55da5b9d9e2546e562d7941698612"


@pytest.mark.parametrize("kind", KINDS)
def test_messages_look_like_those_of_cloudwatch_logs(kind: str) -> None:
    text = inputs.message(Random(1), kind, 20_000)
    message = json.loads(text)
    assert list(message) == [
        "messageType",
        "owner",
        "logGroup",
        "logStream",
        "subscriptionFilters",
        "logEvents",
    ]
    # Without spaces between tokens, as they come.
    assert len(text) == len(json.dumps(message, separators=(",", ":"), ensure_ascii=KINDS[kind].escaped).encode())
    ids = [event["id"] for event in message["logEvents"]]
    times = [event["timestamp"] for event in message["logEvents"]]
    assert len(set(ids)) == len(ids)
    assert {len(event_id) for event_id in ids} == {56}
    assert times == sorted(times)
    assert [int(event_id) >> 144 for event_id in ids] == times


def data_message(*texts: str, **changed: object) -> bytes:
    events = [{"id": str(number), "timestamp": 1_000 + number, "message": text} for number, text in enumerate(texts)]
    head = {"messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "/g", "logStream": "s"}
    return json.dumps(head | {"subscriptionFilters": [], "logEvents": events} | changed).encode()


MESSAGES = [
    data_message("plain", "ends\n", "ends twice\n\n", "two\nlines", "", "ä\t\U0001f4e6"),
    data_message("checking", messageType="CONTROL_MESSAGE"),
    data_message("unknown", messageType="SOMETHING_ELSE"),
    b"no JSON",
]
EXPECTED = [
    (
        "Ok",
        "/g:s\t1000\tplain\n/g:s\t1001\tends\n/g:s\t1002\tends twice\n\n/g:s\t1003\ttwo\nlines\n/g:s\t1004\t\n"
        "/g:s\t1005\tä\t\U0001f4e6\n",
    ),
    ("Dropped", ""),
    ("ProcessingFailed", ""),
    ("ProcessingFailed", ""),
]


def test_pythons_lines_are_the_expected_ones() -> None:
    event = inputs.of(MESSAGES)
    answers = decoded(json.dumps(handler(event, None)).encode())
    assert [(result, lines.decode()) for _, result, lines in answers] == EXPECTED
    assert [record_id for record_id, _, _ in answers] == [record["recordId"] for record in event["records"]]


def test_node_answers_the_same_as_python(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_bytes(inputs.as_json(inputs.of(MESSAGES)))
    node = Contender("node", ("node", str(RIVALS / "throughput.mjs")))
    found = {rival.name: answer(rival, file) for rival in (PYTHON, node)}
    same_answers(found)
    assert [(result, lines.decode()) for _, result, lines in decoded(found["node"])] == EXPECTED
    for rival in (PYTHON, node):
        assert run(rival, file, 0.01).events > 0


def contender(folder: Path, name: str, source: str) -> Contender:
    program = folder / f"{name}.py"
    program.write_text(f"import json, sys\n{source}")
    return Contender(name, (sys.executable, "-SE", str(program)))


LINE = 'print(json.dumps({"events": 3, "cpu_seconds": 2.0, "wall_seconds": 2.5, "peak_mib": 7.5}))'


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise SystemExit('no such event')", "one failed with 1: no such event"),
        ("print('hello')", "one printed no measurement but: b'hello"),
        ("print('{}')", "one printed no measurement"),
    ],
)
def test_a_program_that_fails_is_told_with_its_words(tmp_path: Path, source: str, said: str) -> None:
    with pytest.raises(NotComparable, match=said):
        run(contender(tmp_path, "one", source), tmp_path, 1)


def one_record(result: str, lines: bytes) -> bytes:
    data = base64.b64encode(lines).decode()
    return json.dumps({"records": [{"recordId": "1", "result": result, "data": data}]}).encode()


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (one_record("Ok", b"b\n"), "other and one answer differently: 1 Ok with 2 bytes of lines, 1 Ok with 2"),
        (one_record("Dropped", b""), "1 Dropped with 0 bytes of lines, 1 Ok with 2"),
        (b'{"records":[]}', "other answers 0 records, one 1"),
    ],
)
def test_programs_that_answer_differently_are_not_compared(other: bytes, said: str) -> None:
    same_answers({"one": one_record("Ok", b"a\n"), "same": one_record("Ok", b"a\n")})
    with pytest.raises(NotComparable, match=said):
        same_answers({"one": one_record("Ok", b"a\n"), "other": other})


def test_programs_take_turns(tmp_path: Path) -> None:
    log = tmp_path / "log"
    note = f"open({str(log)!r}, 'a').write(' '.join(sys.argv[1:]) + ' NAME\\n')\n{LINE}"
    both = [contender(tmp_path, name, note.replace("NAME", name)) for name in ("one", "other")]
    runs = harness.measure(both, Path("event"), rounds=2, seconds=5)
    assert log.read_text().splitlines() == ["event 5 one", "event 5 other"] * 2
    assert runs == {name: [Run(3, 2.0, 2.5, 7.5)] * 2 for name in ("one", "other")}


def test_two_threads_are_compared_by_the_clock(tmp_path: Path) -> None:
    source = "two = sys.argv[3:] == ['2']\n" + LINE.replace("3,", "(5 if two else 3),").replace("2.5", "2.5")
    assert harness.two_threads(contender(tmp_path, "one", source), tmp_path, 3, 1) == pytest.approx(5 / 3)


def test_figures_are_medians_of_the_rounds_and_ratios_of_cpu_time() -> None:
    runs = {
        # 1 MB of messages: 100, 1,000 and 900 MB a CPU second.
        "wrasse": [Run(100, 1.0, 9.0, 10.0), Run(1_000, 1.0, 1.0, 20.0), Run(1_800, 2.0, 2.0, 12.0)],
        "python": [Run(90, 1.0, 1.0, 45.0)] * 3,
        "node": [Run(100, 1.0, 1.0, 181.0)] * 3,
        "naive": [Run(225, 1.0, 1.0, 9.0)] * 3,
        "floor": [Run(1_200, 1.0, 1.0, 5.0)] * 3,
    }
    assert report.figures(runs, 1_000_000) == {
        "mb_per_s": 900.0,
        "vs_python": 10.0,
        "vs_node": 9.0,
        "vs_naive": 4.0,
        "of_floor": 0.75,
        "peak_mib": 12.0,
    }
    assert report.rivals(runs, 1_000_000)["wrasse"] == {"mb_per_s": 900.0, "spread": 0.1, "peak_mib": 12.0}


def test_goals_are_missed_just_below_and_reached_at_them() -> None:
    reached = {"mb_per_s": 1e3, "vs_python": 10.0, "vs_node": 8.0, "vs_naive": 3.5, "of_floor": 0.65, "peak_mib": 40.0}
    missed = reached | {"vs_python": 9.99, "vs_node": 7.99, "vs_naive": 3.49, "of_floor": 0.649}
    through = {
        "ms": 1.0,
        "python_ms": 8.0,
        "of_python": 0.125,
        "cpu_of_python": 0.1,
        "peak_mib": 40.0,
        "answer_mb": 1.2,
    }
    good = report.goals({"mixed-1mb": reached, "tiny": reached | {"of_floor": 0.55}}, {"mixed-1mb": through}, 1.7)
    assert [goal.text for goal in good if not goal.reached] == []
    slow = through | {"of_python": 0.126, "peak_mib": 40.1}
    bad = report.goals({"mixed-1mb": missed, "tiny": missed | {"of_floor": 0.549}}, {"mixed-1mb": slow}, 1.69)
    assert [goal.text for goal in bad if goal.reached] == []
    assert len(good) == len(bad) == 8


def test_the_tables_have_a_line_for_each_input() -> None:
    result = {"mb_per_s": 1e3, "vs_python": 10.0, "vs_node": 8.0, "vs_naive": 3.5, "of_floor": 0.655, "peak_mib": 9.5}
    through = {
        "ms": 1.0,
        "python_ms": 8.0,
        "of_python": 0.125,
        "cpu_of_python": 0.1,
        "peak_mib": 40.0,
        "answer_mb": 1.2,
    }
    title, line = report.table({"unicode": result}).splitlines()
    assert title.split() == ["MB/s", "Python", "Node", "naive", "of", "floor", "peak"]
    assert line.split() == ["unicode", "1,000", "10.0x", "8.0x", "3.5x", "66%", "9.5", "MiB"]
    assert report.through_table({"unicode": through}).splitlines()[1].split()[:4] == ["unicode", "1.00", "ms", "8.00"]


def test_invocations_are_timed_through_a_runtime_api_socket() -> None:
    python = Contender("python", (sys.executable, "-SB", str(RIVALS / "bootstrap.py")))
    event = inputs.of(MESSAGES)
    measured = runtime_api.measure([python], inputs.as_json(event), rounds=2, seconds=0.05)["python"]
    assert len(measured.milliseconds) == len(measured.peak_kib) == 2
    assert 0 < measured.median() < 1_000
    assert 0 < measured.cpu_median() < 1_000
    found = runtime_api.answer(python, inputs.as_json(event))
    assert decoded(found) == decoded(json.dumps(handler(event, None)).encode())


def test_a_function_that_answers_with_an_error_is_told() -> None:
    python = Contender("python", (sys.executable, "-SB", str(RIVALS / "bootstrap.py")))
    with pytest.raises(
        StartFailed, match=r"python through the Runtime API: it has ended; it said: (?s:.*)KeyError: 'records'"
    ):
        runtime_api.measure([python], b"{}", rounds=1, seconds=0.05)


def test_what_the_function_that_ships_takes_is_a_part_of_pythons_time() -> None:
    ours = runtime_api.Through([1.0, 9.0, 1.5], [0.9, 0.8, 1.0], [1024, 3072, 2048])
    python = runtime_api.Through([12.0], [9.0], [9999])
    assert runtime_api.figures({"wrasse": ours, "python": python}) == {
        "ms": 1.5,
        "python_ms": 12.0,
        "of_python": 0.125,
        "cpu_ms": 0.9,
        "cpu_of_python": 0.1,
        "peak_mib": 3.0,
    }
