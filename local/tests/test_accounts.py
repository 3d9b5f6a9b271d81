"""Several accounts: a key names its account, and what an account deploys lives and runs there."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from wrasse_local.accounts import account_of_key
from wrasse_local.engine import ACCESS_KEY, ACCOUNT, REGION, SECRET_KEY, access_key

from .helpers import Account, eventually, outputs, unique, zipped

OTHER, THIRD = "222222222222", "333333333333"
WHO = """#!/usr/bin/env python3
import http.client, json, os
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    answer = api.getresponse()
    event, request = json.loads(answer.read()), answer.getheader("Lambda-Runtime-Aws-Request-Id")
    key = os.environ["AWS_ACCESS_KEY_ID"]
    print("key", key, flush=True)
    api.request("POST", f"/2018-06-01/runtime/invocation/{request}/response", json.dumps(key))
    api.getresponse().read()
"""


@pytest.fixture
def other(aws: Account) -> Account:
    return aws.of(OTHER)


@pytest.mark.parametrize(
    ("key", "account"),
    [
        (f"AKIA{OTHER}WRAS", OTHER),
        (access_key(THIRD), THIRD),
        ("AKIA22222222222WRAS", None),
        ("AKIA222222222222WRASX", None),
        (ACCESS_KEY, None),
    ],
)
def test_a_key_of_twelve_digits_names_its_account(key: str, account: str | None) -> None:
    assert account_of_key(key) == account


@pytest.mark.parametrize(("key", "account"), [(f"AKIA{OTHER}WRAS", OTHER), (ACCESS_KEY, ACCOUNT), ("any", ACCOUNT)])
def test_the_caller_s_identity_is_the_key_s_account(aws: Account, key: str, account: str) -> None:
    session = boto3.Session(aws_access_key_id=key, aws_secret_access_key=SECRET_KEY, region_name=REGION)
    identity = session.client("sts", endpoint_url=aws.engine.endpoint).get_caller_identity()
    assert identity["Account"] == account


def test_the_same_name_in_two_accounts_is_two_things(aws: Account, other: Account) -> None:
    name = f"/{unique('shared')}"
    for account in (aws, other):
        account("logs").create_log_group(logGroupName=name)
    aws("logs").delete_log_group(logGroupName=name)
    [left] = other("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert left["arn"] == f"arn:aws:logs:us-east-1:{OTHER}:log-group:{name}:*"
    assert not aws("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]


def test_a_bucket_s_name_is_taken_in_every_account(aws: Account, other: Account) -> None:
    bucket = unique("taken")
    aws("s3").create_bucket(Bucket=bucket)
    with pytest.raises(other("s3").exceptions.BucketAlreadyExists):
        other("s3").create_bucket(Bucket=bucket)
    aws("s3").put_object(Bucket=bucket, Key="k", Body=b"read by both")
    assert other("s3").get_object(Bucket=bucket, Key="k")["Body"].read() == b"read by both"


def fleet(bucket: str) -> dict[str, Any]:
    """A small system: function, queue, machine and schedule."""
    role = {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}
    code = {"S3Bucket": bucket, "S3Key": "code.zip"}
    function = {"Runtime": "provided.al2023", "Handler": "bootstrap", "Code": code}
    invoke = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
    state = {**invoke, "Parameters": {"FunctionName": "${Function}"}, "OutputPath": "$.Payload"}
    machine = {
        "DefinitionString": json.dumps({"StartAt": "Ask", "States": {"Ask": state}}),
        "DefinitionSubstitutions": {"Function": {"Ref": "Function"}},
    }
    target = {"Arn": {"Ref": "Machine"}, "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}, "Input": "{}"}
    schedule = {
        "ScheduleExpression": "rate(1 day)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": target,
    }
    of_role = {"Fn::GetAtt": ["Role", "Arn"]}
    return {
        "Role": {"Type": "AWS::IAM::Role", "Properties": role},
        "Function": {"Type": "AWS::Lambda::Function", "Properties": {**function, "Role": of_role}},
        "Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {**machine, "RoleArn": of_role}},
        "Schedule": {"Type": "AWS::Scheduler::Schedule", "Properties": schedule},
        "Failures": {"Type": "AWS::SQS::Queue"},
    }


def child(aws: Account, bucket: str) -> dict[str, Any]:
    """The small system as a nested stack whose template lies in the bucket."""
    shown: dict[str, Any] = {
        name: {"Value": {"Fn::GetAtt": [name, "Arn"]}} for name in ("Role", "Function", "Machine", "Failures")
    }
    shown |= {"Schedule": {"Value": {"Ref": "Schedule"}}, "Account": {"Value": {"Ref": "AWS::AccountId"}}}
    body = json.dumps({"Resources": fleet(bucket), "Outputs": shown})
    aws("s3").put_object(Bucket=bucket, Key="child.template", Body=body)
    url = f"{aws.engine.endpoint}/{bucket}/child.template"
    return {"Nested": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}}


def test_a_whole_stack_lives_in_its_caller_s_account(aws: Account, other: Account) -> None:
    bucket = unique("artifacts")
    aws("s3").create_bucket(Bucket=bucket)
    aws("s3").put_object(Bucket=bucket, Key="code.zip", Body=zipped(WHO))
    stack = other.deploy(child(aws, bucket))
    assert stack["StackStatus"] == "CREATE_COMPLETE", other.reasons(stack["StackName"])
    assert f":{OTHER}:" in stack["StackId"]
    made = outputs(other.stack(other.physical_id(stack["StackName"], "Nested")))
    assert made.pop("Account") == OTHER
    schedule = made.pop("Schedule")
    assert {arn.split(":")[4] for arn in made.values()} == {OTHER}

    fired = aws.post("/schedules/fire", name=schedule)
    assert json.loads(other.ended(fired["executions"][0])["output"]) == f"AKIA{OTHER}WRAS"
    name = made["Function"].split(":")[-1]
    assert f"key AKIA{OTHER}WRAS" in other.log_lines(f"/aws/lambda/{name}")

    other("cloudformation").delete_stack(StackName=stack["StackName"])
    assert other.stack(stack["StackId"])["StackStatus"] == "DELETE_COMPLETE", other.reasons(stack["StackId"])
    assert not any(found["FunctionName"] == name for found in other("lambda").list_functions()["Functions"])


def test_a_schedule_of_two_accounts_is_fired_in_the_named_one(aws: Account, other: Account) -> None:
    name = unique("twice")
    for account in (aws, other):
        arn = account.machine({"Only": {"Type": "Pass", "End": True}})
        role = "arn:aws:iam::123456789012:role/any"
        account("scheduler").create_schedule(
            Name=name,
            ScheduleExpression="rate(1 day)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": arn, "RoleArn": role},
        )
    assert aws.post("/schedules/fire", name=name)["status"] == 404
    fired = aws.post("/schedules/fire", name=name, account=OTHER)
    assert json.loads(other.ended(fired["executions"][0])["output"])["account"] == OTHER


def test_an_asynchronous_failure_goes_to_the_account_s_own_queue(other: Account) -> None:
    name = other.function("def handle(event):\n    raise Error('Broken', 'as asked')")
    url = other("sqs").create_queue(QueueName=unique("failures"))["QueueUrl"]
    arn = other("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    other("lambda").put_function_event_invoke_config(
        FunctionName=name, MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": arn}}
    )
    other.invoke(name, {}, InvocationType="Event")
    [message] = eventually(lambda: other("sqs").receive_message(QueueUrl=url).get("Messages"))
    assert f":{OTHER}:function:{name}" in json.loads(message["Body"])["requestContext"]["functionArn"]
