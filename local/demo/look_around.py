"""What to type while the engine is left running: the ordinary AWS CLI, no tool of ours."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from demo.context import Context

# A shell may hold a profile, a session token or an endpoint of one service: all of that goes before anything is set.
# The profile is named for the reader, and because zsh's `unset` wants a name.
FORGET = r"unset AWS_PROFILE $(env | sed -n 's/^\(AWS_[A-Za-z0-9_]*\)=.*/\1/p')"

# In us-east-1 version 1 of the AWS CLI has `rds` ask AWS itself whatever AWS_ENDPOINT_URL says; an option it does heed:
# https://github.com/aws/aws-cli/blob/1.46.2/awscli/customizations/overridesslcommonname.py
ASK_THE_ENGINE = [
    "unalias aws 2>/dev/null || true",
    'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }',
]


def environment(context: Context) -> list[str]:
    """What makes a shell's AWS CLI talk to the engine, and to nothing else.

    The keys are made up; the engine takes any, and AWS none of them.
    """
    settings = {
        "AWS_ENDPOINT_URL": context.endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "demo",
        "AWS_SECRET_ACCESS_KEY": "demo",
        # A file of the user's own could name another endpoint.
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
    # The engine's own AWS CLI comes first: it is there on every machine.
    return [put_first(Path(sys.executable).parent), FORGET, *exports(settings), *ASK_THE_ENGINE]


def put_first(folder: Path) -> str:
    """The command that has the shell find a folder's programs before any others."""
    return f"export PATH={shlex.quote(str(folder))}:$PATH"


def exports(settings: dict[str, str]) -> list[str]:
    """The commands that set environment variables."""
    return [f"export {name}={shlex.quote(value)}" for name, value in settings.items()]
