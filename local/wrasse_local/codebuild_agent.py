"""The process that runs a build's commands, one after the other: what CodeBuild's agent is in its container.

A program of its own, started by `codebuild_shell` as `python codebuild_agent.py FOLDER`; it imports nothing of the
engine. A line in the pipe `commands` asks for what `request.json` says; the answer, a line of JSON, goes to the pipe
`answers`. What a command leaves running, in the background or as a daemon, ends with the agent (on Linux; elsewhere a
daemon that left its process group stays).
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

PR_SET_CHILD_SUBREAPER = 36
_groups: list[int] = []


def main(folder: Path) -> None:
    if sys.platform == "linux":
        # Whatever loses its parent becomes our child, so that we can end it.
        # https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGTERM, _end)
    with open(folder / "commands") as commands, open(folder / "answers", "w") as answers:
        for _ in commands:
            answer = _run(json.loads((folder / "request.json").read_text()))
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
    _end()


def _run(request: dict[str, Any]) -> dict[str, Any]:
    """The exit code, negative for a signal; or why there is none."""
    try:
        process = subprocess.Popen(
            request["args"],
            env=request["environment"],
            cwd=request["directory"],
            stdin=subprocess.DEVNULL,
            process_group=0,
        )
    except OSError as error:
        return {"error": str(error)}
    _groups.append(process.pid)
    return {"code": process.wait()}


def _end(*_: object) -> None:
    for group in _groups if sys.platform != "linux" else ():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    while children := _children():
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
    os._exit(0)


def _children() -> list[int]:
    """Our children's ids; none where the system does not show them as Linux does."""
    own, found = os.getpid(), []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name, in parentheses, may hold anything.
            parent = int(stat.read_text(errors="replace").rpartition(")")[2].split()[1])
            if parent == own:
                found.append(int(stat.parent.name))
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
