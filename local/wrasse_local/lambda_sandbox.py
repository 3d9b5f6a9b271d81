"""A Lambda sandbox: one process that runs a function's `bootstrap`, and takes one invocation at a time.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
It is started with the first invocation that finds no idle one and is used again. A time-out kills it; an exit fails
the invocation with Runtime.ExitError; so does an exit before the first `next`.
"""

from __future__ import annotations

import itertools
import signal
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from . import lambda_layers_folder
from .engine import Engine
from .lambda_runtime_api import Invocation, Outcome, RuntimeApi, error
from .processes import Child

INIT_SECONDS = 10.0
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Settings:
    """What a sandbox is started from; another code or configuration needs another sandbox. `opt` has its layers."""

    name: str
    arn: str
    code: Path
    opt: Path | None
    handler: str
    runtime: str
    memory_mb: int
    timeout_seconds: float
    log_group: str
    variables: tuple[tuple[str, str], ...]

    @property
    def account(self) -> str:
        return self.arn.split(":")[4]

    @property
    def region(self) -> str:
        return self.arn.split(":")[3]

    @property
    def bootstrap(self) -> Path:
        """The function's own, else one of a layer."""
        own = self.code / "bootstrap"
        return own if own.exists() or self.opt is None else self.opt / "bootstrap"


@dataclass
class Report:
    """How an invocation went: milliseconds of real time; `init_milliseconds` only where it started the sandbox."""

    request_id: str
    outcome: Outcome
    milliseconds: float
    memory_mb: int
    init_milliseconds: float | None = None
    log_stream: str = ""
    output: bytes = b""


@dataclass
class Sandbox:
    engine: Engine
    settings: Settings
    log_stream: str
    api: RuntimeApi = field(default_factory=RuntimeApi)
    child: Child | None = None
    init_milliseconds: float | None = None
    _current: Invocation | None = None
    _output_read: int = 0

    def __post_init__(self) -> None:
        name = f"{self.settings.name}-{next(_numbers)}.log"
        self._output = self.engine.folder("logs", "lambda") / name

    @property
    def usable(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def invoke(self, event: bytes, request_id: str | None = None) -> Report:
        """Runs one invocation to its end."""
        request_id = request_id or str(uuid.uuid4())
        init = None
        if self.child is None:
            failure = self._start(request_id)
            init = self.init_milliseconds
            if failure is not None:
                return self._report(request_id, failure, init or 0.0, init)
        started = time.monotonic()
        outcome = self._run(event, request_id)
        return self._report(request_id, outcome, (time.monotonic() - started) * 1000, init)

    def stop(self) -> None:
        self.api.close()
        if self.child is not None:
            self.child.signal(signal.SIGKILL)
            self.child.wait()

    def _start(self, request_id: str) -> Outcome | None:
        prefix = f"RequestId: {request_id} Error: "
        started = time.monotonic()
        try:
            self.child = self.engine.children.spawn(
                [self.settings.bootstrap],
                name=f"lambda {self.settings.name}",
                env=self._environment(),
                cwd=self.settings.code,
                stdout=self._output,
            )
        except (FileNotFoundError, PermissionError):
            kind = "Runtime.InvalidEntrypoint"
            return error(kind, f"{prefix}Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]")
        threading.Thread(target=self._watch, args=(self.child,), daemon=True).start()
        self.api.ready.wait(INIT_SECONDS)
        self.init_milliseconds = (time.monotonic() - started) * 1000
        if self.api.init_error is not None:
            self.child.wait(INIT_SECONDS)
            self.stop()
            return Outcome(self.api.init_error, failed=True)
        if self.child.poll() is not None:
            return self._exit(request_id)
        if not self.api.ready.is_set():
            self.stop()
            return error("Sandbox.Timedout", f"{prefix}Init timed out after {INIT_SECONDS:.2f} seconds")
        return None

    def _run(self, event: bytes, request_id: str) -> Outcome:
        timeout = self.settings.timeout_seconds
        invocation = Invocation(
            request_id=request_id,
            event=event,
            deadline_ms=int((time.time() + timeout) * 1000),
            function_arn=self.settings.arn,
            trace_id=f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]};Parent={uuid.uuid4().hex[:16]};Sampled=0",
        )
        self._current = invocation
        self.api.submit(invocation)
        if not self.usable:
            return self._exit(request_id)
        try:
            return invocation.outcome.result(timeout)
        except TimeoutError:
            self.stop()
            message = f"RequestId: {request_id} Error: Task timed out after {timeout:.2f} seconds"
            return error("Sandbox.Timedout", message)
        finally:
            self._current = None

    def _watch(self, child: Child) -> None:
        child.wait()
        self.api.ready.set()
        current = self._current
        if current is not None:
            current.end(self._exit(current.request_id))

    def _exit(self, request_id: str) -> Outcome:
        assert self.child is not None
        code = self.child.wait() or 0
        how = f"signal: {_signal_name(-code)}" if code < 0 else f"exit status {code}"
        self.api.close()
        return error("Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited with error: {how}")

    def _report(self, request_id: str, outcome: Outcome, milliseconds: float, init: float | None) -> Report:
        output = self._new_output()
        return Report(request_id, outcome, milliseconds, self._peak_memory_mb(), init, self.log_stream, output)

    def _new_output(self) -> bytes:
        if not self._output.exists():
            return b""
        with self._output.open("rb") as file:
            file.seek(self._output_read)
            output = file.read()
        self._output_read += len(output)
        return output

    def _peak_memory_mb(self) -> int:
        status = Path(f"/proc/{self.child.pid}/status") if self.child else None
        try:
            text = status.read_text() if status else ""
        except OSError:
            text = ""
        peak = next((line.split()[1] for line in text.splitlines() if line.startswith("VmHWM:")), "0")
        return int(peak) // 1024

    def _environment(self) -> dict[str, str]:
        settings = self.settings
        variables = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            **self.engine.of(settings.account).at(settings.region).environment(),
            **dict(settings.variables),
            "_HANDLER": settings.handler,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{settings.runtime}",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(settings.memory_mb),
            "AWS_LAMBDA_FUNCTION_NAME": settings.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": settings.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": self.log_stream,
            "AWS_LAMBDA_RUNTIME_API": self.api.address,
            "AWS_REGION": settings.region,
            "LAMBDA_RUNTIME_DIR": str(settings.code),
            "LAMBDA_TASK_ROOT": str(settings.code),
        }
        return lambda_layers_folder.environment(settings.opt, variables) if settings.opt else variables


def _signal_name(number: int) -> str:
    return {signal.SIGKILL: "killed", signal.SIGSEGV: "segmentation fault", signal.SIGABRT: "aborted"}.get(
        signal.Signals(number), signal.Signals(number).name
    )
