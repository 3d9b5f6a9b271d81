"""Policies of IAM that are resources of their own in a template: managed ones, and an inline one apart from its role.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-rolepolicy.html
Stock moto changes no managed policy and has no RolePolicy. Policies are kept, not enforced. A managed policy is
attached by the role that names it: its own `Roles`, `Users` and `Groups` are refused.
"""

from __future__ import annotations

from typing import Any

from .api_properties import as_text, called, without
from .engine import Engine
from .stack_resources import Resource, ResourceType, register


class ManagedPolicy(ResourceType):
    type = "AWS::IAM::ManagedPolicy"
    any_region = True
    name_property = "ManagedPolicyName"
    known = frozenset({"ManagedPolicyName", "Path", "Description", "PolicyDocument"})
    replaced_by = frozenset({"ManagedPolicyName", "Path", "Description"})
    in_place = frozenset({"PolicyDocument"})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        apart = without(properties, "ManagedPolicyName")
        arn = called(self.engine, "iam", "CreatePolicy", {**apart, "PolicyName": name})["Policy"]["Arn"]
        return Resource(arn, {"PolicyArn": arn})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        iam, arn = self.engine.client("iam"), existing.physical_resource_id
        document = as_text(properties["PolicyDocument"])
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)
        # A policy has at most five versions.
        for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
        return existing

    def delete(self, existing: Resource) -> None:
        self.engine.client("iam").delete_policy(PolicyArn=existing.physical_resource_id)


class RolePolicy(ResourceType):
    type = "AWS::IAM::RolePolicy"
    any_region = True
    known = frozenset({"PolicyName", "RoleName", "PolicyDocument"})
    replaced_by = frozenset({"PolicyName", "RoleName"})
    in_place = frozenset({"PolicyDocument"})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        called(self.engine, "iam", "PutRolePolicy", properties)
        return Resource(f"{properties['PolicyName']}|{properties['RoleName']}")

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        return self.create("", properties)

    def delete(self, existing: Resource) -> None:
        policy, role = existing.physical_resource_id.split("|")
        self.engine.client("iam").delete_role_policy(RoleName=role, PolicyName=policy)


def install(engine: Engine) -> None:
    register(ManagedPolicy(engine))
    register(RolePolicy(engine))
