from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .helpers import Account, outputs, unique

TAKEN = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/taken"}}


def queue(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


@pytest.fixture
def taken(aws: Account) -> None:
    if not aws("logs").describe_log_groups(logGroupNamePrefix="/taken")["logGroups"]:
        aws("logs").create_log_group(logGroupName="/taken")


def test_a_change_set_keeps_outputs_tags_template_and_parameters(aws: Account) -> None:
    template = json.dumps(
        {
            "Parameters": {"Name": {"Type": "String"}},
            "Resources": {"Queue": queue(QueueName={"Ref": "Name"})},
            "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}}},
        }
    )
    name = unique("q")
    stack = aws.deploy_text(template, parameters={"Name": name}, Tags=[{"Key": "team", "Value": "a"}])
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert outputs(stack) == {"Arn": f"arn:aws:sqs:us-east-1:123456789012:{name}"}
    assert stack["Tags"] == [{"Key": "team", "Value": "a"}]
    assert stack["Parameters"] == [{"ParameterKey": "Name", "ParameterValue": name}]
    assert aws("cloudformation").get_template(StackName=stack["StackName"])["TemplateBody"]


@pytest.mark.usefixtures("taken")
def test_a_resource_that_fails_rolls_the_stack_back_and_says_why(aws: Account) -> None:
    stack = aws.deploy({"Queue": queue(QueueName="rolled-back"), "Group": {**TAKEN, "DependsOn": "Queue"}})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "The specified log group already exists" in aws.reasons(stack["StackName"])
    assert "QueueUrls" not in aws("sqs").list_queues(QueueNamePrefix="rolled-back")
    events = aws("cloudformation").describe_stack_events(StackName=stack["StackName"])["StackEvents"]
    statuses = [(event["LogicalResourceId"], event["ResourceStatus"]) for event in reversed(events)]
    assert ("Queue", "CREATE_COMPLETE") in statuses
    assert ("Group", "CREATE_FAILED") in statuses
    assert statuses.index(("Queue", "DELETE_COMPLETE")) > statuses.index(("Group", "CREATE_FAILED"))


def test_a_property_that_a_type_lacks_fails_the_stack(aws: Account) -> None:
    properties = {"Name": unique("s"), "ScheduleExpresion": "rate(1 day)"}
    stack = aws.deploy({"Schedule": {"Type": "AWS::Scheduler::Schedule", "Properties": properties}})
    assert "Encountered unsupported property ScheduleExpresion" in aws.reasons(stack["StackName"])


def test_resources_are_made_after_what_they_depend_on(aws: Account) -> None:
    stack = aws.deploy(
        {
            "A": {**queue(), "DependsOn": ["B"]},
            "B": queue(RedrivePolicy={"deadLetterTargetArn": {"Fn::GetAtt": ["C", "Arn"]}, "maxReceiveCount": 3}),
            "C": {**queue(QueueName={"Fn::Sub": "${D.QueueName}-dead"})},
            "D": queue(QueueName=unique("d")),
        }
    )
    events = aws("cloudformation").describe_stack_events(StackName=stack["StackName"])["StackEvents"]
    made = [event["LogicalResourceId"] for event in reversed(events) if event["ResourceStatus"] == "CREATE_COMPLETE"]
    assert made[:4] == ["D", "C", "B", "A"]


def test_an_update_changes_adds_and_removes(aws: Account) -> None:
    stack = aws.deploy({"Kept": queue(VisibilityTimeout=10), "Gone": queue()})["StackName"]
    kept, gone = aws.physical_id(stack, "Kept"), aws.physical_id(stack, "Gone")
    updated = aws.deploy({"Kept": queue(VisibilityTimeout=20), "New": queue()}, stack=stack)
    assert updated["StackStatus"] == "UPDATE_COMPLETE"
    assert aws.physical_id(stack, "Kept") == kept
    attributes = aws("sqs").get_queue_attributes(QueueUrl=kept, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert attributes == {"VisibilityTimeout": "20"}
    with pytest.raises(ClientError, match="does not exist"):
        aws("sqs").get_queue_attributes(QueueUrl=gone)


def test_a_parameter_that_changes_updates_what_it_reaches_through_sub(aws: Account) -> None:
    template = json.dumps(
        {
            "Parameters": {"Name": {"Type": "String"}},
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Fn::Sub": "${Name}-t"}}}},
        }
    )
    stack = aws.deploy_text(template, parameters={"Name": "before"})["StackName"]
    updated = aws.deploy_text(template, stack, parameters={"Name": "after"})
    assert updated["StackStatus"] == "UPDATE_COMPLETE"
    assert aws.physical_id(stack, "Topic").endswith(":after-t")
    assert not any(topic["TopicArn"].endswith(":before-t") for topic in aws("sns").list_topics()["Topics"])


@pytest.mark.usefixtures("taken")
def test_an_update_that_fails_goes_back_to_what_was(aws: Account) -> None:
    stack = aws.deploy({"Queue": queue(VisibilityTimeout=10)})["StackName"]
    updated = aws.deploy({"Queue": queue(VisibilityTimeout=20), "Group": TAKEN}, stack=stack)
    assert updated["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    url = aws.physical_id(stack, "Queue")
    attributes = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert attributes == {"VisibilityTimeout": "10"}


def test_deleting_a_stack_deletes_its_resources_but_those_to_be_retained(aws: Account) -> None:
    stack = aws.deploy({"Gone": queue(), "Kept": {**queue(), "DeletionPolicy": "Retain"}})
    gone, kept = aws.physical_id(stack["StackName"], "Gone"), aws.physical_id(stack["StackName"], "Kept")
    aws("cloudformation").delete_stack(StackName=stack["StackName"])
    assert aws.stack(stack["StackId"])["StackStatus"] == "DELETE_COMPLETE"
    assert kept in aws("sqs").list_queues()["QueueUrls"]
    assert gone not in aws("sqs").list_queues()["QueueUrls"]


def test_a_resource_that_cannot_be_deleted_fails_the_deletion(aws: Account) -> None:
    bucket = unique("full")
    stack = aws.deploy({"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": bucket}}})["StackName"]
    aws("s3").put_object(Bucket=bucket, Key="a", Body=b"")
    aws("cloudformation").delete_stack(StackName=stack)
    assert aws.stack(stack)["StackStatus"] == "DELETE_FAILED"
    assert "not empty" in aws.reasons(stack)


def test_a_stack_name_in_use_is_refused(aws: Account) -> None:
    name = aws.deploy({"Queue": queue()})["StackName"]
    with pytest.raises(ClientError, match="already exists"):
        aws("cloudformation").create_change_set(
            StackName=name,
            ChangeSetName="again",
            TemplateBody=json.dumps({"Resources": {"Queue": queue()}}),
            ChangeSetType="CREATE",
        )
