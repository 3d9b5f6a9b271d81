"""Custom resources: `AWS::CloudFormation::CustomResource` and `Custom::*`, made by a Lambda function.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
- the function is invoked asynchronously with a request, and puts its answer to the request's `ResponseURL`: JSON of at
  most 4,096 bytes; the first answer counts. A function that fails is tried again, as Lambda does;
- every property reaches it as a string. `Data` of the answer is what `Fn::GetAtt` gives;
- an update that answers another `PhysicalResourceId` replaces the resource: the old one gets a Delete at the end;
- a resource that could not be made gets a Delete too;
- without an answer for `ServiceTimeout` seconds (an hour by default), the operation fails.
Stock moto invokes the function at a fixed address, and goes on when there is no answer.

Here these are real seconds, 600 at most, and an invocation of which all tries have failed fails the operation at once.
The URL is a control route of the engine, in plain HTTP. `POST /custom-resources/faults {"kind": "fail", "count": N}`
makes it answer 500 to the next N answers. Topics as `ServiceToken` are refused.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from typing import Any

from .control import PREFIX
from .engine import ControlError, Engine
from .lambda_async import is_given_up
from .put_faults import FAIL, Faults, route
from .stack_resources import CUSTOM_RESOURCE, Resource, ResourceError, ResourceType, register

DEFAULT_TIMEOUT_SECONDS = 3600
LONGEST_SECONDS = 600
POLL_SECONDS = 0.05
ANSWER_BYTES = 4096
LOG = logging.getLogger(__name__)


class CustomResource(ResourceType):
    type = CUSTOM_RESOURCE
    replaced_by = frozenset()
    in_place = None
    removable = None
    faults: Faults

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        try:
            answer = self._ask("Create", properties)
        except Failed as error:
            self._undo(error.physical_id or name, properties)
            raise
        return Resource(answer["PhysicalResourceId"], answer.get("Data") or {})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        if properties["ServiceToken"] != existing.properties["ServiceToken"]:
            raise ValueError("Modifying service token is not allowed.")
        identifier = existing.physical_resource_id
        old = {"PhysicalResourceId": identifier, "OldResourceProperties": as_strings(existing.properties)}
        answer = self._ask("Update", properties, **old)
        if answer["PhysicalResourceId"] != identifier:
            return Resource(answer["PhysicalResourceId"], answer.get("Data") or {})
        existing.attributes = answer.get("Data") or {}
        return existing

    def delete(self, existing: Resource) -> None:
        self._ask("Delete", existing.properties, PhysicalResourceId=existing.physical_resource_id)

    def _undo(self, identifier: str, properties: dict[str, Any]) -> None:
        try:
            self._ask("Delete", properties, PhysicalResourceId=identifier)
        except Failed as error:
            LOG.warning("custom resource %s: Delete after a failed Create: %s", self.place.logical_id, error)

    def _ask(self, kind: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
        """One request and its answer. Raises Failed with what a stack's event says."""
        function, request_id = properties["ServiceToken"], str(uuid.uuid4())
        if function.split(":")[2] != "lambda":
            raise ValueError(f"the engine asks Lambda functions for custom resources, not {function}")
        answers = Answers(self.faults)
        path = f"/custom-resources/{request_id}"
        self.engine.control["PUT", path] = answers.put
        request = {
            "RequestType": kind,
            "ServiceToken": function,
            "ResponseURL": self.engine.endpoint + PREFIX + path,
            "StackId": self.place.stack_id,
            "RequestId": request_id,
            "LogicalResourceId": self.place.logical_id,
            "ResourceType": self.place.type_name,
            "ResourceProperties": as_strings(properties),
            **more,
        }
        invoked = self.engine.client("lambda").invoke(
            FunctionName=function, InvocationType="Event", Payload=json.dumps(request)
        )
        wanted = float(properties.get("ServiceTimeout", DEFAULT_TIMEOUT_SECONDS))
        answer = answers.wait(min(wanted, LONGEST_SECONDS), invoked["ResponseMetadata"]["RequestId"])
        return _checked(answer, request)


class Failed(ResourceError):
    """The request has failed; `physical_id` is what the function answered, if anything."""

    def __init__(self, reason: str, physical_id: str | None = None) -> None:
        super().__init__(reason)
        self.physical_id = physical_id


class Answers:
    """The answers to one request, of which the first counts."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._first: dict[str, Any] | None = None
        self._arrived = threading.Event()
        self._lock = threading.Lock()

    def put(self, body: dict[str, Any]) -> object:
        """What the control route does. Later answers are accepted and not read, as objects in S3 are."""
        if self._faults.take(FAIL):
            raise ControlError(500, "the response URL fails, as asked")
        with self._lock:
            self._first = self._first or body
        self._arrived.set()
        return {}

    def wait(self, seconds: float, invocation: str) -> dict[str, Any]:
        """The answer, within real seconds. Raises Failed where there is none."""
        until = time.monotonic() + seconds
        while not self._arrived.wait(POLL_SECONDS):
            if is_given_up(invocation) and not self._arrived.is_set():
                raise Failed(f"{_NO_ANSWER} (all tries of invocation {invocation} have failed)")
            if time.monotonic() > until:
                raise Failed(f"{_NO_ANSWER} (within {seconds:.0f} seconds; invocation {invocation})")
        assert self._first is not None
        return self._first


_NO_ANSWER = "CloudFormation did not receive a response from your Custom Resource."


def install(engine: Engine) -> None:
    kind = CustomResource(engine)
    kind.faults = route(engine, "custom-resources", FAIL)
    register(kind)


def as_strings(value: Any) -> Any:
    """Properties as CloudFormation sends them: every scalar a string."""
    if isinstance(value, dict):
        return {key: as_strings(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_strings(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _checked(answer: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()) > ANSWER_BYTES:
        raise Failed("Response object is too long.")
    identifier = answer.get("PhysicalResourceId")
    for name in ("StackId", "RequestId", "LogicalResourceId"):
        if answer.get(name) != request[name]:
            raise Failed(f"Invalid response: {name} is not the request's", identifier)
    if answer.get("Status") == "FAILED":
        reason = answer.get("Reason")
        why = f"Message returned: {reason}" if reason else "Message returned: no reason was given"
        said = f"Received response status [FAILED] from custom resource. {why} (RequestId: {request['RequestId']})"
        raise Failed(said, identifier)
    if answer.get("Status") != "SUCCESS":
        raise Failed(f"Invalid response: Status is {answer.get('Status')!r}", identifier)
    if not isinstance(identifier, str) or not identifier:
        raise Failed("Invalid PhysicalResourceId")
    return answer
