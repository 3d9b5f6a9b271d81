"""What is compared: five programs of the same words and the same output, and a check that they do the same work.

`FILE SECONDS` measures: FILE is an event, and the output is `{"events", "cpu_seconds", "wall_seconds", "peak_mib"}` and
more. `events` are those answered; the time is the process's own, over them alone, once it is warm. `FILE` writes the
answer. Ours answers only as it ships, through the Runtime API, and the floor has none.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

RIVALS = Path(__file__).parent / "rivals"
OURS = "wrasse"
FLOOR = "floor"
# As a stack without parameters has it, but without partition keys, which no other implementation has.
ENVIRONMENT = {
    "FORMAT": "raw",
    "NEWLINES": "keep",
    "PARTITION_BY": "none",
    "SOURCE_ARN": "arn:aws:kinesis:us-east-1:123456789012:stream/bench",
    "PYTHONPATH": str(Path(__file__).parents[2]),
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
}


class NotComparable(Exception):
    """A program that is missing or fails, or answers that differ."""


@dataclass(frozen=True)
class Contender:
    """A program and the words before the common ones."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """What a program measured of itself."""

    events: int
    cpu_seconds: float
    wall_seconds: float
    peak_mib: float


def contenders(examples: Path) -> list[Contender]:
    """All of them, in the order in which they take turns."""
    node = shutil.which("node")
    if node is None:
        raise NotComparable("node is missing: `apt-get install nodejs` or `brew install node@20`")
    missing = [name for name in ("throughput", "naive", "floor") if not (examples / name).is_file()]
    if missing:
        raise NotComparable(
            f"not in {examples}: {', '.join(missing)}; `cargo build --release -p log-decoder --examples` builds them"
        )
    return [
        Contender(OURS, (str(examples / "throughput"),)),
        # Without site-packages, so that they cost it neither time nor memory.
        Contender("python", (sys.executable, "-SB", str(RIVALS / "throughput.py"))),
        Contender("node", (node, str(RIVALS / "throughput.mjs"))),
        Contender("naive", (str(examples / "naive"),)),
        Contender(FLOOR, (str(examples / "floor"),)),
    ]


def run(contender: Contender, event: Path, seconds: float, threads: int = 1) -> Run:
    """Runs one of them for `seconds` and its warm-up."""
    words = [str(event), str(seconds)] + ([str(threads)] if threads > 1 else [])
    output = output_of(contender, words)
    try:
        line = json.loads(output)
        return Run(line["events"], line["cpu_seconds"], line["wall_seconds"], line["peak_mib"])
    except (ValueError, KeyError) as error:
        raise NotComparable(f"{contender.name} printed no measurement but: {output[:200]!r}") from error


def answer(contender: Contender, event: Path) -> bytes:
    """What one of them answers."""
    return output_of(contender, [str(event)])


def output_of(contender: Contender, words: list[str]) -> bytes:
    """What a program prints, if it does not fail."""
    process = subprocess.run([*contender.command, *words], env=ENVIRONMENT, capture_output=True)
    if process.returncode != 0:
        said = process.stderr.decode(errors="replace").strip()[-2000:]
        raise NotComparable(f"{contender.name} failed with {process.returncode}: {said}")
    return process.stdout


def same_answers(answers: dict[str, bytes]) -> None:
    """Refuses answers that differ from the first in a record's id, result or lines.

    An event whose lines do not fit an answer is refused so, too: ours puts records back where the others fail.
    """
    (first, expected), *others = ((name, decoded(content)) for name, content in answers.items())
    for name, found in others:
        if len(found) != len(expected):
            raise NotComparable(f"{name} answers {len(found)} records, {first} {len(expected)}")
        for one, other in zip(expected, found, strict=True):
            if one != other:
                raise NotComparable(
                    f"{name} and {first} answer differently: {other[0]} {other[1]} with {len(other[2])} bytes of "
                    f"lines, {one[0]} {one[1]} with {len(one[2])}"
                )


def decoded(answer: bytes) -> list[tuple[str, str, bytes]]:
    """Each record's id, result and lines."""
    return [
        (record["recordId"], record["result"], base64.b64decode(record.get("data") or ""))
        for record in json.loads(answer)["records"]
    ]
