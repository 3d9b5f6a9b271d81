"""The measurements of `make bench`, on programs of known behaviour."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from pathlib import Path

import pytest

from bench import binaries
from bench.binaries import Binary, StartFailed

FIRST_REQUEST = """
import os, socket, sys, time
{before}
host, _, port = os.environ["AWS_LAMBDA_RUNTIME_API"].partition(":")
api = socket.create_connection((host, int(port)))
api.sendall(b"GET {path} HTTP/1.1\\r\\nhost: localhost\\r\\n\\r\\n")
time.sleep(60)
"""


def program(folder: Path, source: str, name: str = "bootstrap") -> Path:
    path = folder / name
    path.write_text(f"#!{sys.executable} -SE\n{source}")
    path.chmod(0o755)
    return path


def polling(folder: Path, before: str = "", path: str = binaries.POLL) -> Binary:
    bootstrap = program(folder, FIRST_REQUEST.format(before=before, path=path))
    return Binary("polling", bootstrap, [], {}, polls=True)


def test_the_time_ends_with_the_first_poll_and_memory_is_the_peak(tmp_path: Path) -> None:
    binary = polling(tmp_path, before="time.sleep(0.2); memory = b'x' * (64 * 1024 * 1024); del memory")
    binaries.measure([binary], rounds=2, warm_up_rounds=1)
    result = binary.result()
    assert 200 < result["first_poll_ms"] < 5_000
    assert result["rss_kib"] > 64 * 1024
    assert len(binary.milliseconds) == 2


def test_a_task_has_no_first_poll_but_memory(tmp_path: Path) -> None:
    task = Binary("task", polling(tmp_path, path="/bucket/rules.yaml").path, ["run"], {}, polls=False)
    binaries.measure([task], rounds=1, warm_up_rounds=0)
    assert task.result()["first_poll_ms"] is None
    assert task.result()["rss_kib"] > 0


def test_a_function_that_asks_for_something_else_first_is_not_measured(tmp_path: Path) -> None:
    with pytest.raises(StartFailed, match="GET /elsewhere"):
        binaries.measure([polling(tmp_path, path="/elsewhere")])


def test_a_function_that_ends_at_its_start_is_told_with_its_words(tmp_path: Path) -> None:
    ending = Binary("ending", program(tmp_path, "raise SystemExit('TABLE is not set')"), [], {}, polls=True)
    with pytest.raises(StartFailed, match="ending made no request; it said: TABLE is not set"):
        binaries.measure([ending])


TEMPLATE = """
Parameters:
  KeepFinalSnapshots: { Default: 7 }
  RulesS3Uri: { Default: "" }
Resources:
  Bucket: { Type: AWS::S3::Bucket }
  RdsSnapshotStepFunction:
    Type: AWS::Serverless::Function
    Metadata: { BuildProperties: { Binary: rds-snapshot-step } }
    Properties:
      Environment:
        Variables:
          KEEP: !Ref KeepFinalSnapshots
          RULES: !Ref RulesS3Uri
          BUCKET: !Ref Bucket
          QUEUE: !GetAtt Queue.Arn
          FIXED: "yes"
"""


def test_words_before_the_first_poll_do_not_matter(tmp_path: Path) -> None:
    binaries.measure([polling(tmp_path, before="import sys; print('starting', file=sys.stderr, flush=True)")], rounds=1)


def test_a_process_that_ends_when_its_connection_closes_is_still_there_to_be_measured(tmp_path: Path) -> None:
    source = FIRST_REQUEST.format(before="", path=binaries.POLL).replace("time.sleep(60)", "api.recv(1)")
    binaries.measure([Binary("ending", program(tmp_path, source), [], {}, polls=True)], rounds=5)


def test_functions_and_tasks_are_told_apart_by_the_templates(tmp_path: Path) -> None:
    (tmp_path / "stack.yaml").write_text(TEMPLATE)
    for name in ("rds-snapshot-step", "rds-sanitizer"):
        (tmp_path / name).mkdir()
        program(tmp_path / name, "")
    task, function = binaries.binaries(tmp_path, tmp_path)
    assert (task.name, task.polls, task.arguments) == ("rds-sanitizer", False, ["run"])
    assert (function.name, function.polls, function.arguments) == ("rds-snapshot-step", True, [])
    assert function.environment == {
        "KEEP": "7",
        "RULES": "s3://bench/rules.yaml",
        "BUCKET": "bench",
        "QUEUE": "bench",
        "FIXED": "yes",
    }


def test_a_function_that_was_not_built_is_named(tmp_path: Path) -> None:
    (tmp_path / "stack.yaml").write_text(TEMPLATE)
    with pytest.raises(StartFailed, match="rds-snapshot-step"):
        binaries.binaries(tmp_path, tmp_path)


def test_the_zip_is_a_deployment_package_deflated_as_far_as_it_goes(tmp_path: Path) -> None:
    path = program(tmp_path, "pass\n" * 10_000)
    package = tmp_path / "package.zip"
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.write(path, "bootstrap")
    assert binaries.zipped_size(path) == os.path.getsize(package) < os.path.getsize(path) / 10


def test_the_architecture_that_was_measured_is_named(tmp_path: Path) -> None:
    binary = polling(tmp_path)
    binaries.measure([binary], rounds=1, warm_up_rounds=0)
    assert binary.result()["architecture"] == binaries.ARCHITECTURE
    header, line = binaries.table([binary.result()]).splitlines()
    assert "built for" in header
    assert binaries.ARCHITECTURE in line


def test_release_binaries_are_measured_where_cargo_puts_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stack.yaml").write_text(TEMPLATE)
    built = tmp_path / "target" / "lambda" / "rds-snapshot-step"
    built.mkdir(parents=True)
    polling(built)
    output = tmp_path / "binaries.json"
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path / "target"))
    words = ["--templates", str(tmp_path), "--output", str(output), "--rounds", "1"]
    monkeypatch.setattr(sys, "argv", ["bench.binaries", *words])
    assert binaries.main() == 0
    [result] = json.loads(output.read_text())
    assert (result["name"], result["architecture"]) == ("rds-snapshot-step", binaries.ARCHITECTURE)
    assert f"this machine's architecture, {binaries.ARCHITECTURE};" in capsys.readouterr().out
