from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from .helpers import TRUST, Account, outputs, unique


def document(action: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def resources(role: str, action: str) -> dict[str, Any]:
    boundary = {"Path": f"/{role}/", "PolicyDocument": document(action)}
    bounded = {"RoleName": role, "AssumeRolePolicyDocument": TRUST, "PermissionsBoundary": {"Ref": "Boundary"}}
    apart = {"PolicyName": "apart", "RoleName": {"Ref": "Role"}, "PolicyDocument": document(action)}
    return {
        "Boundary": {"Type": "AWS::IAM::ManagedPolicy", "Properties": boundary},
        "Role": {"Type": "AWS::IAM::Role", "Properties": bounded},
        "Apart": {"Type": "AWS::IAM::RolePolicy", "Properties": apart},
    }


BOUNDARY = {"Arn": {"Value": {"Ref": "Boundary"}}}


def default_document(aws: Account, arn: str) -> Any:
    iam = aws("iam")
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


def test_a_role_has_its_boundary_and_a_policy_apart_and_both_are_brought_up_to_date_and_go(aws: Account) -> None:
    role = unique("role")
    stack = aws.deploy(resources(role, "s3:Get*"), Outputs=BOUNDARY)
    arn = outputs(stack)["Arn"]
    assert arn.startswith(f"arn:aws:iam::123456789012:policy/{role}/{stack['StackName']}-Boundary-")
    assert aws("iam").get_role(RoleName=role)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn
    for action in ("s3:Put*", "s3:List*", "s3:Head*", "s3:Delete*", "s3:Copy*", "s3:Restore*"):
        aws.deploy(resources(role, action), stack=stack["StackName"], Outputs=BOUNDARY)
        assert default_document(aws, arn) == document(action)
        apart = aws("iam").get_role_policy(RoleName=role, PolicyName="apart")["PolicyDocument"]
        assert apart == document(action)
    aws("cloudformation").delete_stack(StackName=stack["StackName"])
    with pytest.raises(ClientError, match="NoSuchEntity"):
        aws("iam").get_policy(PolicyArn=arn)


def test_a_managed_policy_that_attaches_itself_is_refused(aws: Account) -> None:
    properties = {"PolicyDocument": document("s3:Get*"), "Roles": ["somebody"]}
    stack = aws.deploy({"Policy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}})
    assert "Encountered unsupported property Roles" in aws.reasons(stack["StackName"])
