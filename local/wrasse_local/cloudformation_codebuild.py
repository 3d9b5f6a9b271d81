"""`AWS::CodeBuild::Project` in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codebuild-project.html
`Ref` is the name, `Fn::GetAtt` knows `Arn`. A name that CloudFormation makes up begins with the logical id, not with
the stack's name, as in https://github.com/aws/aws-cdk/issues/16992. A change of the name makes a new project, every
other one is made in place; a property that is taken away gets the default again. Stock moto has no such type.
"""

from __future__ import annotations

import random
import string
from typing import Any

from .api_properties import called
from .engine import Engine
from .stack_resources import SUFFIX_LENGTH, Resource, ResourceType, register

MOST_OF_LOGICAL_ID = 27
REQUIRED = frozenset({"Artifacts", "Environment", "ServiceRole", "Source"})
# What UpdateProject is told of a property that the template does not have (any more).
DEFAULTS: dict[str, Any] = {
    "Cache": {"Type": "NO_CACHE"},
    "ConcurrentBuildLimit": -1,
    "Description": "",
    "LogsConfig": {"CloudWatchLogs": {"Status": "ENABLED"}},
    "QueuedTimeoutInMinutes": 480,
    "SourceVersion": "",
    "Tags": [],
    "TimeoutInMinutes": 60,
}
# Kept and without a meaning here, or refused by the API, by their names.
OTHERS = frozenset(
    {
        "AutoRetryLimit",
        "BadgeEnabled",
        "BuildBatchConfig",
        "EncryptionKey",
        "FileSystemLocations",
        "SecondaryArtifacts",
        "SecondarySourceVersions",
        "SecondarySources",
        "VpcConfig",
    }
)


class Project(ResourceType):
    type = "AWS::CodeBuild::Project"
    name_property = "Name"
    takes_stack_tags = True
    known = frozenset({"Name", *REQUIRED, *DEFAULTS, *OTHERS})
    replaced_by = frozenset({"Name"})
    in_place = frozenset({*REQUIRED, *DEFAULTS, *OTHERS})
    removable = frozenset(DEFAULTS)

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        if "Name" not in properties:
            letters = random.choices(string.ascii_letters + string.digits, k=SUFFIX_LENGTH)
            name = f"{self.place.logical_id[:MOST_OF_LOGICAL_ID]}-{''.join(letters)}"
        made = called(self.engine, "codebuild", "CreateProject", {**properties, "Name": name})
        return Resource(name, {"Arn": made["project"]["arn"]})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        name = existing.physical_resource_id
        called(self.engine, "codebuild", "UpdateProject", {**DEFAULTS, **properties, "Name": name})
        return existing

    def delete(self, existing: Resource) -> None:
        self.engine.client("codebuild").delete_project(name=existing.physical_resource_id)


def install(engine: Engine) -> None:
    register(Project(engine))
