"""Layers and their versions, as the engine keeps them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from .lambda_layers_content import Content
from .lambda_layers_policy import Policy
from .put_faults import refusal


@dataclass(frozen=True)
class LayerVersion:
    layer_arn: str
    number: int
    content: Content
    created: str
    description: str
    license_info: str
    runtimes: tuple[str, ...]
    architectures: tuple[str, ...]
    policy: Policy = field(default_factory=Policy, compare=False)

    @property
    def arn(self) -> str:
        return f"{self.layer_arn}:{self.number}"

    @property
    def region(self) -> str:
        return self.layer_arn.split(":")[3]

    @property
    def account(self) -> str:
        return self.layer_arn.split(":")[4]

    def described(self) -> dict[str, Any]:
        """As a list has it. What was not given is left out."""
        return {
            "LayerVersionArn": self.arn,
            "Version": self.number,
            "CreatedDate": self.created,
            **({"Description": self.description} if self.description else {}),
            **({"LicenseInfo": self.license_info} if self.license_info else {}),
            **({"CompatibleRuntimes": self.runtimes} if self.runtimes else {}),
            **({"CompatibleArchitectures": self.architectures} if self.architectures else {}),
        }

    def with_content(self) -> dict[str, Any]:
        """As its publication and GetLayerVersion have it."""
        return {
            "Content": self.content.described(self.region),
            "LayerArn": self.layer_arn,
            "Description": "",
            **self.described(),
        }

    def check_access(self, account: str) -> None:
        """Refuses another account that the version's policy does not let in."""
        if account != self.account and not self.policy.lets_in(account):
            raise refusal(
                403,
                "AccessDeniedException",
                f"User: arn:aws:iam::{account}:user/engine is not authorized to perform: lambda:GetLayerVersion on "
                f"resource: {self.arn} because no resource-based policy allows the lambda:GetLayerVersion action",
            )


class Layer:
    """A layer's versions. Its last number stays when its versions go."""

    def __init__(self, arn: str) -> None:
        self.arn = arn
        self.name = arn.split(":")[6]
        self.last_number = 0
        self.versions: dict[int, LayerVersion] = {}

    def newest_first(self) -> list[LayerVersion]:
        return sorted(self.versions.values(), key=lambda version: -version.number)


class Layers:
    """All layers of all accounts and regions, by ARN. `lock` is held while one of them changes."""

    def __init__(self) -> None:
        self._layers: dict[str, Layer] = {}
        self.lock = threading.RLock()

    def publish(self, layer_arn: str, **settings: Any) -> LayerVersion:
        """Makes a version with a number that the layer never had."""
        with self.lock:
            layer = self._layers.setdefault(layer_arn, Layer(layer_arn))
            layer.last_number += 1
            version = LayerVersion(layer_arn, layer.last_number, **settings)
            layer.versions = {**layer.versions, version.number: version}
            return version

    def delete(self, layer_arn: str, number: int) -> None:
        with self.lock:
            if layer := self._layers.get(layer_arn):
                layer.versions = {key: version for key, version in layer.versions.items() if key != number}

    def layer(self, arn: str) -> Layer | None:
        return self._layers.get(arn)

    def of(self, account: str, region: str) -> list[Layer]:
        start = f"arn:aws:lambda:{region}:{account}:layer:"
        return [layer for arn, layer in list(self._layers.items()) if arn.startswith(start)]

    def version(self, arn: str) -> LayerVersion | None:
        layer_arn, _, number = arn.rpartition(":")
        layer = self._layers.get(layer_arn)
        return layer.versions.get(int(number)) if layer else None
