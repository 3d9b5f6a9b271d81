"""The environment variables of a build.

AWS: those of the call that starts a build win over the project's, and those over the buildspec's:
https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env.variables
What CodeBuild adds: https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
Here the build has the engine's own PATH and HOME, so that the tools of the machine are those of its image.
"""

from __future__ import annotations

import os
from pathlib import Path

from .codebuild_buildspec import Buildspec
from .codebuild_records import Build
from .engine import REGION, Engine

SUCCEEDING = "CODEBUILD_BUILD_SUCCEEDING"
OF_THE_MACHINE = ("HOME", "LANG", "PATH", "RUSTUP_HOME", "CARGO_HOME", "TZ", "USER")


def variables(engine: Engine, build: Build, spec: Buildspec, source: Path, temporary: Path) -> dict[str, str]:
    """All of them, as the first command sees them."""
    return {
        **{name: os.environ[name] for name in OF_THE_MACHINE if name in os.environ},
        "TMPDIR": str(temporary),
        **engine.environment(),
        **spec.variables,
        **build.variables(),
        **_of_codebuild(build, source),
    }


def _of_codebuild(build: Build, source: Path) -> dict[str, str]:
    environment = build.project["environment"]
    location = build.source.arn if build.source else build.project["source"].get("location")
    optional = {
        "CODEBUILD_RESOLVED_SOURCE_VERSION": build.resolved_version,
        "CODEBUILD_SOURCE_REPO_URL": location,
        "CODEBUILD_SOURCE_VERSION": build.source_version,
    }
    return {
        "CI": "true",
        "CODEBUILD_BUILD_ARN": build.arn,
        "CODEBUILD_BUILD_ID": build.id,
        "CODEBUILD_BUILD_IMAGE": environment["image"],
        "CODEBUILD_BUILD_NUMBER": str(build.number),
        SUCCEEDING: "1",
        "CODEBUILD_CI": "true",
        "CODEBUILD_INITIATOR": build.initiator,
        "CODEBUILD_KMS_KEY_ID": build.project["encryptionKey"],
        "CODEBUILD_LOG_PATH": build.log[1] if build.log else "",
        "CODEBUILD_SRC_DIR": str(source),
        "CODEBUILD_START_TIME": str(int(build.started.timestamp() * 1000)),
        "CODEBUILD_BUILD_URL": (
            f"https://{REGION}.console.aws.amazon.com/codebuild/home?region={REGION}#/builds/{build.id}/view/new"
        ),
        **{name: value for name, value in optional.items() if value},
    }
