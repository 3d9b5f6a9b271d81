"""What the demo of branch-environments shows."""

from __future__ import annotations

from demo.branch_environments.environments import Environment
from demo.output import Output


def show(output: Output, environments: dict[str, Environment]) -> None:
    """Every environment, or that there is none."""
    rows = [
        (str(one.branch), one.name, ", ".join(one.stacks), one.greeting or "nothing") for one in environments.values()
    ]
    if rows:
        output.table(("branch", "environment", "stacks", "says"), rows)
    else:
        output.line("No environment, no stack, no project, no object.")
