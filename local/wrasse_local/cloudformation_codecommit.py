"""`AWS::CodeCommit::Repository` in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codecommit-repository.html
`Ref` is the repository's id, `Fn::GetAtt` knows `Arn`, `Name`, `CloneUrlHttp` and `CloneUrlSsh`. The first commit that
`Code` would make of a bucket's archive, triggers, keys and a new name are refused. Stock moto has no such type.
"""

from __future__ import annotations

from typing import Any

from .api_properties import called
from .engine import Engine
from .stack_resources import Resource, ResourceType, register

NOT_DONE = ("Code", "KmsKeyId", "Triggers")
CHANGED = frozenset({"RepositoryDescription", "Tags"})


class Repository(ResourceType):
    type = "AWS::CodeCommit::Repository"
    takes_stack_tags = True
    known = frozenset({"RepositoryName", *CHANGED, *NOT_DONE})
    replaced_by = frozenset()
    in_place = CHANGED
    removable = CHANGED

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        for one in NOT_DONE:
            if one in properties:
                raise NotImplementedError(f"the engine makes no repository with {one}")
        made = called(self.engine, "codecommit", "CreateRepository", properties)["repositoryMetadata"]
        attributes = {name: made[key] for name, key in (("Arn", "Arn"), ("Name", "repositoryName"))}
        urls = {"CloneUrlHttp": made["cloneUrlHttp"], "CloneUrlSsh": made["cloneUrlSsh"]}
        return Resource(made["repositoryId"], {**attributes, **urls})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        api, arn, name = self.engine.client("codecommit"), existing.attributes["Arn"], existing.attributes["Name"]
        description = str(properties.get("RepositoryDescription", ""))
        api.update_repository_description(repositoryName=name, repositoryDescription=description)
        if gone := sorted(_tags(existing.properties).keys() - _tags(properties).keys()):
            api.untag_resource(resourceArn=arn, tagKeys=gone)
        api.tag_resource(resourceArn=arn, tags=_tags(properties))
        return existing

    def delete(self, existing: Resource) -> None:
        self.engine.client("codecommit").delete_repository(repositoryName=existing.attributes["Name"])


def install(engine: Engine) -> None:
    register(Repository(engine))


def _tags(properties: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: str(tag["Value"]) for tag in properties.get("Tags") or []}
