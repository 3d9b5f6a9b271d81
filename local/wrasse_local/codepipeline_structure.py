"""What a pipeline may consist of: its stages, actions, artifacts, namespaces, and what each provider can be told.

AWS: https://docs.aws.amazon.com/codepipeline/latest/userguide/pipeline-requirements.html
Stock moto wants two stages and a role that CodePipeline may assume. Here the role is not looked at; the providers are
Source S3, Build CodeBuild, Invoke Lambda and Deploy CloudFormation, and any other, like everything else that the engine
does not do, is a 501 that names it.
"""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

from moto.core.exceptions import JsonRESTError

from . import codebuild_actions, codepipeline_variables
from .codebuild_actions import BUILD
from .codepipeline_jobs import INVOKE
from .codepipeline_workers import DEPLOY, SOURCE
from .engine import REGION
from .put_faults import refusal

CREATE_UPDATE = "CREATE_UPDATE"
LEAST_STAGES = 2
# The keys of a configuration that are needed, and those that may be there.
PROVIDERS: dict[tuple[str, str, str], tuple[frozenset[str], frozenset[str]]] = {
    SOURCE: (frozenset({"S3Bucket", "S3ObjectKey"}), frozenset({"PollForSourceChanges"})),
    BUILD: (frozenset({"ProjectName"}), frozenset({"EnvironmentVariables"})),
    INVOKE: (frozenset({"FunctionName"}), frozenset({"UserParameters"})),
    DEPLOY: (
        frozenset({"ActionMode", "StackName", "TemplatePath"}),
        frozenset({"Capabilities", "ParameterOverrides", "RoleArn"}),
    ),
}
NOT_DONE_OF_PIPELINE = ("artifactStores", "triggers")
NOT_DONE_OF_STAGE = ("beforeEntry", "onFailure", "onSuccess")
NOT_DONE_OF_ACTION = ("commands", "environmentVariables", "outputVariables")


def checked(pipeline: dict[str, Any]) -> dict[str, Any]:
    """A copy with the defaults put in. Raises what CreatePipeline and UpdatePipeline answer to a wrong structure."""
    pipeline = copy.deepcopy(pipeline)
    _refuse("pipeline", pipeline["name"], pipeline, NOT_DONE_OF_PIPELINE)
    if pipeline.get("executionMode") == "PARALLEL":
        raise NotImplementedError("the engine runs pipelines in the modes SUPERSEDED and QUEUED, not PARALLEL")
    if "artifactStore" not in pipeline:
        raise _invalid("Structure", "Pipeline must have an artifactStore.")
    stages = pipeline["stages"]
    if len(stages) < LEAST_STAGES:
        message = f"Pipeline has only {len(stages)} stage(s). There should be a minimum of 2 stages in a pipeline"
        raise _invalid("Structure", message)
    _unique("Stage", [stage["name"] for stage in stages], "the pipeline")
    made: set[str] = set()
    for number, stage in enumerate(stages):
        _refuse("stage", stage["name"], stage, NOT_DONE_OF_STAGE)
        if not stage["actions"]:
            raise _invalid("Structure", f"Stage {stage['name']} has no actions.")
        _unique("Action", [action["name"] for action in stage["actions"]], f"stage {stage['name']}")
        for action in stage["actions"]:
            action.setdefault("runOrder", 1)
            action.setdefault("configuration", {})
            action.setdefault("inputArtifacts", [])
            action.setdefault("outputArtifacts", [])
            _check_action(action, is_first=number == 0)
        for action in sorted(stage["actions"], key=lambda declared: declared["runOrder"]):
            _check_artifacts(action, made)
    variables = [variable["name"] for variable in pipeline.get("variables", [])]
    unknown = codepipeline_variables.unknown_namespaces(stages, variables)
    if unknown:
        raise _invalid("ActionDeclaration", f"No earlier action and no variable of the pipeline gives {unknown[0]}.")
    return pipeline


def _check_action(action: dict[str, Any], *, is_first: bool) -> None:
    of, name = action["actionTypeId"], action["name"]
    kind = (of["category"], of["owner"], of["provider"])
    if kind not in PROVIDERS:
        known = ", ".join("/".join(one) for one in PROVIDERS)
        raise NotImplementedError(f"the engine has no provider {'/'.join(kind)} (action {name}), but {known}")
    _refuse("action", name, action, NOT_DONE_OF_ACTION)
    if action.get("region", REGION) != REGION:
        raise NotImplementedError(f"the engine is {REGION}: action {name} cannot be in {action['region']}")
    if (kind == SOURCE) != is_first:
        message = f"Action {name}: source actions are in the first stage, which has no others."
        raise _invalid("Structure", message)
    given, (needed, allowed) = action["configuration"], PROVIDERS[kind]
    if missing := sorted(needed - given.keys()):
        raise _invalid("ActionDeclaration", f"Action configuration for action '{name}' is missing '{missing[0]}'.")
    if unknown := sorted(given.keys() - needed - allowed):
        raise NotImplementedError(f"the engine does not know the key {unknown[0]} of action {name}'s configuration")
    if given.get("ActionMode", CREATE_UPDATE) != CREATE_UPDATE:
        raise NotImplementedError(f"the engine's action mode is {CREATE_UPDATE}, not {given['ActionMode']} ({name})")
    if kind == BUILD:
        codebuild_actions.check(action)


def _check_artifacts(action: dict[str, Any], made: set[str]) -> None:
    for artifact in action["inputArtifacts"]:
        if artifact["name"] not in made:
            message = f"Action {action['name']} takes the artifact {artifact['name']}, which no earlier action makes."
            raise _invalid("Structure", message)
    for artifact in action["outputArtifacts"]:
        if artifact["name"] in made:
            raise _invalid("Structure", f"The artifact {artifact['name']} is made twice, again by {action['name']}.")
        made.add(artifact["name"])


def _refuse(what: str, name: str, declared: dict[str, Any], members: tuple[str, ...]) -> None:
    for member in members:
        if declared.get(member):
            raise NotImplementedError(f"the engine does not know {member} of a {what} ({name})")


def _unique(what: str, names: list[str], place: str) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise _invalid("Structure", f"{what} names must be unique: {name} is in {place} {count} times.")


def _invalid(what: str, message: str) -> JsonRESTError:
    return refusal(400, f"Invalid{what}Exception", message)
