"""The SAM transform: `AWS::Serverless::*` resources become plain ones when a template is read.

AWS runs the macro `AWS::Serverless-2016-10-31` when a change set is created:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-serverless.html
Stock moto ignores it: the stack is CREATE_COMPLETE with no function in it. Here AWS's own translator runs when moto
parses a template. A template that it refuses is a ValidationError at once, where AWS makes a change set of status
FAILED.

`AWS::Serverless::StateMachine` with `DefinitionUri` comes out as `DefinitionS3Location`, and
`AWS::Serverless::Application` as `AWS::CloudFormation::Stack`; those have modules of their own.
"""

from __future__ import annotations

import contextvars
import datetime
import json
import os
from typing import Any

import yaml
from moto.cloudformation import models, responses
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.utils import yaml_tag_constructor
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.transform import transform

from . import unknown_resource_types
from .engine import REGION, Engine

SERVERLESS = "AWS::Serverless-2016-10-31"
_parameters: contextvars.ContextVar[dict[str, Any]] = contextvars.ContextVar("template_parameters")


class _ManagedPolicies:
    """The translator's map of managed policy names to ARNs: empty, as the fleet writes its policies inline."""

    def load(self) -> dict[str, str]:
        return {}


class _Loader(yaml.SafeLoader):
    """CloudFormation's YAML: short intrinsic functions, and dates are strings (`Version: 2012-10-17`)."""


_Loader.add_multi_constructor("!", lambda loader, suffix, node: yaml_tag_constructor(loader, f"!{suffix}", node))
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node))


def install(engine: Engine) -> None:
    # The translator asks boto3 for the region, for its partition, and takes no other source.
    os.environ["AWS_DEFAULT_REGION"] = REGION
    models.Stack.parse_template = staticmethod(parse_template)
    models.ChangeSet._parse_template = _parse_change_set
    models.Stack.__init__ = _remembering_parameters(models.Stack.__init__)
    models.ChangeSet.__init__ = _remembering_parameters(models.ChangeSet.__init__)
    responses.get_template_summary_response_from_template = _summary(
        responses.get_template_summary_response_from_template
    )


def parse_template(text: str) -> dict[str, Any]:
    """The template as plain CloudFormation. Raises moto's ValidationError, which the API answers as AWS does."""
    template = transformed(load(text), _parameters.get({}))
    unknown_resource_types.refuse(template)
    return template


def load(text: str) -> dict[str, Any]:
    """Reads YAML or JSON with CloudFormation's rules."""
    try:
        template = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise ValidationError(message=f"Template format error: YAML not well-formed. ({error})") from error
    if not isinstance(template, dict):
        raise ValidationError(message="Template format error: unsupported structure.")
    return template


def transformed(template: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
    declared = template.get("Transform", [])
    if SERVERLESS not in (declared if isinstance(declared, list) else [declared]):
        return template
    try:
        # The translator writes into its input, and its strings are a subclass that does not copy deep.
        result = transform(template, {"AWS::Region": REGION, **parameters}, _ManagedPolicies())
    except InvalidDocumentException as error:
        causes = " ".join(str(cause.message) for cause in error.causes)
        raise ValidationError(message=f"Transform {SERVERLESS} failed with: {error.message} {causes}") from error
    plain: dict[str, Any] = json.loads(json.dumps(result, default=_text))
    return plain


def _text(value: object) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"a template holds a {type(value).__name__}")


def _parse_change_set(change_set: Any) -> None:
    change_set.template_dict = parse_template(change_set.template)


def _remembering_parameters(original: Any) -> Any:
    """The translator resolves parameters, and moto parses before it looks at them."""

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        token = _parameters.set(kwargs.get("parameters") or {})
        try:
            original(self, *args, **kwargs)
        finally:
            _parameters.reset(token)

    return init


def _summary(original: Any) -> Any:
    def summary(template_body: str) -> Any:
        return original(json.dumps(load(template_body), default=_text))

    return summary
