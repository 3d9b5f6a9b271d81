"""Where the demo's layer goes, and what is to be seen of it there."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import ClientError

LAYER = "shop-greeting"
PREFIX = "/layers"
REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2", "sa-east-1")
FRIEND = "444455556666"
"""The account that may use the layer too."""
MARK = "wrasse sha256:"
"""What the description of a version that the function published begins with."""


@dataclass(frozen=True)
class Region:
    """The layer in one region."""

    name: str
    versions: dict[int, str] = field(hash=False)
    """The descriptions of the versions that are there, by their numbers."""
    latest: str | None
    """What the pointer says."""
    shared_with: tuple[str, ...] = ()
    """Who may use the version that the pointer names."""

    @property
    def released(self) -> dict[int, str]:
        """The versions that the function published."""
        return {number: text for number, text in self.versions.items() if text.startswith(MARK)}


def client(service: str, region: str) -> Any:
    """An ordinary AWS client of a region."""
    return boto3.client(service, region_name=region)


def look() -> list[Region]:
    """Every region as it stands now."""
    return [seen(region) for region in REGIONS]


def seen(region: str) -> Region:
    """One region as it stands now."""
    api = client("lambda", region)
    versions = api.list_layer_versions(LayerName=LAYER)["LayerVersions"]
    latest = pointer(region)
    number = None if latest is None else int(latest.rsplit(":", 1)[1])
    return Region(
        region,
        {version["Version"]: version.get("Description", "") for version in versions},
        latest,
        shared_with=() if number is None else principals(api, number),
    )


def pointer(region: str) -> str | None:
    """The version that `latest` names."""
    try:
        found = client("ssm", region).get_parameter(Name=f"{PREFIX}/{LAYER}/latest")
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            return None
        raise
    return str(found["Parameter"]["Value"])


def principals(api: Any, number: int) -> tuple[str, ...]:
    """The accounts that a version's policy names."""
    try:
        policy = json.loads(api.get_layer_version_policy(LayerName=LAYER, VersionNumber=number)["Policy"])
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return ()
        raise
    return tuple(sorted(statement["Principal"]["AWS"].split(":")[4] for statement in policy["Statement"]))
