"""The layers of a function: which it may have, and that it keeps them.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
- at most five, of the function's region, one version of each, that exist and that the account may use; with the code
  they have 262,144,000 bytes unzipped at most;
- a function goes on with a version that was deleted (https://docs.aws.amazon.com/lambda/latest/api/API_DeleteLayerVersion.html).
Stock moto asks for existence alone, looks for another region's layer in the function's, and crashes on the list of all
versions of functions, by which a layer's users are found.
"""

from __future__ import annotations

import copy
import io
import re
import zipfile
from typing import Any

from moto.awslambda.models import LambdaFunction
from moto.core.exceptions import JsonRESTError

from .lambda_layers_constraints import VERSION_ARN
from .lambda_layers_content import UNREADABLE_ZIP, UNZIPPED_LIMIT, Content
from .lambda_layers_versions import Layers, LayerVersion
from .put_faults import refusal

MOST_LAYERS = 5


def install(layers: Layers) -> None:
    make, update = LambdaFunction.__init__, LambdaFunction.update_configuration

    def init(function: Any, account_id: str, spec: dict[str, Any], region: str, version: str | int = 1) -> None:
        make(function, account_id, spec, region, version)
        _check_size(function.code_bytes, function.layer_contents)

    def update_configuration(function: Any, config_updates: dict[str, Any]) -> Any:
        """Refuses before anything is changed."""
        if "Layers" in config_updates:
            used = _used(layers, config_updates["Layers"], function.account_id, function.region)
            _check_size(function.code_bytes, contents(used))
        return update(function, config_updates)

    def get_layers_data(function: Any, arns: list[str]) -> list[dict[str, Any]]:
        used = _used(layers, arns, function.account_id, function.region)
        function.layer_contents = contents(used)
        return [{"Arn": version.arn, "CodeSize": version.content.size} for version in used]

    LambdaFunction.__init__ = init
    LambdaFunction.update_configuration = update_configuration
    LambdaFunction._get_layers_data = get_layers_data
    # moto changes the ARN or the version of such a copy, nothing below; a deep one has the locks of the log groups.
    LambdaFunction.__deepcopy__ = lambda function, _: copy.copy(function)


def contents(versions: list[LayerVersion]) -> tuple[Content, ...]:
    return tuple(version.content for version in versions)


def _used(layers: Layers, arns: list[str], account: str, region: str) -> list[LayerVersion]:
    """The versions of those ARNs. A refusal where a function may not have them."""
    if len(arns) > MOST_LAYERS:
        raise _invalid(f"Cannot reference more than {MOST_LAYERS} layers.")
    used: dict[str, LayerVersion] = {}
    for arn in arns:
        version = _version(layers, arn, account, region)
        other = used.setdefault(version.layer_arn, version)
        if other is not version:
            raise _invalid(
                "Two different versions of the same layer are not allowed to be referenced in the same function. "
                f"{other.arn} and {version.arn}."
            )
    return list(used.values())


def _version(layers: Layers, arn: str, account: str, region: str) -> LayerVersion:
    if not re.fullmatch(VERSION_ARN, arn):
        message = (
            f"1 validation error detected: Value '[{arn}]' at 'layers' failed to satisfy constraint: Member must "
            f"satisfy constraint: [Member must satisfy regular expression pattern: {VERSION_ARN}]"
        )
        raise refusal(400, "ValidationException", message)
    if arn.split(":")[3] != region:
        raise _invalid(
            f"Layers are not in the same region as the function. Layers are expected to be in region {region}."
        )
    version = layers.version(arn)
    if version is None:
        raise _invalid(f"Layer version {arn} does not exist.")
    version.check_access(account)
    return version


def _check_size(code: bytes, layer_contents: tuple[Content, ...]) -> None:
    if not layer_contents:
        return
    size = sum(content.unzipped for content in layer_contents) + _unzipped(code)
    if size > UNZIPPED_LIMIT:
        raise _invalid(
            f"Function code combined with layers exceeds the maximum allowed size of {UNZIPPED_LIMIT} bytes. "
            f"The actual size is {size} bytes."
        )


def _unzipped(code: bytes) -> int:
    try:
        with zipfile.ZipFile(io.BytesIO(code)) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise _invalid(UNREADABLE_ZIP) from error


def _invalid(message: str) -> JsonRESTError:
    return refusal(400, "InvalidParameterValueException", message)
