from __future__ import annotations

import json
from typing import Any

import pytest

from .helpers import Account, outputs, unique
from .test_cloudformation_types import delete, deploy


@pytest.fixture
def account(aws: Account) -> Account:
    return aws.of_its_own()


def test_a_log_group_has_its_class_and_tags(account: Account) -> None:
    name = f"/{unique('group')}"
    properties = {"LogGroupName": name, "LogGroupClass": "INFREQUENT_ACCESS", "Tags": [{"Key": "a", "Value": "b"}]}
    stack, found = deploy(account, "AWS::Logs::LogGroup", properties, "Arn")
    [group] = account("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert group["logGroupClass"] == "INFREQUENT_ACCESS"
    arn = found["Arn"].removesuffix(":*")
    assert account("logs").list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "b"}
    changed = {**properties, "Tags": [{"Key": "c", "Value": 1}]}
    account.deploy({"R": {"Type": "AWS::Logs::LogGroup", "Properties": changed}}, stack=stack)
    assert account("logs").list_tags_for_resource(resourceArn=arn)["tags"] == {"c": "1"}
    delete(account, stack)


def test_a_log_stream_is_made_in_its_group(account: Account) -> None:
    group = {"Type": "AWS::Logs::LogGroup"}
    stream = {"LogGroupName": {"Ref": "Group"}, "LogStreamName": "S3Delivery"}
    stack = account.deploy(
        {"Group": group, "Stream": {"Type": "AWS::Logs::LogStream", "Properties": stream}},
        Outputs={"Group": {"Value": {"Ref": "Group"}}, "Stream": {"Value": {"Ref": "Stream"}}},
    )
    shown = outputs(stack)
    assert shown["Stream"] == "S3Delivery"
    [found] = account("logs").describe_log_streams(logGroupName=shown["Group"])["logStreams"]
    assert found["logStreamName"] == "S3Delivery"
    delete(account, stack["StackName"])


def subscribed(account: Account, count: int) -> dict[str, Any]:
    stream, role = account.kinesis_stream(), f"arn:aws:iam::{account.engine.account}:role/r"
    resources: dict[str, Any] = {}
    for number in range(count):
        properties = {"DestinationArn": stream, "FilterPattern": "", "RoleArn": role}
        group = {"LogGroupName": {"Ref": f"Group{number}"}}
        resources[f"Group{number}"] = {"Type": "AWS::Logs::LogGroup"}
        resources[f"Filter{number}"] = {"Type": "AWS::Logs::SubscriptionFilter", "Properties": {**properties, **group}}
    return resources


def test_a_subscription_filter_is_changed_in_place(account: Account) -> None:
    resources = subscribed(account, 1)
    resources["Filter0"]["Properties"]["FilterName"] = "mine"
    shown = {"Group": {"Value": {"Ref": "Group0"}}, "Filter": {"Value": {"Ref": "Filter0"}}}
    stack = account.deploy(resources, Outputs=shown)
    assert outputs(stack)["Filter"] == "mine"
    resources["Filter0"]["Properties"]["FilterPattern"] = "ERROR"
    assert account.deploy(resources, stack=stack["StackName"], Outputs=shown)["StackStatus"] == "UPDATE_COMPLETE"
    group = outputs(stack)["Group"]
    [found] = account("logs").describe_subscription_filters(logGroupName=group)["subscriptionFilters"]
    assert (found["filterName"], found["filterPattern"]) == ("mine", "ERROR")
    delete(account, stack["StackName"])


def test_more_filters_than_calls_a_second_are_made_patiently(account: Account) -> None:
    stack = account.deploy(subscribed(account, 8))
    assert stack["StackStatus"] == "CREATE_COMPLETE", account.reasons(stack["StackName"])


def test_a_destination_is_made_with_its_policy(account: Account) -> None:
    name, source = unique("destination"), account.of("222222222222")
    arn = f"arn:aws:logs:us-east-1:{account.engine.account}:destination:{name}"
    statement = {"Effect": "Allow", "Action": "logs:PutSubscriptionFilter", "Resource": arn}
    policy = {"Version": "2012-10-17", "Statement": [{**statement, "Principal": {"AWS": ["222222222222"]}}]}
    properties = {
        "DestinationName": name,
        "RoleArn": f"arn:aws:iam::{account.engine.account}:role/r",
        "TargetArn": account.kinesis_stream(),
        "DestinationPolicy": json.dumps(policy),
    }
    stack, found = deploy(account, "AWS::Logs::Destination", properties, "Arn")
    assert found == {"Ref": name, "Arn": arn}
    source.subscribe(source.log_group(), arn)
    other = account.kinesis_stream()
    resource = {"R": {"Type": "AWS::Logs::Destination", "Properties": {**properties, "TargetArn": other}}}
    assert account.deploy(resource, stack=stack)["StackStatus"] == "UPDATE_COMPLETE"
    [described] = account("logs").describe_destinations()["destinations"]
    assert described["targetArn"] == other
    delete(account, stack)


def test_a_destination_whose_stream_is_missing_fails_the_stack(account: Account) -> None:
    target = f"arn:aws:kinesis:us-east-1:{account.engine.account}:stream/missing"
    properties = {"DestinationName": "d", "RoleArn": "arn:aws:iam::1:role/r", "TargetArn": target}
    stack = account.deploy({"R": {"Type": "AWS::Logs::Destination", "Properties": properties}})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Could not deliver test message to specified destination" in account.reasons(stack["StackName"])
