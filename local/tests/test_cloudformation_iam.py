from __future__ import annotations

from typing import Any

from .helpers import TRUST, Account, outputs, unique

BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


def document(action: str) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def role(name: str, action: str) -> dict[str, Any]:
    policies = [{"PolicyName": "inline", "PolicyDocument": document(action)}]
    properties = {
        "RoleName": name,
        "AssumeRolePolicyDocument": TRUST,
        "Policies": policies,
        "ManagedPolicyArns": [BASIC],
    }
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def test_a_role_has_its_policies_and_loses_them_with_the_stack(aws: Account) -> None:
    name = unique("role")
    stack = aws.deploy({"Role": role(name, "s3:Get*")}, Outputs={"Arn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}})
    assert outputs(stack)["Arn"] == f"arn:aws:iam::123456789012:role/{name}"
    inline = aws("iam").get_role_policy(RoleName=name, PolicyName="inline")["PolicyDocument"]
    assert inline["Statement"] == document("s3:Get*")["Statement"]
    attached = aws("iam").list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == [BASIC]
    aws.deploy({"Role": role(name, "s3:Put*")}, stack=stack["StackName"])
    inline = aws("iam").get_role_policy(RoleName=name, PolicyName="inline")["PolicyDocument"]
    assert inline["Statement"] == document("s3:Put*")["Statement"]
    aws("cloudformation").delete_stack(StackName=stack["StackName"])
    assert name not in [found["RoleName"] for found in aws("iam").list_roles()["Roles"]]
