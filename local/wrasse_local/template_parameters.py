"""Parameters of a template are checked, and so are its rules.

AWS refuses a value that breaks a parameter's constraints, a parameter that the template does not have, and values
that an assertion of the `Rules` section refuses, before anything is made:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
Stock moto checks none of it, and leaves a list parameter's default a string. Of the rule functions, those that
conditions have too are understood.
"""

from __future__ import annotations

import re
from typing import Any

from moto.cloudformation import models, parsing
from moto.cloudformation.exceptions import ValidationError

from .engine import Engine


def install(engine: Engine) -> None:
    load = parsing.ResourceMap.load_parameters

    def load_parameters(resources: Any) -> None:
        declared = resources._template.get("Parameters") or {}
        unknown = sorted(set(resources.input_parameters) - set(declared))
        # A stack of which there is no more than a change set has parameters and no template yet.
        if unknown and resources._template:
            raise ValidationError(message=f"Parameters: [{', '.join(unknown)}] do not exist in the template")
        # A list that a deployment keeps from the one before is a list already, and `load` splits texts.
        resources.input_parameters = {
            name: ",".join(value) if isinstance(value, list) else value
            for name, value in resources.input_parameters.items()
        }
        load(resources)
        for name, slot in declared.items():
            resources.resolved_parameters[name] = _checked(name, slot, resources.resolved_parameters[name])
        resources._parsed_resources.update(resources.resolved_parameters)

    parsing.ResourceMap.load_parameters = load_parameters
    _check_when_a_change_set_is_made(models.ChangeSet)


def _check_when_a_change_set_is_made(change_set: Any) -> None:
    """Stock moto reads a new stack's parameters only when its change set is executed."""
    make = change_set.__init__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        probe = models.Stack(
            stack_id=self.stack_id,
            name=self.stack_name,
            template=self.template,
            parameters=self.parameters,
            account_id=self.stack.account_id,
            region_name=self.stack.region_name,
        )
        check_rules(probe.template_dict, probe.resource_map)

    change_set.__init__ = init


def check_rules(template: dict[str, Any], resources: Any) -> None:
    """Raises moto's ValidationError with the description of the first assertion that does not hold."""
    for name, rule in (template.get("Rules") or {}).items():
        if "RuleCondition" in rule and not _holds(rule["RuleCondition"], resources):
            continue
        for assertion in rule["Assertions"]:
            if not _holds(assertion["Assert"], resources):
                why = assertion.get("AssertDescription", f"an assertion of rule {name} does not hold")
                raise ValidationError(message=f"Template validation error: Rule {name} failed: {why}")


def _holds(condition: Any, resources: Any) -> bool:
    return bool(parsing.parse_condition(condition, resources, resources.lazy_condition_map))


def _checked(name: str, slot: dict[str, Any], value: Any) -> Any:
    kind = slot.get("Type", "String")
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        value = value.split(",") if isinstance(value, str) else value
    for item in value if isinstance(value, list) else [value]:
        problem = _problem(slot, item)
        if problem:
            why = slot.get("ConstraintDescription", problem)
            raise ValidationError(message=f"Parameter {name} failed to satisfy constraint: {why}")
    return value


def _problem(slot: dict[str, Any], value: Any) -> str | None:
    text = str(value)
    allowed = slot.get("AllowedValues")
    if allowed is not None and text not in [str(item) for item in allowed]:
        return f"must be one of {', '.join(str(item) for item in allowed)}"
    if "AllowedPattern" in slot and not re.fullmatch(slot["AllowedPattern"], text):
        return f"must match pattern {slot['AllowedPattern']}"
    if len(text) > int(slot.get("MaxLength", len(text))):
        return f"must be at most {slot['MaxLength']} characters"
    if len(text) < int(slot.get("MinLength", 0)):
        return f"must be at least {slot['MinLength']} characters"
    if slot.get("Type") == "Number":
        return _number_problem(slot, value)
    return None


def _number_problem(slot: dict[str, Any], value: Any) -> str | None:
    number = float(value)
    if number < float(slot.get("MinValue", number)):
        return f"must be at least {slot['MinValue']}"
    if number > float(slot.get("MaxValue", number)):
        return f"must be at most {slot['MaxValue']}"
    return None
