from __future__ import annotations

from typing import Any

from .helpers import Account, outputs, unique
from .test_cloudformation_types import delete


def catalogue(name: str, **parameters: Any) -> dict[str, Any]:
    columns = [{"Name": "message", "Type": "string"}]
    storage = {
        "Location": "s3://bucket/logs/",
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "SerdeInfo": {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe", "Parameters": {"a": "b"}},
        "Columns": columns,
    }
    table = {
        "Name": "logs",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"projection.enabled": "true", "left.out": {"Ref": "AWS::NoValue"}, **parameters},
        "PartitionKeys": [{"Name": "day", "Type": "string"}],
        "StorageDescriptor": storage,
    }
    here = {"CatalogId": {"Ref": "AWS::AccountId"}}
    database = {**here, "DatabaseInput": {"Name": name, "Description": "logs"}}
    in_database = {**here, "DatabaseName": {"Ref": "Database"}, "TableInput": table}
    return {
        "Database": {"Type": "AWS::Glue::Database", "Properties": database},
        "Table": {"Type": "AWS::Glue::Table", "Properties": in_database},
    }


def test_a_database_and_its_table(aws: Account) -> None:
    name = unique("logs_database").replace("-", "_")
    shown = {"Database": {"Value": {"Ref": "Database"}}, "Table": {"Value": {"Ref": "Table"}}}
    stack = aws.deploy(catalogue(name), Outputs=shown)
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.reasons(stack["StackName"])
    assert outputs(stack) == {"Database": name, "Table": "logs"}
    glue = aws("glue")
    table = glue.get_table(DatabaseName=name, Name="logs")["Table"]
    assert table["PartitionKeys"] == [{"Name": "day", "Type": "string"}]
    assert table["StorageDescriptor"]["SerdeInfo"]["Parameters"] == {"a": "b"}
    assert table["Parameters"] == {"projection.enabled": "true"}

    changed = catalogue(name, **{"projection.day.range": "2020/01/01,NOW"})
    changed["Database"]["Properties"]["DatabaseInput"]["Description"] = "changed"
    assert aws.deploy(changed, stack=stack["StackName"], Outputs=shown)["StackStatus"] == "UPDATE_COMPLETE"
    assert "projection.day.range" in glue.get_table(DatabaseName=name, Name="logs")["Table"]["Parameters"]
    assert glue.get_database(Name=name)["Database"]["Description"] == "changed"

    delete(aws, stack["StackName"])
    assert name not in [database["Name"] for database in glue.get_databases()["DatabaseList"]]


def test_a_database_without_a_name_gets_one_in_lower_case(aws: Account) -> None:
    stack = aws.deploy(
        {"D": {"Type": "AWS::Glue::Database", "Properties": {"CatalogId": "1", "DatabaseInput": {}}}},
        Outputs={"Name": {"Value": {"Ref": "D"}}},
    )
    name = outputs(stack)["Name"]
    assert name == name.lower()
    delete(aws, stack["StackName"])
