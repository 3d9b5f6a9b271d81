"""A user's shell that was set up to go elsewhere, and what it says to the commands that the demo prints."""

from __future__ import annotations

import io
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.context import Context
from demo.output import Output

# Each would make a command go elsewhere, or ask somebody else.
HOSTILE = {
    "AWS_PROFILE": "production",
    "AWS_DEFAULT_PROFILE": "production",
    "AWS_SESSION_TOKEN": "token",
    "AWS_ENDPOINT_URL_RDS": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_REGION": "eu-west-1",
    "http_proxy": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "PGHOSTADDR": "192.0.2.1",
    "PGPASSWORD": "theirs",
    "PGSERVICE": "production",
    "PGSSLROOTCERT": "system",
}
PROFILE = """[default]
services = elsewhere
[profile production]
region = eu-west-1
services = elsewhere
[services elsewhere]
rds =
  endpoint_url = http://127.0.0.1:9
"""


@dataclass(frozen=True)
class Told(Context):
    """An engine that says this of its database servers."""

    answer: dict[str, Any] = field(kw_only=True)

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        assert (path, body) == ("/rds/tls", None)
        return self.answer


def told(
    folder: Path, endpoint: str = "http://127.0.0.1:9", ca: str | None = "/state/rds/ca.pem", programs: str = "/pg/bin"
) -> Told:
    answer = {"tls": ca is not None, "ca": ca, "bin": programs}
    return Told(endpoint, folder, 1, Output(io.StringIO()), folder=folder, answer=answer)


def pasted(shell: str, lines: list[str], home: Path) -> str:
    """What the shell says when the lines are typed into it one after the other, and it was set up to go elsewhere."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), **HOSTILE}
    (home / ".aws").mkdir(exist_ok=True)
    (home / ".aws" / "config").write_text(PROFILE)
    done = subprocess.run([shell], input="\n".join([*lines, ""]), env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
