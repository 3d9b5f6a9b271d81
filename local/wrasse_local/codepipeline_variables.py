"""Variables in an action's configuration: `#{namespace.name}`.

AWS: an action's output variables are those of its namespace, `#{codepipeline.PipelineExecutionId}` is always there,
`#{variables.name}` are the pipeline's own. They are replaced when the action begins.
https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
Stock moto runs no actions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

CODEPIPELINE, PIPELINE_VARIABLES = "codepipeline", "variables"
REFERENCE = re.compile(r"#\{([A-Za-z0-9@_-]+)\.([^{}]+)\}")
MOST_BYTES = 122_880


class Unresolved(Exception):
    """A reference that stands for nothing, as it is written."""


def resolved(configuration: dict[str, str], namespaces: dict[str, dict[str, str]]) -> dict[str, str]:
    """The configuration with all references replaced. What is put in is not looked into again."""

    def value(found: re.Match[str]) -> str:
        try:
            return namespaces[found[1]][found[2]]
        except KeyError:
            raise Unresolved(found[0]) from None

    return {key: REFERENCE.sub(value, text) for key, text in configuration.items()}


def unknown_namespaces(stages: Iterable[dict[str, Any]], variables: Iterable[str]) -> list[str]:
    """The references to namespaces that no earlier action of the pipeline has, and to undeclared variables."""
    known = {CODEPIPELINE}
    wrong = []
    for stage in stages:
        for action in sorted(stage["actions"], key=lambda declared: declared.get("runOrder", 1)):
            for text in (action.get("configuration") or {}).values():
                for found in REFERENCE.finditer(text):
                    declared = found[2] in variables if found[1] == PIPELINE_VARIABLES else found[1] in known
                    if not declared:
                        wrong.append(found[0])
            if "namespace" in action:
                known.add(action["namespace"])
    return wrong


def size(namespaces: dict[str, dict[str, str]]) -> int:
    """The bytes of all names and values."""
    return sum(len(key.encode()) + len(text.encode()) for values in namespaces.values() for key, text in values.items())
