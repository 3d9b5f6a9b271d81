"""A buildspec: what it says, what CodeBuild refuses of it, and which phase follows which.

AWS: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
All scalars are taken as they are written: a command `true` is a command, a version `0.2` a text. What AWS knows and the
engine does not is refused by its name, and so is what nobody knows: the build fails while it downloads its source.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from .codebuild_records import Failed

YAML_ERROR = "YAML_FILE_ERROR"
VERSION = "0.2"
INSTALL, PRE_BUILD, BUILD, POST_BUILD = "INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD"
UPLOAD_ARTIFACTS, FINALIZING = "UPLOAD_ARTIFACTS", "FINALIZING"
COMMAND_PHASES = (INSTALL, PRE_BUILD, BUILD, POST_BUILD)
ORDER = (*COMMAND_PHASES, UPLOAD_ARTIFACTS)
SHELLS = ("sh", "bash")
ABORT, CONTINUE = "ABORT", "CONTINUE"
KNOWN = {"version", "env", "phases", "artifacts"}
KNOWN_OF_ENV = {"shell", "variables", "exported-variables"}
KNOWN_OF_PHASE = {"commands", "finally", "on-failure", "runtime-versions"}
KNOWN_OF_ARTIFACTS = {"files", "base-directory", "discard-paths", "name"}
YES = ("yes", "true")


@dataclass(frozen=True)
class Commands:
    """A phase's commands, those that follow whatever became of them, and what a failure leads to (None: the usual)."""

    commands: list[str] = field(default_factory=list)
    last: list[str] = field(default_factory=list)
    on_failure: str | None = None


@dataclass(frozen=True)
class Artifacts:
    files: list[str]
    base: str | None = None
    discard_paths: bool = False
    name: str | None = None


@dataclass(frozen=True)
class Buildspec:
    shell: str = "sh"
    variables: dict[str, str] = field(default_factory=dict)
    exported: list[str] = field(default_factory=list)
    phases: dict[str, Commands] = field(default_factory=dict)
    artifacts: Artifacts | None = None


def is_inline(declared: str) -> bool:
    """Whether a project's buildspec is its text, not the path of a file in the source."""
    return "\n" in declared or ": " in declared or declared.lstrip().startswith("{")


def parsed(text: str) -> Buildspec:
    """Raises Failed as CodeBuild's DOWNLOAD_SOURCE fails."""
    try:
        spec = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise Failed(YAML_ERROR, f"the buildspec is no YAML: {' '.join(str(error).split())}") from error
    spec = _mapping(spec, "the buildspec")
    _refuse_others(spec, KNOWN, "a buildspec")
    if spec.get("version") != VERSION:
        raise Failed(YAML_ERROR, f"the engine runs buildspecs of version {VERSION}, not {spec.get('version')}")
    env = _mapping(spec.get("env"), "env")
    _refuse_others(env, KNOWN_OF_ENV, "env")
    shell = env.get("shell") or "sh"
    if shell not in SHELLS:
        raise Failed(YAML_ERROR, f"the engine's shells are {' and '.join(SHELLS)}, not {shell}")
    variables = _mapping(env.get("variables"), "env.variables")
    for name, value in variables.items():
        _text(value, f"the variable {name}")
    return Buildspec(
        shell,
        variables,
        _texts(env.get("exported-variables"), "exported-variables"),
        _phases(_mapping(spec.get("phases"), "phases")),
        _artifacts(_mapping(spec.get("artifacts"), "artifacts")),
    )


def following(phase: str, succeeded: bool, on_failure: str | None) -> str:
    """The phase after one of `ORDER`. A failed install or pre_build ends the build, a failed build does not."""
    goes_on = succeeded or on_failure == CONTINUE or (on_failure is None and phase in (BUILD, POST_BUILD))
    if not goes_on or phase == ORDER[-1]:
        return FINALIZING
    return ORDER[ORDER.index(phase) + 1]


def _phases(declared: dict[str, Any]) -> dict[str, Commands]:
    if not declared:
        raise Failed(YAML_ERROR, "the buildspec has no phases")
    phases = {}
    for name, phase in declared.items():
        if name.upper() not in COMMAND_PHASES or name != name.lower():
            raise Failed(YAML_ERROR, f"there is no phase {name}, but {', '.join(COMMAND_PHASES).lower()}")
        phase = _mapping(phase, f"the phase {name}")
        _refuse_others(phase, KNOWN_OF_PHASE, f"the phase {name}")
        on_failure = phase.get("on-failure") or None
        if on_failure not in (None, ABORT, CONTINUE):
            raise Failed(YAML_ERROR, f"the engine's on-failure is {ABORT} or {CONTINUE}, not {on_failure} ({name})")
        commands = _texts(phase.get("commands"), f"the commands of {name}")
        last = _texts(phase.get("finally"), f"the finally of {name}")
        phases[name.upper()] = Commands(commands, last, on_failure)
    return phases


def _artifacts(declared: dict[str, Any]) -> Artifacts | None:
    if not declared:
        return None
    _refuse_others(declared, KNOWN_OF_ARTIFACTS, "artifacts")
    files = _texts(declared.get("files"), "the files of artifacts")
    if not files:
        raise Failed(YAML_ERROR, "artifacts has no files")
    discard = _text(declared.get("discard-paths") or "no", "discard-paths").lower() in YES
    return Artifacts(files, declared.get("base-directory") or None, discard, declared.get("name") or None)


def _refuse_others(declared: dict[str, Any], known: set[str], of: str) -> None:
    """An empty section is as good as none."""
    if unknown := sorted(key for key in declared.keys() - known if declared[key]):
        raise Failed(YAML_ERROR, f"the engine does not know {unknown[0]} of {of}")


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if value in (None, ""):
        return {}
    if not isinstance(value, dict):
        raise Failed(YAML_ERROR, f"{what} must be a mapping")
    return value


def _texts(value: Any, what: str) -> list[str]:
    if value in (None, ""):
        return []
    if not isinstance(value, list):
        raise Failed(YAML_ERROR, f"{what} must be a list")
    return [_text(one, f"{what}, number {number},") for number, one in enumerate(value, 1)]


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise Failed(YAML_ERROR, f"{what} must be a text; quote it where it has a colon and a space")
    return value
