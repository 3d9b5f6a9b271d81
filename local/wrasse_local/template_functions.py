"""Intrinsic functions that cannot be resolved are errors.

AWS refuses a `Ref` or `Fn::GetAtt` to something that is not there, resolves attributes with dots
(`!GetAtt Nested.Outputs.Name`, `${Nested.Outputs.Name}`), and drops a list element that is `AWS::NoValue`.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getatt.html
`Fn::Sub` replaces each `${Name}` of its text once; what comes in by its own variables is not looked at again, and
`${!Name}` becomes `${Name}`.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
Stock moto leaves an unresolved function in the property, reads only the attribute's first word, keeps a null, and
replaces what it has just put in.
"""

from __future__ import annotations

import re
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException, ValidationError

from .engine import Engine

VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")
_NO_VALUE = {"Ref": "AWS::NoValue"}
_clean_json = parsing.clean_json


def install(engine: Engine) -> None:
    parsing.clean_json = resolve
    # Every reference is checked when it is resolved; stock moto's check knows the attributes of its own classes only.
    parsing.ResourceMap.validate_outputs = lambda resource_map: None


def resolve(value: Any, resources: Any) -> Any:
    """The value with its intrinsic functions replaced; None where it is `AWS::NoValue`."""
    if isinstance(value, list):
        return [resolved for item in value if (resolved := resolve(item, resources)) is not None]
    if isinstance(value, dict) and "Fn::GetAtt" in value:
        return _attribute(value["Fn::GetAtt"], resources)
    if isinstance(value, dict) and "Fn::Sub" in value:
        return _substituted(value["Fn::Sub"], resources)
    if isinstance(value, dict) and "Ref" in value and value != _NO_VALUE:
        return _reference(value, resources)
    return _clean_json(value, resources)


def _substituted(value: Any, resources: Any) -> str:
    text, own = value if isinstance(value, list) else (value, {})

    def replacement(found: re.Match[str]) -> str:
        literal, name = found[1], found[2]
        if literal:
            return f"${{{name}}}"
        if name in own:
            return str(resolve(own[name], resources))
        return str(_attribute(name, resources) if "." in name else _reference({"Ref": name}, resources))

    return VARIABLE.sub(replacement, text)


def _attribute(path: Any, resources: Any) -> Any:
    words = path.split(".") if isinstance(path, str) else [str(resolve(word, resources)) for word in path]
    logical_id, attribute = words[0], ".".join(words[1:])
    resource = _existing(logical_id, resources)
    try:
        found = resource.get_cfn_attribute(attribute)
    except (UnformattedGetAttTemplateException, NotImplementedError, KeyError, AttributeError) as error:
        raise ValidationError(
            message=f"Template error: resource {logical_id} does not support attribute type {attribute} in Fn::GetAtt"
        ) from error
    return found


def _reference(value: Any, resources: Any) -> Any:
    name = value["Ref"]
    if isinstance(resources, dict):
        # A condition, which may name parameters alone.
        if name not in resources:
            raise ValidationError(message=f"Template format error: Unresolved dependencies [{name}]")
        return resources[name]
    if name.startswith("AWS::") or name in resources.resolved_parameters:
        return _clean_json(value, resources)
    return _existing(name, resources).physical_resource_id


def _existing(logical_id: str, resources: Any) -> Any:
    try:
        resource = resources[logical_id]
    except KeyError:
        resource = None
    if resource is None:
        raise ValidationError(
            message=f"Template format error: Unresolved resource dependencies [{logical_id}] in the template"
        )
    return resource
