"""CodeBuild, a stand-in: the modules that make moto's builds run the commands of their buildspec.

AWS: https://docs.aws.amazon.com/codebuild/latest/APIReference/Welcome.html
Stock moto keeps projects and runs nothing. Here its operations on projects and builds are replaced and UpdateProject is
added; batches, reports, fleets, webhooks and credentials are not there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore import xform_name
from moto.codebuild.responses import CodeBuildResponse

from . import codepipeline_validation
from .codebuild_builds import Builds
from .codebuild_projects import Projects
from .engine import REGION, Engine

Operation = Callable[[str, dict[str, Any]], dict[str, Any]]
# Its patterns have classes of Unicode, which Python's do not; `codebuild_projects` checks them.
NOT_BY_MODEL = "tags"
_installed: list[Builds] = []


def install(engine: Engine) -> None:
    projects = Projects(engine)
    builds = Builds(engine, projects)
    _installed[:] = [builds]
    for name, operation in _operations(projects, builds).items():
        _serve(engine, name, operation)


def builds_of_the_engine() -> Builds:
    """A process has one engine at most, as moto's backends are globals."""
    return _installed[0]


def _operations(projects: Projects, builds: Builds) -> dict[str, Operation]:
    """By the API's names: what is called with the caller's account and the request."""
    return {
        "BatchGetBuilds": lambda account, body: builds.several(account, body["ids"]),
        "BatchGetProjects": lambda account, body: projects.several(account, body["names"]),
        "CreateProject": projects.create,
        "DeleteProject": lambda account, body: projects.delete(account, body["name"]),
        "ListBuilds": builds.list,
        "ListBuildsForProject": lambda account, body: builds.list(account, body, body["projectName"]),
        "ListProjects": projects.list,
        "StartBuild": builds.start,
        "StopBuild": lambda account, body: builds.stop(account, body["id"]),
        "UpdateProject": projects.update,
    }


def _serve(engine: Engine, name: str, operation: Operation) -> None:
    def serve(response: Any) -> str:
        if response.region != REGION:
            raise NotImplementedError(f"the engine has builds in {REGION} alone, not in {response.region}")
        body = {key: value for key, value in json.loads(response.body or "{}").items() if value is not None}
        shape = engine.client("codebuild").meta.service_model.operation_model(name).input_shape
        codepipeline_validation.check({key: value for key, value in body.items() if key != NOT_BY_MODEL}, shape)
        return json.dumps(operation(response.current_account, body))

    setattr(CodeBuildResponse, xform_name(name), serve)
