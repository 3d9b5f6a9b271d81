"""Types whose module is little more than the API's names: made with all properties, and deleted with the stack."""

from __future__ import annotations

import json
from typing import Any

from .helpers import Account, outputs, role_of, unique


def deploy(aws: Account, kind: str, properties: dict[str, Any], *attributes: str) -> tuple[str, dict[str, str]]:
    shown = {name: {"Value": {"Fn::GetAtt": ["R", name]}} for name in attributes}
    stack = aws.deploy(
        {"R": {"Type": kind, "Properties": properties}}, Outputs={"Ref": {"Value": {"Ref": "R"}}, **shown}
    )
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.reasons(stack["StackName"])
    return stack["StackName"], outputs(stack)


def delete(aws: Account, stack: str) -> None:
    stack_id = aws.stack(stack)["StackId"]
    aws("cloudformation").delete_stack(StackName=stack)
    assert aws.stack(stack_id)["StackStatus"] == "DELETE_COMPLETE", aws.reasons(stack_id)


def test_log_group(aws: Account) -> None:
    name = f"/{unique('group')}"
    stack, found = deploy(aws, "AWS::Logs::LogGroup", {"LogGroupName": name, "RetentionInDays": "30"}, "Arn")
    assert found == {"Ref": name, "Arn": f"arn:aws:logs:us-east-1:123456789012:log-group:{name}:*"}
    group = aws("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]
    assert group["retentionInDays"] == 30
    resource = {"R": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": name}}}
    aws.deploy(resource, stack=stack)
    assert "retentionInDays" not in aws("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]
    delete(aws, stack)
    assert not aws("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]


def test_topic_with_policy_and_subscription(aws: Account) -> None:
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sns:Publish"}]}
    stack = aws.deploy(
        {
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "shown"}},
            "Policy": {
                "Type": "AWS::SNS::TopicPolicy",
                "Properties": {"Topics": [{"Ref": "Topic"}], "PolicyDocument": policy},
            },
            "Mail": {
                "Type": "AWS::SNS::Subscription",
                "Properties": {"TopicArn": {"Ref": "Topic"}, "Protocol": "email", "Endpoint": "a@b.example"},
            },
        },
        Outputs={"Arn": {"Value": {"Fn::GetAtt": ["Topic", "TopicArn"]}}},
    )
    arn = outputs(stack)["Arn"]
    attributes = aws("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    assert attributes["DisplayName"] == "shown"
    assert json.loads(attributes["Policy"]) == policy
    subscriptions = aws("sns").list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    assert [subscription["Endpoint"] for subscription in subscriptions] == ["a@b.example"]
    delete(aws, stack["StackName"])
    assert arn not in [topic["TopicArn"] for topic in aws("sns").list_topics()["Topics"]]


def test_queue(aws: Account) -> None:
    name = unique("queue")
    properties = {"QueueName": name, "MessageRetentionPeriod": 1209600, "SqsManagedSseEnabled": True}
    stack = aws.deploy(
        {"Queue": {"Type": "AWS::SQS::Queue", "Properties": properties}},
        Outputs={"Url": {"Value": {"Ref": "Queue"}}, "Arn": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}}},
    )
    url = outputs(stack)["Url"]
    assert url.startswith(aws.engine.endpoint)
    attributes = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["MessageRetentionPeriod"] == "1209600"
    assert attributes["QueueArn"] == outputs(stack)["Arn"]
    delete(aws, stack["StackName"])


def test_queue_policy(aws: Account) -> None:
    arn = {"Fn::GetAtt": ["Queue", "Arn"]}
    statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": arn}]}
    resources = {
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Policy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {"Queues": [{"Ref": "Queue"}], "PolicyDocument": policy},
        },
    }
    shown = {"Url": {"Value": {"Ref": "Queue"}}, "Arn": {"Value": arn}}
    stack = aws.deploy(resources, Outputs=shown)
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.reasons(stack["StackName"])
    made = outputs(stack)

    def kept() -> dict[str, Any]:
        found = aws("sqs").get_queue_attributes(QueueUrl=made["Url"], AttributeNames=["Policy"])
        document: dict[str, Any] = json.loads(found["Attributes"]["Policy"])
        return document

    assert kept()["Statement"][0]["Resource"] == made["Arn"]
    statement["Action"] = "sqs:*"
    policy["Statement"] = [{**statement, "Resource": arn}]
    assert aws.deploy(resources, stack=stack["StackName"], Outputs=shown)["StackStatus"] == "UPDATE_COMPLETE"
    assert kept()["Statement"][0]["Action"] == "sqs:*"
    delete(aws, stack["StackName"])


def test_bucket_with_policy(aws: Account) -> None:
    name = unique("bucket")
    encryption = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    expiry = {"Id": "old", "Status": "Enabled", "ExpirationInDays": "400"}
    properties = {
        "BucketName": name,
        "BucketEncryption": encryption,
        "LifecycleConfiguration": {"Rules": [{**expiry, "NoncurrentVersionExpiration": {"NoncurrentDays": 30}}]},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": True},
        "Tags": [{"Key": "a", "Value": "b"}],
        "VersioningConfiguration": {"Status": "Enabled"},
    }
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": {"Fn::GetAtt": ["Bucket", "Arn"]}}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    of_bucket = {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": policy}
    stack = aws.deploy(
        {
            "Bucket": {"Type": "AWS::S3::Bucket", "Properties": properties},
            "Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": of_bucket},
        }
    )
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.reasons(stack["StackName"])
    s3 = aws("s3")
    rules = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"][0]["Expiration"] == {"Days": 400}
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    assert s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]["BlockPublicAcls"] is True
    assert f"arn:aws:s3:::{name}" in s3.get_bucket_policy(Bucket=name)["Policy"]
    delete(aws, stack["StackName"])
    assert name not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


def test_bucket_with_a_key_and_transitions(aws: Account) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/1"
    rule = {
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
        "BucketKeyEnabled": "true",
    }
    steps = [{"StorageClass": "GLACIER_IR", "TransitionInDays": "30"}]
    name = unique("bucket")
    properties = {
        "BucketName": name,
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]},
        "LifecycleConfiguration": {
            "Rules": [{"Id": "t", "Status": "Enabled", "Prefix": "logs/", "Transitions": steps}]
        },
    }
    stack, _ = deploy(aws, "AWS::S3::Bucket", properties)
    s3 = aws("s3")
    [found] = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert found["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    assert found["BucketKeyEnabled"] is True
    [lifecycle] = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert lifecycle["Transitions"] == [{"Days": 30, "StorageClass": "GLACIER_IR"}]
    assert lifecycle["Filter"] == {"Prefix": "logs/"}
    delete(aws, stack)


def test_dashboard(aws: Account) -> None:
    name = unique("dashboard")
    body = {"widgets": [{"type": "metric", "properties": {"metrics": []}}]}
    properties = {"DashboardName": name, "DashboardBody": json.dumps(body)}
    stack, found = deploy(aws, "AWS::CloudWatch::Dashboard", properties)
    assert found["Ref"] == name
    assert json.loads(aws("cloudwatch").get_dashboard(DashboardName=name)["DashboardBody"]) == body
    delete(aws, stack)


def test_a_dashboard_that_is_not_one_fails_the_stack(aws: Account) -> None:
    for body in ("{}", "{not json"):
        resource = {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": body}}
        assert aws.deploy({"R": resource})["StackStatus"] == "ROLLBACK_COMPLETE"


def test_cluster(aws: Account) -> None:
    name = unique("cluster")
    stack, found = deploy(aws, "AWS::ECS::Cluster", {"ClusterName": name}, "Arn")
    assert found == {"Ref": name, "Arn": f"arn:aws:ecs:us-east-1:123456789012:cluster/{name}"}
    delete(aws, stack)


def test_task_definition(aws: Account) -> None:
    container = {"Name": "main", "Image": "i", "Command": ["run"], "ReadonlyRootFilesystem": "true", "User": "1:1"}
    role = role_of(aws("iam"))
    properties = {
        "Family": unique("family"),
        "RequiresCompatibilities": ["FARGATE"],
        "NetworkMode": "awsvpc",
        "Cpu": 256,
        "Memory": "512",
        "TaskRoleArn": role,
        "ExecutionRoleArn": role,
        "RuntimePlatform": {"CpuArchitecture": "ARM64"},
        "ContainerDefinitions": [container],
    }
    stack, found = deploy(aws, "AWS::ECS::TaskDefinition", properties)
    made = aws("ecs").describe_task_definition(taskDefinition=found["Ref"])["taskDefinition"]
    assert (made["cpu"], made["memory"], made["networkMode"]) == ("256", "512", "awsvpc")
    assert (made["taskRoleArn"], made["runtimePlatform"]) == (role, {"cpuArchitecture": "ARM64"})
    assert made["containerDefinitions"][0]["readonlyRootFilesystem"] is True
    delete(aws, stack)


def test_schedule(aws: Account) -> None:
    name = unique("schedule")
    target = {"Arn": "arn:aws:lambda:us-east-1:123456789012:function:f", "RoleArn": role_of(aws("iam")), "Input": "{}"}
    properties = {
        "Name": name,
        "ScheduleExpression": "cron(0 3 ? * SUN *)",
        "ScheduleExpressionTimezone": "Europe/Berlin",
        "State": "DISABLED",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {**target, "RetryPolicy": {"MaximumRetryAttempts": "2"}},
    }
    resources = {
        "Schedule": {"Type": "AWS::Scheduler::Schedule", "Properties": properties},
    }
    stack = aws.deploy(resources)
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.reasons(stack["StackName"])
    found = aws("scheduler").get_schedule(Name=name)
    assert (found["ScheduleExpressionTimezone"], found["State"]) == ("Europe/Berlin", "DISABLED")
    assert found["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 2
    changed = {**properties, "ScheduleExpression": "rate(1 day)"}
    resources["Schedule"] = {"Type": "AWS::Scheduler::Schedule", "Properties": changed}
    aws.deploy(resources, stack=stack["StackName"])
    assert aws("scheduler").get_schedule(Name=name)["ScheduleExpression"] == "rate(1 day)"
    delete(aws, stack["StackName"])


def test_alarm(aws: Account) -> None:
    name = unique("alarm")
    properties = {
        "AlarmName": name,
        "Namespace": "AWS/States",
        "MetricName": "ExecutionsFailed",
        "Dimensions": [{"Name": "StateMachineArn", "Value": "arn"}],
        "Statistic": "Sum",
        "Period": "300",
        "EvaluationPeriods": 1,
        "Threshold": "1",
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:t"],
    }
    stack, found = deploy(aws, "AWS::CloudWatch::Alarm", properties, "Arn")
    assert found == {"Ref": name, "Arn": f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}"}
    alarm = aws("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
    assert (alarm["Period"], alarm["Threshold"]) == (300, 1.0)
    delete(aws, stack)


def test_db_subnet_group(aws: Account) -> None:
    subnets = [subnet["SubnetId"] for subnet in aws("ec2").describe_subnets()["Subnets"][:2]]
    properties = {"DBSubnetGroupDescription": "temporary", "SubnetIds": subnets}
    stack, found = deploy(aws, "AWS::RDS::DBSubnetGroup", properties)
    assert found["Ref"] == found["Ref"].lower()
    group = aws("rds").describe_db_subnet_groups(DBSubnetGroupName=found["Ref"])["DBSubnetGroups"][0]
    assert {subnet["SubnetIdentifier"] for subnet in group["Subnets"]} == set(subnets)
    delete(aws, stack)


def test_security_groups_that_name_each_other_by_rules_apart(aws: Account) -> None:
    vpc = aws("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": "443", "CidrIp": "0.0.0.0/0", "Description": "APIs"}
    postgres = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}
    ingress = [{**postgres, "SourceSecurityGroupId": {"Fn::GetAtt": ["Task", "GroupId"]}}]
    task = {"GroupDescription": "task", "VpcId": vpc, "SecurityGroupEgress": [https]}
    database = {"GroupDescription": "database", "VpcId": vpc, "SecurityGroupIngress": ingress}
    apart = {"GroupId": {"Ref": "Task"}, **postgres, "DestinationSecurityGroupId": {"Ref": "Database"}}
    stack = aws.deploy(
        {
            "Task": {"Type": "AWS::EC2::SecurityGroup", "Properties": task},
            "Database": {"Type": "AWS::EC2::SecurityGroup", "Properties": database},
            "ToDatabase": {"Type": "AWS::EC2::SecurityGroupEgress", "Properties": apart},
        },
        Outputs={"Task": {"Value": {"Ref": "Task"}}, "Database": {"Value": {"Ref": "Database"}}},
    )
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.reasons(stack["StackName"])
    ids = outputs(stack)
    task_group = aws("ec2").describe_security_groups(GroupIds=[ids["Task"]])["SecurityGroups"][0]
    assert sorted(rule["FromPort"] for rule in task_group["IpPermissionsEgress"]) == [443, 5432]
    database_group = aws("ec2").describe_security_groups(GroupIds=[ids["Database"]])["SecurityGroups"][0]
    pairs = [pair["GroupId"] for rule in database_group["IpPermissions"] for pair in rule["UserIdGroupPairs"]]
    assert pairs == [ids["Task"]]
    delete(aws, stack["StackName"])


def test_an_egress_rule_apart_replaces_the_default_one(aws: Account) -> None:
    vpc = aws("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    rule = {"GroupId": {"Ref": "Group"}, "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8"}
    group = {"GroupDescription": "group", "VpcId": vpc}
    stack = aws.deploy(
        {
            "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": group},
            "Rule": {"Type": "AWS::EC2::SecurityGroupEgress", "Properties": rule},
        },
        Outputs={"Group": {"Value": {"Ref": "Group"}}},
    )
    found = aws("ec2").describe_security_groups(GroupIds=[outputs(stack)["Group"]])["SecurityGroups"][0]
    assert [permission.get("FromPort") for permission in found["IpPermissionsEgress"]] == [443]
    delete(aws, stack["StackName"])
