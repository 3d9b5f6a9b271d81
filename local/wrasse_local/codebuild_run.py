"""One build from its first phase to its last, in a thread of its own.

AWS: https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
SUBMITTED, QUEUED and PROVISIONING take minutes on AWS and nothing here. The commands run as processes of the engine's
user, in a folder that goes when the build ends; so does all that they started.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from . import codebuild_artifacts, codebuild_environment, codebuild_events, codebuild_git
from .codebuild_buildspec import (
    COMMAND_PHASES,
    FINALIZING,
    INSTALL,
    UPLOAD_ARTIFACTS,
    YAML_ERROR,
    Buildspec,
    Commands,
    following,
    is_inline,
    parsed,
)
from .codebuild_log import BuildLog
from .codebuild_records import (
    CODECOMMIT,
    CODEPIPELINE,
    COMPLETED,
    FAILED,
    FAULT,
    HOSTS,
    NO_ARTIFACTS,
    SUCCEEDED,
    TIMED_OUT,
    Build,
    Failed,
    Phase,
)
from .codebuild_shell import CommandFailed, Interrupted, Shell
from .engine import Engine

COMMAND_ERROR = "COMMAND_EXECUTION_ERROR"
DEFAULT_FILE = "buildspec.yml"
REASONS = {
    TIMED_OUT: ("BUILD_TIMED_OUT", "Build has timed out. "),
    FAULT: ("INTERNAL_SERVICE_ERROR", "The build's agent has ended."),
}
LOG = logging.getLogger(__name__)


class Run:
    def __init__(self, engine: Engine, build: Build) -> None:
        self.engine, self.build = engine.of(build.account), build
        self.silent = False
        self._folder = engine.folder("codebuild", build.uuid)
        self._source, self._scratch = (engine.folder("codebuild", build.uuid, name) for name in ("src", "tmp"))
        self._deadline = build.started + timedelta(minutes=build.timeout_minutes)
        self._log = BuildLog(self.engine, build)
        self._shell = Shell(self.engine, self._folder, self._log.file, build.id, self._look)
        self._spec = Buildspec()
        self._succeeding = True

    def run(self) -> None:
        try:
            codebuild_events.state_changed(self.engine, self.build)
            status = self._phases()
        except Interrupted as interruption:
            status = interruption.status
        except Exception:
            if not self.silent:
                LOG.exception("build %s", self.build.id)
            status = FAULT
        finally:
            self._clean_up()
        self._end(status)

    def abandon(self) -> None:
        """Ends the build's processes and says nothing of it, because the engine itself ends."""
        self.silent = True
        self._clean_up()

    def _phases(self) -> str:
        for kind in ("SUBMITTED", "QUEUED"):
            self._through(kind, lambda: None)
        ready = self._through("PROVISIONING", self._shell.start) and self._through("DOWNLOAD_SOURCE", self._download)
        kind = INSTALL if ready else FINALIZING
        while kind != FINALIZING:
            commands = self._spec.phases.get(kind, Commands())
            work = self._upload if kind == UPLOAD_ARTIFACTS else partial(self._commands, commands)
            if kind in COMMAND_PHASES:
                self._log.say(f"Entering phase {kind}")
            kind = following(kind, self._through(kind, work), commands.on_failure)
        environment = self._shell.environment
        self.build.exported = {name: environment[name] for name in self._spec.exported if name in environment}
        self._through(FINALIZING, self._clean_up)
        return SUCCEEDED if self._succeeding else FAILED

    def _through(self, kind: str, work: Callable[[], None]) -> bool:
        """One phase; whether it succeeded."""
        phase = Phase(kind, self.engine.clock.now())
        self.build.phases.append(phase)
        status = SUCCEEDED
        try:
            if kind != FINALIZING:
                self._look()
            work()
        except Failed as failure:
            status, phase.code, phase.message = FAILED, failure.code, failure.message
        except (ClientError, BotoCoreError) as error:
            status, phase.code, phase.message = FAILED, codebuild_artifacts.CLIENT_ERROR, str(error)
        except Interrupted as interruption:
            status = interruption.status
            phase.code, phase.message = REASONS.get(status, ("", ""))
            raise
        except Exception:
            status = FAULT
            raise
        finally:
            self._succeeding = self._succeeding and status == SUCCEEDED
            phase.ended, phase.status = self.engine.clock.now(), status
            if kind not in ("SUBMITTED", "QUEUED", FINALIZING):
                self._log.say(f"Phase complete: {kind} State: {status}")
                self._log.say(f"Phase context status code: {phase.code} Message: {phase.message}")
            if not self.silent:
                codebuild_events.phase_changed(self.engine, self.build, phase)
        return status == SUCCEEDED

    def _download(self) -> None:
        place = codebuild_artifacts.source_of(self.build)
        if self.build.source_type in (CODECOMMIT, *HOSTS):
            codebuild_git.download(self.build, self._source)
        elif place is not None:
            try:
                codebuild_artifacts.download(self.engine.client("s3"), place, self._source, self._scratch)
            except ClientError as error:
                raise Failed(codebuild_artifacts.CLIENT_ERROR, f"{error} for primary source, {place.arn}") from error
        self._spec = parsed(self._buildspec())
        self._shell.program, self._shell.directory = self._spec.shell, self._source
        self._shell.environment = codebuild_environment.variables(
            self.engine, self.build, self._spec, self._source, self._scratch
        )

    def _buildspec(self) -> str:
        declared = str(self.build.project["source"].get("buildspec") or DEFAULT_FILE)
        if is_inline(declared):
            return declared
        path = (self._source / declared).resolve()
        if not path.is_relative_to(self._source.resolve()) or not path.is_file():
            raise Failed(YAML_ERROR, f"stat {self._source / declared}: no such file or directory")
        return path.read_text(errors="replace")

    def _commands(self, commands: Commands) -> None:
        """Those of `finally` come last, whatever failed before them."""
        first: Failed | None = None
        try:
            self._each(commands.commands)
        except Failed as failure:
            first = failure
        self._each(commands.last)
        if first is not None:
            raise first

    def _each(self, commands: list[str]) -> None:
        for command in commands:
            self._log.say(f"Running command {command}")
            self._shell.environment[codebuild_environment.SUCCEEDING] = "1" if self._succeeding else "0"
            try:
                self._shell.run(command)
            except CommandFailed as failure:
                self._succeeding = False
                self._log.say(f"Command did not exit successfully {command} {failure}")
                message = f"Error while executing command: {command}. Reason: {failure}"
                raise Failed(COMMAND_ERROR, message) from failure

    def _upload(self) -> None:
        wanted, kind = self._spec.artifacts, self.build.project["artifacts"]["type"]
        if kind == NO_ARTIFACTS or (kind == CODEPIPELINE and self.build.destination is None):
            return
        if wanted is None:
            if kind == CODEPIPELINE:
                raise Failed(codebuild_artifacts.CLIENT_ERROR, "the buildspec has no artifacts, but the action has one")
            return
        files = codebuild_artifacts.found(self._source, wanted)
        self._log.say(f"Found {len(files)} file(s)")
        s3 = self.engine.client("s3")
        name = self._expanded(wanted.name) if wanted.name else None
        self.build.artifact = codebuild_artifacts.upload(s3, self.build, files, name, self._scratch)

    def _expanded(self, name: str) -> str:
        """The artifact's name, in which a buildspec may have variables and commands of the shell."""
        if "$" not in name and "`" not in name:
            return name
        result = self._scratch / "name"
        self._shell.environment["CODEBUILD_NAME_FILE"] = str(result)
        try:
            self._shell.run(f'printf %s "{name}" > "$CODEBUILD_NAME_FILE"')
        except CommandFailed as failure:
            raise Failed(codebuild_artifacts.CLIENT_ERROR, f"the artifact's name {name}: {failure}") from failure
        return result.read_text()

    def _look(self) -> None:
        self._log.forward()
        if self.build.asked is not None:
            raise Interrupted(self.build.asked)
        if self.engine.clock.now() >= self._deadline:
            raise Interrupted(TIMED_OUT)

    def _clean_up(self) -> None:
        self._shell.stop()
        _removed(self._folder)

    def _end(self, status: str) -> None:
        build = self.build
        try:
            self._log.forward(last=True)
            build.phases.append(Phase(COMPLETED, self.engine.clock.now()))
            build.ended, build.status = self.engine.clock.now(), status
            if not self.silent:
                codebuild_events.state_changed(self.engine, build)
        finally:
            build.over.set()


def _removed(folder: Path) -> None:
    """Removes a folder that commands have filled, whatever modes they gave to it."""

    def made_writable(remove: Callable[[str], object], path: str, error: object) -> None:
        for one in (Path(path).parent, Path(path)):
            if one.is_relative_to(folder) and one.is_dir() and not one.is_symlink():
                one.chmod(0o700)
        remove(path)

    try:
        shutil.rmtree(folder, onerror=made_writable)
    except FileNotFoundError:
        return
    except OSError:
        LOG.exception("the folder of a build is not removed: %s", folder)
