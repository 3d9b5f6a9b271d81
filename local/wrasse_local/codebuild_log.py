"""A build's log: what its commands print and what CodeBuild says about them, in CloudWatch Logs.

AWS: the group `/aws/codebuild/<project>`, a stream for each build, lines of its own that begin with `[Container]`:
https://docs.aws.amazon.com/codebuild/latest/userguide/change-project.html#change-project-console-logs
Stock moto writes nothing. Here all of it goes to a file first, and from there, line by line, to the stream.
"""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime

from moto.logs.models import logs_backends

from .codebuild_records import Build
from .engine import REGION, Engine

LOG = logging.getLogger(__name__)
READ_BYTES = 256 * 1024


class BuildLog:
    def __init__(self, engine: Engine, build: Build) -> None:
        self.file = engine.folder("logs", "codebuild") / f"{build.uuid}.log"
        self.file.touch()
        self._backend = logs_backends[build.account][REGION]
        self._place = build.log
        self._read = 0
        self._rest = b""

    def say(self, text: str) -> None:
        """A line of CodeBuild's own, after all that was printed until now."""
        self.forward(last=True)
        now = datetime.now(UTC)
        with self.file.open("a", encoding="utf-8", errors="surrogateescape") as file:
            file.write(f"[Container] {now:%Y/%m/%d %H:%M:%S.%f} {text}\n")
        self.forward()

    def forward(self, last: bool = False) -> None:
        """Hands on what the file has got since; a line without an end is kept back, unless it is the `last`."""
        with self.file.open("rb") as file:
            file.seek(self._read)
            while part := file.read(READ_BYTES):
                self._read += len(part)
                *lines, self._rest = (self._rest + part).split(b"\n")
                self._put(lines)
        if last and self._rest:
            self._put([self._rest])
            self._rest = b""

    def _put(self, lines: list[bytes]) -> None:
        messages = [line.decode(errors="replace") for line in lines if line]
        if self._place is None or not messages:
            return
        group, stream = self._place
        now = int(time.time() * 1000)
        try:
            self._backend.ensure_log_group(group)
            if stream not in self._backend.groups[group].streams:
                self._backend.create_log_stream(group, stream)
            self._backend.put_log_events(group, stream, [{"timestamp": now, "message": text} for text in messages])
        except Exception:
            # A build outlives its log: the group may be deleted just now.
            LOG.exception("the log of a build is not forwarded: %s", stream)
