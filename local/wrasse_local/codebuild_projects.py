"""Build projects: created, updated, deleted, shown and listed.

AWS: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html
https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateProject.html
Stock moto has no UpdateProject, wants a location of sources that have none, and keeps half of a project. Here a project
with anything that its builds would not do, as a source on GitHub, is a 501 that names it. VPC, image and size of
the environment are kept and mean nothing.
"""

from __future__ import annotations

import copy
import unicodedata
from typing import Any

from moto.core.exceptions import JsonRESTError

from . import codebuild_buildspec
from .codebuild_records import CODECOMMIT, CODEPIPELINE, HOSTS, NO_ARTIFACTS, NO_SOURCE, S3
from .codecommit_records import URL
from .engine import REGION, Engine
from .put_faults import refusal

INVALID, NOT_FOUND, EXISTS = "InvalidInputException", "ResourceNotFoundException", "ResourceAlreadyExistsException"
SOURCES = (CODECOMMIT, CODEPIPELINE, NO_SOURCE, S3, *HOSTS)
CONNECTIONS = "CODECONNECTIONS"
ARTIFACTS = (CODEPIPELINE, NO_ARTIFACTS, S3)
ENVIRONMENTS = ("ARM_CONTAINER", "LINUX_CONTAINER")
PLAINTEXT = "PLAINTEXT"
MOST_TAGS = 50
TAG_SIGNS = "_.:/=@+-"
DEFAULTS = {"timeoutInMinutes": 60, "queuedTimeoutInMinutes": 480, "tags": [], "cache": {"type": "NO_CACHE"}}
NOT_DONE = (
    "autoRetryLimit",
    "badgeEnabled",
    "buildBatchConfig",
    "fileSystemLocations",
    "secondaryArtifacts",
    "secondarySourceVersions",
    "secondarySources",
)
NOT_DONE_OF_ENVIRONMENT = ("certificate", "computeConfiguration", "dockerServer", "fleet", "registryCredential")
NOT_DONE_OF_SOURCE = ("buildStatusConfig", "gitSubmodulesConfig", "reportBuildStatus", "sourceIdentifier")
PAGE = 100
# How many builds of the project may run; UpdateProject takes the limit away by a number that is none.
LIMIT, NO_LIMIT = "concurrentBuildLimit", -1


class Projects:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._projects: dict[tuple[str, str], dict[str, Any]] = {}

    def get(self, account: str, name: str) -> dict[str, Any]:
        """A project by its name or ARN."""
        name = name.removeprefix(_arn(account, ""))
        found = self._projects.get((account, name))
        if found is None:
            raise refusal(400, NOT_FOUND, f"Project cannot be found: {_arn(account, name)}")
        return found

    def create(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        name, now = body["name"], self._engine.clock.now().timestamp()
        if (account, name) in self._projects:
            raise refusal(400, EXISTS, f"Project already exists: {_arn(account, name)}")
        key = f"arn:aws:kms:{REGION}:{account}:alias/aws/s3"
        times = {"created": now, "lastModified": now}
        project = {**DEFAULTS, "encryptionKey": key, **copy.deepcopy(body), "arn": _arn(account, name), **times}
        check(project)
        self._projects[account, name] = project
        return {"project": shown(project)}

    def update(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        """Members that the request does not have stay as they are."""
        project = self.get(account, body["name"])
        changed = {**project, **copy.deepcopy(body), "name": project["name"]}
        if changed.get(LIMIT) == NO_LIMIT:
            del changed[LIMIT]
        check(changed)
        if LIMIT not in changed:
            project.pop(LIMIT, None)
        project.update({**changed, "lastModified": self._engine.clock.now().timestamp()})
        return {"project": shown(project)}

    def delete(self, account: str, name: str) -> dict[str, Any]:
        """A project that is not there is no error. Its builds stay, and go on."""
        self._projects.pop((account, name.removeprefix(_arn(account, ""))), None)
        return {}

    def several(self, account: str, names: list[str]) -> dict[str, Any]:
        found, missing = [], []
        for name in names:
            project = self._projects.get((account, name.removeprefix(_arn(account, ""))))
            if project is None:
                missing.append(name)
            else:
                found.append(shown(project))
        return {"projects": found, "projectsNotFound": missing}

    def list(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        keys = {"NAME": "name", "CREATED_TIME": "created", "LAST_MODIFIED_TIME": "lastModified"}
        key = keys[body.get("sortBy") or "NAME"]
        projects = [project for (owner, _), project in self._projects.items() if owner == account]
        ordered = sorted(projects, key=lambda project: project[key], reverse=body.get("sortOrder") == "DESCENDING")
        return page("projects", [project["name"] for project in ordered], body)


def check(project: dict[str, Any]) -> None:
    """Raises what CreateProject and StartBuild answer to a project like that."""
    source, artifacts, environment = project["source"], project["artifacts"], project["environment"]
    _refuse_others("source type", source["type"], SOURCES)
    _refuse_others("artifact type", artifacts["type"], ARTIFACTS)
    _refuse_others("environment type", environment["type"], ENVIRONMENTS)
    _refuse("project", project, NOT_DONE)
    _refuse("source", source, NOT_DONE_OF_SOURCE)
    _refuse("environment", environment, NOT_DONE_OF_ENVIRONMENT)
    _refuse_others("cache", project["cache"]["type"], ("NO_CACHE",))
    _refuse_others(
        "logging in S3", ((project.get("logsConfig") or {}).get("s3Logs") or {}).get("status"), (None, "DISABLED")
    )
    for variable in environment.get("environmentVariables") or []:
        _refuse_others(f"the variable {variable['name']} of type", variable.get("type", PLAINTEXT), (PLAINTEXT,))
    for what, place in (("source", source), ("artifacts", artifacts)):
        if place["type"] == S3 and not place.get("location"):
            raise invalid(f"The {what} of type S3 must have a location.")
    _check_source(source)
    if (source["type"] == CODEPIPELINE) != (artifacts["type"] == CODEPIPELINE):
        raise invalid("Source and artifacts must both be of type CODEPIPELINE, or neither of them.")
    if project.get(LIMIT, 1) < 1:
        raise invalid(f"The limit of concurrent builds is at least 1, not {project[LIMIT]}.")
    _check_tags(project["tags"])


def shown(project: dict[str, Any]) -> dict[str, Any]:
    described = {**copy.deepcopy(project), "badge": {"badgeEnabled": False}}
    described["environment"].setdefault("environmentVariables", [])
    return described


def page(name: str, found: list[str], body: dict[str, Any]) -> dict[str, Any]:
    token = body.get("nextToken") or "0"
    if not token.isdecimal():
        raise invalid("The next token is invalid.")
    end = int(token) + PAGE
    return {name: found[int(token) : end], **({"nextToken": str(end)} if end < len(found) else {})}


def invalid(message: str) -> JsonRESTError:
    return refusal(400, INVALID, message)


def _check_source(source: dict[str, Any]) -> None:
    buildspec = source.get("buildspec") or ""
    if source["type"] == NO_SOURCE and not codebuild_buildspec.is_inline(buildspec):
        raise invalid("A project of source type NO_SOURCE must have its buildspec in itself.")
    if source["type"] == S3 and "/" not in source["location"]:
        raise invalid(f"The location of a source in S3 is <bucket>/<key>, not {source['location']}.")
    if source["type"] == CODECOMMIT and not (source.get("location") or "").startswith(URL):
        raise invalid(f"The location of a source in CodeCommit is {URL}<repository>, not {source.get('location')}.")
    auth = source.get("auth") or {}
    if source["type"] in HOSTS and not (auth.get("type") == CONNECTIONS and auth.get("resource")):
        raise NotImplementedError(
            f"the engine has no source type {source['type']} without a connection ({CONNECTIONS})"
        )
    if source["type"] in HOSTS and not (source.get("location") or "").startswith(("https://", "http://")):
        raise invalid(f"The location of a source at another host is a clone URL, not {source.get('location')}.")
    if source["type"] not in HOSTS:
        _refuse("source", source, ("auth",))
    if buildspec.startswith("arn:"):
        raise NotImplementedError("the engine reads a buildspec from the project or its source, not from a bucket")


def _check_tags(tags: list[dict[str, str]]) -> None:
    """Letters, numbers, spaces and a few signs, which the model has as a pattern that Python does not read."""
    if len(tags) > MOST_TAGS:
        raise invalid(f"A project has {MOST_TAGS} tags at most, not {len(tags)}.")
    for tag in tags:
        for what, text, most in (("key", tag["key"], 127), ("value", tag["value"], 255)):
            wrong = [sign for sign in text if unicodedata.category(sign)[0] not in "LZN" and sign not in TAG_SIGNS]
            if wrong or len(text) > most or (what == "key" and not text):
                message = f"1 validation error detected: Value '{text}' of a tag's {what} failed to satisfy constraint"
                raise refusal(400, "ValidationException", message)


def _refuse(what: str, declared: dict[str, Any], members: tuple[str, ...]) -> None:
    for member in members:
        if declared.get(member):
            raise NotImplementedError(f"the engine does not know {member} of a {what}")


def _refuse_others(what: str, value: str | None, known: tuple[str | None, ...]) -> None:
    if value not in known:
        raise NotImplementedError(f"the engine has no {what} {value}, but {', '.join(one for one in known if one)}")


def _arn(account: str, name: str) -> str:
    return f"arn:aws:codebuild:{REGION}:{account}:project/{name}"
