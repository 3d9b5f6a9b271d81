"""Lambda layers: versions with numbers that are never used again, their content, their policies, and their lists.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/creating-deleting-layers.html
- a number is used once for each layer name of an account and region, also after its version was deleted; a version that
  is not there can be deleted (https://docs.aws.amazon.com/lambda/latest/api/API_DeleteLayerVersion.html);
- a list has the newest first, at most 50 a page (https://docs.aws.amazon.com/lambda/latest/api/API_ListLayerVersions.html);
- another account sees a version as far as its policy lets it.
Stock moto looks at no limit and at no content, takes any S3 object, has no pages and no GetLayerVersionByArn, keeps a
statement's id twice and its organization outside of the condition. Here its answers are replaced; the versions of a
function are in `lambda_layers_functions`.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import unquote

from moto.awslambda.responses import LambdaResponse

from . import lambda_layers_constraints as constraints
from . import lambda_layers_functions
from .engine import Engine
from .lambda_layers_content import Contents
from .lambda_layers_policy import Statement
from .lambda_layers_versions import Layer, Layers, LayerVersion
from .put_faults import refusal

MOST_A_PAGE = 50
PATH = re.compile(r".*/layers/(?P<layer>[^/]+)/versions(?:/(?P<number>[^/]+)(?:/policy(?:/(?P<statement>[^/]+))?)?)?/?")
T = TypeVar("T")

Answer = tuple[int, dict[str, Any], str]


def install(engine: Engine) -> None:
    layers = Layers()
    api = _Api(engine, layers, Contents(engine.folder("layers")))
    for operation in (
        api.publish_layer_version,
        api.list_layer_versions,
        api.list_layers,
        api.get_layer_version,
        api.get_layer_version_by_arn,
        api.delete_layer_version,
        api.add_layer_version_permission,
        api.remove_layer_version_permission,
        api.get_layer_version_policy,
    ):
        setattr(LambdaResponse, operation.__name__, _answering(operation))
    lambda_layers_functions.install(layers)


def _answering(operation: Callable[[_Request], Answer]) -> Callable[[Any], Answer]:
    return lambda response: operation(_Request(response))


class _Request:
    """A request of Lambda's layer operations."""

    def __init__(self, response: Any) -> None:
        self.account, self.region = str(response.current_account), str(response.region)
        self.query: dict[str, str] = {name: values[0] for name, values in response.querystring.items()}
        self._response = response
        found = PATH.fullmatch(response.path)
        self._path = {name: unquote(value or "") for name, value in found.groupdict().items()} if found else {}

    @property
    def own_layer(self) -> str:
        """The layer's ARN. A refusal where it is not of the caller's account and region."""
        if self.layer.split(":")[3:5] != [self.region, self.account]:
            message = f"User: arn:aws:iam::{self.account}:user/engine is not authorized on resource: {self.layer}"
            raise refusal(403, "AccessDeniedException", message)
        return self.layer

    @property
    def layer(self) -> str:
        """The layer's ARN. It may be given by name, which is one of the caller's."""
        given = self._path["layer"]
        constraints.check_layer_name(given)
        return given if ":" in given else f"arn:aws:lambda:{self.region}:{self.account}:layer:{given}"

    @property
    def number(self) -> int:
        return constraints.version_number(self._path["number"])

    @property
    def statement(self) -> str:
        return self._path["statement"]

    @property
    def body_bytes(self) -> int:
        return len(self._response.body or "")

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self._response.body)
        return body


class _Api:
    """One method for each operation: the answer to a request, or a refusal."""

    def __init__(self, engine: Engine, layers: Layers, contents: Contents) -> None:
        self._engine = engine
        self._layers = layers
        self._contents = contents

    def publish_layer_version(self, request: _Request) -> Answer:
        constraints.check_size(request.body_bytes)
        layer, body = request.own_layer, request.body
        constraints.check_publication(body)
        content = self._contents.of(body.get("Content") or {}, request.account, request.region)
        version = self._layers.publish(
            layer,
            content=content,
            created=self._engine.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "+0000"),
            description=body.get("Description") or "",
            license_info=body.get("LicenseInfo") or "",
            runtimes=tuple(body.get("CompatibleRuntimes") or ()),
            architectures=tuple(body.get("CompatibleArchitectures") or ()),
        )
        return _json(version.with_content(), 201)

    def list_layer_versions(self, request: _Request) -> Answer:
        layer = self._layers.layer(request.own_layer)
        fitting = [version for version in layer.newest_first() if _fits(version, request.query)] if layer else []
        shown, marker = _page(fitting, request.query, lambda version: f"{version.number:012d}", descending=True)
        return _json({"LayerVersions": [version.described() for version in shown], **marker})

    def list_layers(self, request: _Request) -> Answer:
        matching: dict[Layer, LayerVersion] = {}
        for layer in self._layers.of(request.account, request.region):
            newest = next((version for version in layer.newest_first() if _fits(version, request.query)), None)
            if newest:
                matching[layer] = newest
        shown, marker = _page(sorted(matching, key=lambda layer: layer.name), request.query, lambda layer: layer.name)
        described = [
            {
                "LayerName": layer.name,
                "LayerArn": layer.arn,
                "LatestMatchingVersion": matching[layer].described(),
            }
            for layer in shown
        ]
        return _json({"Layers": described, **marker})

    def get_layer_version(self, request: _Request) -> Answer:
        return self._shown(request, f"{request.layer}:{request.number}")

    def get_layer_version_by_arn(self, request: _Request) -> Answer:
        arn = request.query.get("Arn", "")
        constraints.check_version_arn(arn)
        return self._shown(request, arn)

    def delete_layer_version(self, request: _Request) -> Answer:
        self._layers.delete(request.own_layer, request.number)
        return 204, {"status": 204}, ""

    def add_layer_version_permission(self, request: _Request) -> Answer:
        body = request.body
        constraints.check_permission(body)
        version = self._existing(request)
        statement = Statement(body["StatementId"], version.arn, body["Principal"], body.get("OrganizationId"))
        with self._layers.lock:
            version.policy.add(statement, request.query.get("RevisionId"))
            revision = version.policy.revision
        return _json({"Statement": json.dumps(statement.document()), "RevisionId": revision}, 201)

    def remove_layer_version_permission(self, request: _Request) -> Answer:
        version = self._existing(request)
        with self._layers.lock:
            version.policy.remove(request.statement, request.query.get("RevisionId"))
        return 204, {"status": 204}, ""

    def get_layer_version_policy(self, request: _Request) -> Answer:
        with self._layers.lock:
            policy = self._existing(request).policy
            return _json({"Policy": json.dumps(policy.document()), "RevisionId": policy.revision})

    def _shown(self, request: _Request, arn: str) -> Answer:
        version = self._layers.version(arn)
        if version is None or version.region != request.region:
            raise refusal(404, "ResourceNotFoundException", "The resource you requested does not exist.")
        version.check_access(request.account)
        return _json(version.with_content())

    def _existing(self, request: _Request) -> LayerVersion:
        arn = f"{request.own_layer}:{request.number}"
        version = self._layers.version(arn)
        if version is None:
            raise refusal(404, "ResourceNotFoundException", f"Layer version {arn} does not exist.")
        return version


def _fits(version: LayerVersion, query: dict[str, str]) -> bool:
    runtime, architecture = query.get("CompatibleRuntime"), query.get("CompatibleArchitecture")
    return (runtime is None or runtime in version.runtimes) and (
        architecture is None or architecture in version.architectures
    )


def _page(
    items: Sequence[T], query: dict[str, str], key: Callable[[T], str], *, descending: bool = False
) -> tuple[Sequence[T], dict[str, str]]:
    """The items that follow the marker, and the marker of the page after them. A marker is the last key of its page."""
    most = constraints.page_size(query.get("MaxItems"), MOST_A_PAGE)
    if marker := query.get("Marker"):
        last = _opened(marker)
        items = [item for item in items if (key(item) < last if descending else key(item) > last)]
    shown = items[:most]
    if len(items) <= most:
        return shown, {}
    return shown, {"NextMarker": base64.urlsafe_b64encode(key(shown[-1]).encode()).decode()}


def _opened(marker: str) -> str:
    try:
        return base64.urlsafe_b64decode(marker).decode()
    except ValueError as error:
        raise refusal(400, "InvalidParameterValueException", "Invalid pagination token") from error


def _json(value: dict[str, Any], status: int = 200) -> Answer:
    return status, {"status": status}, json.dumps(value)
