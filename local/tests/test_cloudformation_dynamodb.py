from __future__ import annotations

from typing import Any

from .helpers import Account, outputs
from .test_cloudformation_types import delete

PROPERTIES: dict[str, Any] = {
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
    ],
    "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    "DeletionProtectionEnabled": "false",
    "Tags": [{"Key": "wrasse:system", "Value": "health-gate"}],
}


def test_a_table_has_what_its_template_says(aws: Account) -> None:
    table = {"Type": "AWS::DynamoDB::Table", "Properties": dict(PROPERTIES)}
    shown = {"Table": {"Value": {"Ref": "Table"}}, "Arn": {"Value": {"Fn::GetAtt": ["Table", "Arn"]}}}
    stack = aws.deploy({"Table": table}, Outputs=shown)
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.reasons(stack["StackName"])
    name, api = outputs(stack)["Table"], aws("dynamodb")
    described = api.describe_table(TableName=name)["Table"]
    assert described["TableArn"] == outputs(stack)["Arn"]
    assert described["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert described["DeletionProtectionEnabled"] is False
    assert [key["AttributeName"] for key in described["KeySchema"]] == ["pk", "sk"]
    to_live = api.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert to_live == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    assert recovery(aws, name) == "ENABLED"
    assert api.list_tags_of_resource(ResourceArn=described["TableArn"])["Tags"] == PROPERTIES["Tags"]

    table["Properties"] = {**PROPERTIES, "DeletionProtectionEnabled": "true"}
    del table["Properties"]["PointInTimeRecoverySpecification"]  # type: ignore[attr-defined]
    assert aws.deploy({"Table": table}, stack=stack["StackName"], Outputs=shown)["StackStatus"] == "UPDATE_COMPLETE"
    assert recovery(aws, name) == "DISABLED"
    assert api.describe_table(TableName=name)["Table"]["DeletionProtectionEnabled"] is True
    aws("cloudformation").delete_stack(StackName=stack["StackName"])
    assert aws.stack(stack["StackName"])["StackStatus"] == "DELETE_FAILED"

    api.update_table(TableName=name, DeletionProtectionEnabled=False)
    delete(aws, stack["StackName"])
    assert name not in api.list_tables()["TableNames"]


def recovery(aws: Account, table: str) -> str:
    described = aws("dynamodb").describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    return str(described["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"])
