"""The shell that a build's commands share: each finds the environment and the folder that the one before it left.

AWS: version 0.2 of the buildspec "runs all build commands in the same instance of the default shell":
https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec-ref-versions
CodeBuild's agent does it by a script for each command, which keeps its environment and folder in files. So do we:
functions, aliases and options of the shell do not last. A variable's value is never part of a script's text.
"""

from __future__ import annotations

import json
import os
import select
import shlex
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from .codebuild_records import FAULT
from .engine import Engine
from .processes import Child

AGENT = Path(__file__).with_name("codebuild_agent.py")
LOOK_SECONDS = 0.1
# `set -a` makes every variable that a command sets one of the environment, as CodeBuild's agent does.
SCRIPT = """set -a
{command}
CODEBUILD_LAST_EXIT=$?
{env} -0 > {environment}
pwd > {directory}
exit $CODEBUILD_LAST_EXIT
"""


class Interrupted(Exception):
    """The build is to end now, with that status."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class CommandFailed(Exception):
    """A command that did not exit successfully; the text says how."""


class Shell:
    """`look` is called while a command runs, many times a second, and may raise Interrupted."""

    def __init__(self, engine: Engine, folder: Path, output: Path, name: str, look: Callable[[], None]) -> None:
        self._engine, self._folder, self._output, self._name, self._look = engine, folder, output, name, look
        self._child: Child | None = None
        self._pipes: list[int] = []
        self.environment: dict[str, str] = {}
        self.directory = folder
        self.program = "sh"

    def start(self) -> None:
        for pipe in ("commands", "answers"):
            os.mkfifo(self._folder / pipe)
            # Both ends: it opens at once, and an agent that died is no broken pipe.
            self._pipes.append(os.open(self._folder / pipe, os.O_RDWR | os.O_NONBLOCK))
        self._child = self._engine.children.spawn(
            [sys.executable, "-I", "-S", AGENT, self._folder],
            name=f"codebuild {self._name}",
            env={},
            cwd=self._folder,
            stdout=self._output,
            death_signal=signal.SIGTERM,
        )

    def run(self, command: str) -> None:
        """Raises CommandFailed, and Interrupted."""
        kept_environment, kept_directory = self._folder / "environment", self._folder / "directory"
        script = self._folder / "script.sh"
        for kept in (kept_environment, kept_directory):
            kept.unlink(missing_ok=True)
        text = SCRIPT.format(
            command=command,
            env=_found("env"),
            environment=shlex.quote(str(kept_environment)),
            directory=shlex.quote(str(kept_directory)),
        )
        script.write_bytes(os.fsencode(text))
        answer = self._answer([_found(self.program), str(script)])
        if kept_directory.exists():
            self.environment = _parsed(kept_environment.read_bytes())
            self.directory = Path(os.fsdecode(kept_directory.read_bytes().removesuffix(b"\n")))
        if "error" in answer:
            raise CommandFailed(str(answer["error"]))
        code = int(str(answer["code"]))
        if code != 0:
            raise CommandFailed(f"exit status {code}" if code > 0 else f"signal: {signal.Signals(-code).name}")

    def stop(self) -> None:
        """Ends whatever the build has started. Can be called twice."""
        if self._child is not None:
            self._child.terminate()
        while self._pipes:
            os.close(self._pipes.pop())

    def _answer(self, args: list[str]) -> dict[str, object]:
        assert self._child is not None
        request = {"args": args, "environment": self.environment, "directory": str(self.directory)}
        (self._folder / "request.json").write_text(json.dumps(request))
        commands, answers = self._pipes
        os.write(commands, b"\n")
        line = b""
        while not line.endswith(b"\n"):
            self._look()
            if select.select([answers], [], [], LOOK_SECONDS)[0]:
                line += os.read(answers, 4096)
            elif self._child.poll() is not None:
                # A command killed the agent, or the machine had no memory left.
                raise Interrupted(FAULT)
        found: dict[str, object] = json.loads(line)
        return found


def _found(program: str) -> str:
    return shutil.which(program) or program


def _parsed(environment: bytes) -> dict[str, str]:
    entries = (entry.partition(b"=") for entry in environment.split(b"\0") if entry)
    return {os.fsdecode(name): os.fsdecode(value) for name, _, value in entries}
