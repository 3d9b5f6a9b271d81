"""EC2 security groups and egress rules in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
Egress rules, in the group or apart, replace the default one that allows everything. Stock moto has no egress rule as a
resource, and cannot delete rules.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from .api_properties import UnsupportedProperty
from .engine import Engine
from .stack_resources import Resource, ResourceType, register

ALL_TRAFFIC = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
# A rule's source or destination: property -> (list of the permission, key in it).
PEERS = {
    "CidrIp": ("IpRanges", "CidrIp"),
    "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "SourceSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    "DestinationSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    "SourcePrefixListId": ("PrefixListIds", "PrefixListId"),
    "DestinationPrefixListId": ("PrefixListIds", "PrefixListId"),
}
PORTS = ("IpProtocol", "FromPort", "ToPort", "Description")


class SecurityGroup(ResourceType):
    type = "AWS::EC2::SecurityGroup"
    name_property = "GroupName"
    known = frozenset({"GroupDescription", "GroupName", "SecurityGroupEgress", "SecurityGroupIngress", "Tags", "VpcId"})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        ec2 = self.engine.client("ec2")
        request: dict[str, Any] = {"GroupName": name, "Description": properties["GroupDescription"]}
        if "VpcId" in properties:
            request["VpcId"] = properties["VpcId"]
        if properties.get("Tags"):
            request["TagSpecifications"] = [{"ResourceType": "security-group", "Tags": properties["Tags"]}]
        group = ec2.create_security_group(**request)["GroupId"]
        for rule in properties.get("SecurityGroupIngress", []):
            ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission(rule)])
        if "SecurityGroupEgress" in properties:
            _drop_default_egress(ec2, group)
        for rule in properties.get("SecurityGroupEgress", []):
            ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[permission(rule)])
        described = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
        return Resource(group, {"GroupId": group, "Id": group, "VpcId": described.get("VpcId", "")})

    def delete(self, existing: Resource) -> None:
        self.engine.client("ec2").delete_security_group(GroupId=existing.physical_resource_id)


class Egress(ResourceType):
    type = "AWS::EC2::SecurityGroupEgress"
    known = frozenset({"GroupId", *PORTS, *PEERS})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        ec2, group = self.engine.client("ec2"), properties["GroupId"]
        _drop_default_egress(ec2, group)
        ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[permission(_rule(properties))])
        return Resource(name)

    def delete(self, existing: Resource) -> None:
        group, rule = existing.properties["GroupId"], _rule(existing.properties)
        self.engine.client("ec2").revoke_security_group_egress(GroupId=group, IpPermissions=[permission(rule)])


def install(engine: Engine) -> None:
    for kind in (SecurityGroup, Egress):
        register(kind(engine))


def permission(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule as an `IpPermission`."""
    result: dict[str, Any] = {"IpProtocol": str(rule["IpProtocol"])}
    for key in ("FromPort", "ToPort"):
        if key in rule:
            result[key] = int(rule[key])
    described = {"Description": rule["Description"]} if "Description" in rule else {}
    for key, value in rule.items():
        if key in PEERS:
            kind, name = PEERS[key]
            result[kind] = [{name: value, **described}]
        elif key not in PORTS:
            raise UnsupportedProperty(key)
    return result


def _rule(properties: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if key != "GroupId"}


def _drop_default_egress(ec2: Any, group: str) -> None:
    try:
        ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[ALL_TRAFFIC])
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidPermission.NotFound":
            raise
