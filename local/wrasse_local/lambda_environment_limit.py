"""A function's environment variables have 4 KB together.

AWS refuses more in CreateFunction and UpdateFunctionConfiguration:
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
Stock moto takes them. Here the variables are measured as the JSON text that AWS quotes in its refusal.
"""

from __future__ import annotations

import json
from typing import Any

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaFunction

from .engine import Engine

LIMIT_BYTES = 4096


def install(engine: Engine) -> None:
    make, update = LambdaFunction.__init__, LambdaFunction.update_configuration

    def init(function: Any, account_id: str, spec: dict[str, Any], region: str, version: str | int = 1) -> None:
        _check(spec)
        make(function, account_id, spec, region, version)

    def update_configuration(function: Any, config_updates: dict[str, Any]) -> Any:
        _check(config_updates)
        return update(function, config_updates)

    LambdaFunction.__init__ = init
    LambdaFunction.update_configuration = update_configuration


def _check(settings: dict[str, Any]) -> None:
    variables = (settings.get("Environment") or {}).get("Variables") or {}
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > LIMIT_BYTES:
        raise LambdaClientError(
            "InvalidParameterValueException",
            "Lambda was unable to configure your environment variables because the environment variables you have "
            f"provided exceeded the 4KB limit. String measured: {measured}",
        )
