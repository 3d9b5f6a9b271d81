"""IAM roles in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
Stock moto drops a role's managed policies and does not update its inline ones. Policies are kept, not enforced.
"""

from __future__ import annotations

import json
from typing import Any

from moto.iam.models import ManagedPolicy as StoredPolicy
from moto.iam.models import iam_backends

from .api_properties import as_text, called, without
from .engine import REGION, Engine
from .stack_resources import Resource, ResourceType, register


class Role(ResourceType):
    type = "AWS::IAM::Role"
    any_region = True
    name_property = "RoleName"
    replaced_by = frozenset({"RoleName", "Path"})
    in_place = frozenset({"AssumeRolePolicyDocument", "ManagedPolicyArns", "Policies"})
    removable = frozenset({"ManagedPolicyArns", "Policies"})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        apart = without(properties, "Policies", "ManagedPolicyArns")
        made = called(self.engine, "iam", "CreateRole", {**apart, "RoleName": name})["Role"]
        self._put_policies(name, properties)
        return Resource(name, {"Arn": made["Arn"], "RoleId": made["RoleId"]})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        name = existing.physical_resource_id
        document = as_text(properties["AssumeRolePolicyDocument"])
        self.engine.client("iam").update_assume_role_policy(RoleName=name, PolicyDocument=document)
        self._remove_policies(existing)
        self._put_policies(name, properties)
        return existing

    def delete(self, existing: Resource) -> None:
        self._remove_policies(existing)
        self.engine.client("iam").delete_role(RoleName=existing.physical_resource_id)

    def _put_policies(self, name: str, properties: dict[str, Any]) -> None:
        iam = self.engine.client("iam")
        for policy in properties.get("Policies", []):
            iam.put_role_policy(RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=_document(policy))
        for arn in properties.get("ManagedPolicyArns", []):
            _ensure_aws_managed(self.engine, arn)
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)

    def _remove_policies(self, existing: Resource) -> None:
        iam, name = self.engine.client("iam"), existing.physical_resource_id
        for policy in existing.properties.get("Policies", []):
            iam.delete_role_policy(RoleName=name, PolicyName=policy["PolicyName"])
        for arn in existing.properties.get("ManagedPolicyArns", []):
            iam.detach_role_policy(RoleName=name, PolicyArn=arn)


def install(engine: Engine) -> None:
    register(Role(engine))


def _document(policy: dict[str, Any]) -> str:
    """SAM's policy templates name no version. AWS takes such a document, moto does not."""
    return json.dumps({"Version": "2012-10-17", **policy["PolicyDocument"]})


def _ensure_aws_managed(engine: Engine, arn: str) -> None:
    """moto loads AWS's managed policies (1,500 of them) only when asked to; one that is named is made here."""
    backend = iam_backends[engine.account]["aws"]
    if arn.startswith("arn:aws:iam::aws:policy/") and arn not in backend.managed_policies:
        path, _, name = arn.removeprefix("arn:aws:iam::aws:policy").rpartition("/")
        empty = json.dumps({"Version": "2012-10-17", "Statement": []})
        policy = StoredPolicy(name, account_id="aws", region=REGION, document=empty, path=f"{path}/")
        backend.managed_policies[policy.arn] = policy
