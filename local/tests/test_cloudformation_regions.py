"""Stacks of other regions: what a forwarder of events needs, deployed by AWS's own command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from .health import client, opened
from .helpers import Account, outputs, unique
from .test_eventbridge_buses import bus
from .test_eventbridge_buses import rule as rule_on
from .test_eventbridge_targets import events, function

FORWARDER: dict[str, Any] = {
    "Parameters": {"Bus": {"Type": "String"}},
    "Resources": {
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {"source": ["aws.health"]},
                "Targets": [{"Id": "home", "Arn": {"Ref": "Bus"}, "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}],
            },
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "events.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ],
                },
                "Policies": [
                    {
                        "PolicyName": "forward",
                        "PolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [
                                {"Effect": "Allow", "Action": "events:PutEvents", "Resource": {"Ref": "Bus"}}
                            ],
                        },
                    }
                ],
            },
        },
    },
    "Outputs": {"Rule": {"Value": {"Fn::GetAtt": ["Rule", "Arn"]}}, "Region": {"Value": {"Ref": "AWS::Region"}}},
}


def command(aws: Account, region: str, *words: str) -> None:
    environment = {**os.environ, **aws.engine.environment(), "AWS_PAGER": ""}
    tool = Path(sys.executable).parent / "aws"
    subprocess.run([tool, *words, "--region", region], env=environment, check=True, capture_output=True)


def test_a_forwarder_is_deployed_and_deleted_in_two_regions(aws: Account, tmp_path: Path) -> None:
    aws.post("/health/reset")
    account = aws.of_its_own()
    name, arn = function(account)
    home, stack = bus(account), unique("forwarder")
    rule_on(account, {"Arn": arn}, on=home)
    template = tmp_path / "template.json"
    template.write_text(json.dumps(FORWARDER))
    for region in ("us-west-2", "eu-west-1"):
        words = ["cloudformation", "deploy", "--stack-name", stack, "--template-file", str(template)]
        more = ["--capabilities", "CAPABILITY_IAM", "--parameter-overrides", f"Bus={home}"]
        command(account, region, *words, *more)
        api = client(account, region, "cloudformation")
        made = outputs(api.describe_stacks(StackName=stack)["Stacks"][0])
        assert made["Rule"].startswith(f"arn:aws:events:{region}:{account.engine.account}:rule/{stack}-Rule-")
        assert made["Region"] == region

    assert account("events").list_rules()["Rules"] == []
    incidents = {opened(account, region=region, quiet=False) for region in ("us-west-2", "eu-west-1", "ap-south-1")}
    # eu-west-1's has a copy in us-west-2, which is forwarded too; ap-south-1's is seen by no rule.
    found = events(account, name, 3)
    assert [event["region"] for event in found].count("eu-west-1") == 1
    assert {event["detail"]["eventRegion"] for event in found} == {"us-west-2", "eu-west-1"}
    assert len({event["detail"]["eventArn"] for event in found} & incidents) == 2

    command(account, "us-west-2", "cloudformation", "delete-stack", "--stack-name", stack)
    assert client(account, "us-west-2", "events").list_rules()["Rules"] == []
    assert len(client(account, "eu-west-1", "events").list_rules()["Rules"]) == 1


def test_a_queue_and_a_topic_are_of_their_stack_s_region(aws: Account) -> None:
    api, name = client(aws, "eu-west-1", "cloudformation"), unique("stack")
    resources = {"Queue": {"Type": "AWS::SQS::Queue"}, "Topic": {"Type": "AWS::SNS::Topic"}}
    shown = {"Queue": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}}, "Topic": {"Value": {"Ref": "Topic"}}}
    api.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources, "Outputs": shown}))
    made = outputs(api.describe_stacks(StackName=name)["Stacks"][0])
    assert made["Queue"].startswith("arn:aws:sqs:eu-west-1:")
    assert made["Topic"].startswith("arn:aws:sns:eu-west-1:")
    assert made["Topic"] in [topic["TopicArn"] for topic in client(aws, "eu-west-1", "sns").list_topics()["Topics"]]


def test_what_the_engine_makes_in_one_region_is_refused_in_another(aws: Account) -> None:
    api, name = client(aws, "eu-west-1", "cloudformation"), unique("stack")
    group = {"Group": {"Type": "AWS::Logs::LogGroup"}}
    api.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": group}))
    [stack] = api.describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    reasons = [
        event.get("ResourceStatusReason", "") for event in api.describe_stack_events(StackName=name)["StackEvents"]
    ]
    assert "the engine makes AWS::Logs::LogGroup in us-east-1 alone, not in eu-west-1" in reasons
