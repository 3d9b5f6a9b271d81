"""A resource type that the engine cannot make is an error.

AWS refuses a type it does not know when the template is validated: "Template format error: Unrecognized resource
types: [...]". Stock moto logs a warning and counts the resource as created. Here every type that may stand in a
template is in one list, and each has been tried.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html
"""

from __future__ import annotations

from typing import Any

from moto.cloudformation.exceptions import ValidationError

from .engine import Engine

SUPPORTED = frozenset(
    {
        "AWS::CloudFormation::Stack",
        "AWS::CloudWatch::Alarm",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::ECS::Cluster",
        "AWS::ECS::TaskDefinition",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::Function",
        "AWS::Lambda::Permission",
        "AWS::Logs::LogGroup",
        "AWS::RDS::DBSubnetGroup",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
        "AWS::Scheduler::Schedule",
        "AWS::Scheduler::ScheduleGroup",
        "AWS::SecretsManager::Secret",
        "AWS::StepFunctions::StateMachine",
    }
)


def install(engine: Engine) -> None:
    """Nothing to patch: `sam_transform.parse_template` calls `refuse` for every template read."""


def refuse(template: dict[str, Any]) -> None:
    """Raises moto's ValidationError when the template holds a type that is not in `SUPPORTED`."""
    resources = template.get("Resources") or {}
    unknown = sorted({str(resource.get("Type")) for resource in resources.values()} - SUPPORTED)
    if unknown:
        raise ValidationError(message=f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")
