"""What the demo asks of each system: the shape of the modules in `demo.__main__.SYSTEMS`."""

from __future__ import annotations

from typing import Any, Protocol

from demo.context import Context

Result = dict[str, Any]
"""A system's part of result.json."""


class System(Protocol):
    """One system's demo. The fleet is deployed once, for all systems, between `prepare` and `run`."""

    def prepare(self, context: Context) -> Any:
        """Makes what is there before anything of ours, and answers what `run` needs of it."""

    def parameters(self) -> dict[str, str]:
        """The parameters of template.yaml that switch the system on and tell it what was prepared."""

    def run(self, context: Context, prepared: Any, outputs: dict[str, str]) -> Result:
        """Shows the system at work. `outputs` are the deployed fleet's."""

    def problems(self, result: Result) -> list[str]:
        """What is not as it should be, each in a sentence."""
