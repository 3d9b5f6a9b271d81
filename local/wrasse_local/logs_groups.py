"""Log groups: pages of DescribeLogGroups, classes, and many groups at once.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
50 groups a page, by name; a token is good for 24 hours (here: of the engine's clock). A group has a class, STANDARD
unless it was made with another; its tags go with it.
Stock moto sorts all groups for every page, forgets the class, refuses no name, and gives a new group the tags of a
deleted one. `POST /logs/groups {"prefix": P, "count": N, "tags"?: {}, "account"?: A}` makes the groups `P00000` and so
on; those that are there already stay. No event tells of them (see `cloudtrail_events`).
"""

from __future__ import annotations

import base64
import bisect
import json
import re
import threading
from collections.abc import Iterator
from typing import Any

from moto.logs.exceptions import InvalidParameterException, ResourceNotFoundException
from moto.logs.models import LogGroup, LogsBackend, logs_backends
from moto.logs.responses import LogsResponse

from .engine import ACCOUNT, REGION, ControlError, Engine

STANDARD = "STANDARD"
CLASSES = (STANDARD, "INFREQUENT_ACCESS", "DELIVERY")
PAGE = 50
TOKEN_SECONDS = 24 * 60 * 60
NAME = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")
_creating = threading.Lock()


class Groups(dict[str, Any]):
    """moto's groups by name, with the names in order."""

    def __init__(self) -> None:
        super().__init__()
        self._names: list[str] = []
        self._lock = threading.Lock()

    def __setitem__(self, name: str, group: Any) -> None:
        with self._lock:
            if name not in self:
                bisect.insort(self._names, name)
            super().__setitem__(name, group)

    def __delitem__(self, name: str) -> None:
        with self._lock:
            super().__delitem__(name)
            del self._names[bisect.bisect_left(self._names, name)]

    def after(self, name: str, prefix: str) -> Iterator[Any]:
        """Groups of that prefix whose name is greater, by name. One that is deleted meanwhile may be missing."""
        while True:
            with self._lock:
                at = max(bisect.bisect_right(self._names, name), bisect.bisect_left(self._names, prefix))
                if at == len(self._names) or not self._names[at].startswith(prefix):
                    return
                name = self._names[at]
                group = self[name]
            yield group


def install(engine: Engine) -> None:
    make = LogsBackend.__init__

    def init(backend: Any, region_name: str, account_id: str) -> None:
        make(backend, region_name, account_id)
        backend.groups = Groups()

    LogsBackend.__init__ = init
    LogsBackend.delete_log_group = _delete
    LogsBackend.ensure_log_group = lambda backend, name: ensure(backend, name)
    LogGroup.log_group_class = STANDARD
    LogsResponse.create_log_group = _create
    LogsResponse.describe_log_groups = lambda response: _describe(engine, response)
    engine.control["POST", "/logs/groups"] = _make_many


def ensure(backend: Any, name: str) -> bool:
    """Makes the group where it is missing, and says whether it was. Stock moto may make two of one name."""
    with _creating:
        missing = name not in backend.groups
        if missing:
            backend.create_log_group(name, {})
    return missing


def _create(response: Any) -> str:
    name, log_class = response._get_param("logGroupName"), response._get_param("logGroupClass") or STANDARD
    if not NAME.fullmatch(name or ""):
        raise InvalidParameterException(
            constraint=f"Member must satisfy regular expression pattern: {NAME.pattern}",
            parameter="logGroupName",
            value=name,
        )
    if log_class not in CLASSES:
        constraint = f"Member must satisfy enum value set: [{', '.join(CLASSES)}]"
        raise InvalidParameterException(constraint=constraint, parameter="logGroupClass", value=log_class)
    with _creating:
        group = response.logs_backend.create_log_group(
            name, response._get_param("tags"), kmsKeyId=response._get_param("kmsKeyId")
        )
        group.log_group_class = log_class
    return ""


def _delete(backend: Any, log_group_name: str) -> None:
    with _creating:
        if log_group_name not in backend.groups:
            raise ResourceNotFoundException()
        backend.tagger.delete_all_tags_for_resource(backend.groups[log_group_name].arn)
        del backend.groups[log_group_name]


def _describe(engine: Engine, response: Any) -> str:
    limit, log_class = response._get_param("limit", PAGE), response._get_param("logGroupClass")
    prefix, pattern = response._get_param("logGroupNamePrefix"), response._get_param("logGroupNamePattern")
    if not 1 <= limit <= PAGE:
        constraint = f"Member must have value between 1 and {PAGE}"
        raise InvalidParameterException(constraint=constraint, parameter="limit", value=limit)
    if prefix and pattern:
        message = "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."
        raise InvalidParameterException(message)
    if response._get_param("includeLinkedAccounts") or response._get_param("logGroupIdentifiers"):
        raise NotImplementedError("the engine lists the groups of one account, by prefix, pattern and class")
    shown: list[dict[str, Any]] = []
    token = None
    for group in response.logs_backend.groups.after(_after(engine, response._get_param("nextToken")), prefix or ""):
        if (pattern and pattern not in group.name) or log_class not in (None, group.log_group_class):
            continue
        if len(shown) == limit:
            token = _token(engine, shown[-1]["logGroupName"])
            break
        shown.append({**group.to_describe_dict(), "logGroupClass": group.log_group_class})
    return json.dumps({"logGroups": shown, **({"nextToken": token} if token else {})})


def _token(engine: Engine, name: str) -> str:
    until = engine.clock.now().timestamp() + TOKEN_SECONDS
    return base64.urlsafe_b64encode(json.dumps([name, until]).encode()).decode()


def _after(engine: Engine, token: str | None) -> str:
    if token is None:
        return ""
    try:
        name, until = json.loads(base64.urlsafe_b64decode(token))
    except (ValueError, TypeError) as error:
        raise InvalidParameterException("The specified nextToken is invalid.") from error
    if engine.clock.now().timestamp() > until:
        raise InvalidParameterException("The specified nextToken is invalid.")
    return str(name)


def _make_many(body: dict[str, Any]) -> object:
    prefix, count, tags = body.get("prefix"), body.get("count"), body.get("tags") or {}
    if not isinstance(prefix, str) or not isinstance(count, int) or not NAME.fullmatch(f"{prefix}{count:05d}"):
        raise ControlError(
            400, "logs/groups needs `prefix`, the beginning of a log group's name, and `count`, a number"
        )
    backend = logs_backends[str(body.get("account") or ACCOUNT)][REGION]
    names = [f"{prefix}{number:05d}" for number in range(count)]
    made = [name for name in names if ensure(backend, name)]
    for name in made if tags else []:
        backend.tag_log_group(name, tags)
    return {"made": len(made), "already": len(names) - len(made)}
