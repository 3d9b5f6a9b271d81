from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from .helpers import BOOTSTRAP, ECHO, Account, outputs, unique, zipped

TEMPLATE = """
AWSTemplateFormatVersion: 2010-09-09
Transform: AWS::Serverless-2016-10-31
Parameters:
  Retries: {Type: Number, Default: 2}
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: {Bucket: BUCKET, Key: code.zip}
      Handler: bootstrap
      Runtime: provided.al2023
      Architectures: [x86_64]
      EventInvokeConfig:
        MaximumRetryAttempts: !Ref Retries
        DestinationConfig: {OnFailure: {Type: SNS, Destination: !Ref Topic}}
      Policies:
        - Statement: [{Sid: Publish, Effect: Allow, Action: sns:Publish, Resource: !Ref Topic}]
Outputs:
  Name: {Value: !Ref Worker}
  Role: {Value: !Ref WorkerRole}
"""


@pytest.fixture
def template(aws: Account) -> str:
    bucket = unique("code")
    aws("s3").create_bucket(Bucket=bucket)
    aws("s3").put_object(Bucket=bucket, Key="code.zip", Body=zipped(BOOTSTRAP.format(handler=ECHO)))
    return TEMPLATE.replace("BUCKET", bucket)


def test_a_serverless_function_becomes_a_function_with_its_role(aws: Account, template: str) -> None:
    stack = aws.deploy_text(template)
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert aws.invoke(outputs(stack)["Name"], {"a": 1})[0] == {"a": 1}
    policies = aws("iam").list_role_policies(RoleName=outputs(stack)["Role"])["PolicyNames"]
    assert "WorkerRolePolicy0" in policies


def test_the_values_of_parameters_reach_the_translator(aws: Account, template: str) -> None:
    stack = aws.deploy_text(template, parameters={"Retries": "1"})
    config = aws("lambda").get_function_event_invoke_config(FunctionName=outputs(stack)["Name"])
    assert config["MaximumRetryAttempts"] == 1
    assert ":stack-" in config["DestinationConfig"]["OnFailure"]["Destination"]


def test_a_document_that_the_translator_refuses_is_a_validation_error(aws: Account, template: str) -> None:
    with pytest.raises(ClientError, match="Transform AWS::Serverless-2016-10-31 failed") as refusal:
        aws.deploy_text(template.replace("CodeUri", "CodeUrl"))
    assert refusal.value.response["Error"]["Code"] == "ValidationError"


def test_a_template_that_is_no_yaml_is_a_validation_error(aws: Account) -> None:
    with pytest.raises(ClientError, match="Template format error"):
        aws.deploy_text("Resources: [")


def test_dates_in_a_template_are_strings(aws: Account) -> None:
    policy = "{Version: 2012-10-17, Statement: [{Effect: Allow, Principal: '*', Action: 'sns:*', Resource: '*'}]}"
    stack = aws.deploy_text(
        f"""
        Resources:
          Topic: {{Type: AWS::SNS::Topic}}
          Policy: {{Type: AWS::SNS::TopicPolicy, Properties: {{Topics: [!Ref Topic], PolicyDocument: {policy}}}}}
        """
    )
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.reasons(stack["StackName"])
