"""JSONPath in state machines: a path that names one place gives the value there.

https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
So `$.Containers[0].ExitCode` is a number. Stock moto gives a list of one wherever an index stands before the last step.
Paths with wildcards, slices or filters stay stock moto's.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from typing import Any

from jsonpath_ng.ext.parser import parse
from moto.stepfunctions.parser.asl.utils import json_path

from .engine import Engine

ONE_PLACE = re.compile(r"\$(\.[^.\[\]*?]+|\[\d+\]|\['[^']+'\])*")

_parse = cache(parse)
_stock = json_path.extract_json


def install(engine: Engine) -> None:
    for module in list(sys.modules.values()):
        if getattr(module, "extract_json", None) is _stock:
            module.extract_json = _extract_json  # type: ignore[attr-defined]


def _extract_json(path: str, data: Any) -> Any:
    if not ONE_PLACE.fullmatch(path):
        return _stock(path, data)
    found = _parse(path).find(data)
    if not found:
        raise json_path.NoSuchJsonPathError(json_path=path, data=data)
    return found[0].value
