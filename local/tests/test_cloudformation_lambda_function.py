from __future__ import annotations

from typing import Any

import pytest

from .helpers import BOOTSTRAP, ECHO, Account, outputs, role_of, unique, zipped


@pytest.fixture
def function(aws: Account) -> Any:
    bucket = unique("code")
    aws("s3").create_bucket(Bucket=bucket)
    aws("s3").put_object(Bucket=bucket, Key="echo.zip", Body=zipped(BOOTSTRAP.format(handler=ECHO)))
    other = "def handle(event):\n    return [os.environ.get('A'), 'other']"
    aws("s3").put_object(Bucket=bucket, Key="other.zip", Body=zipped(BOOTSTRAP.format(handler=other)))

    def resource(key: str = "echo.zip", **properties: Any) -> dict[str, Any]:
        fixed = {
            "Code": {"S3Bucket": bucket, "S3Key": key},
            "Role": role,
            "Runtime": "provided.al2023",
            "Handler": "bootstrap",
        }
        return {"Type": "AWS::Lambda::Function", "Properties": {**fixed, **properties}}

    role = role_of(aws("iam"))
    return resource


NAME = {"Name": {"Value": {"Ref": "Function"}}, "Arn": {"Value": {"Fn::GetAtt": ["Function", "Arn"]}}}


def test_all_its_settings_are_kept(aws: Account, function: Any) -> None:
    settings = {"Architectures": ["arm64"], "MemorySize": "256", "Timeout": 30, "EphemeralStorage": {"Size": 1024}}
    logged = {"LoggingConfig": {"LogGroup": "/own/group"}, "Tags": [{"Key": "a", "Value": "b"}]}
    stack = aws.deploy({"Function": function(**settings, **logged)}, Outputs=NAME)
    found = aws("lambda").get_function(FunctionName=outputs(stack)["Name"])
    configuration = found["Configuration"]
    assert configuration["Architectures"] == ["arm64"]
    assert (configuration["MemorySize"], configuration["Timeout"]) == (256, 30)
    assert configuration["EphemeralStorage"] == {"Size": 1024}
    assert configuration["LoggingConfig"]["LogGroup"] == "/own/group"
    assert found["Tags"] == {"a": "b"}


def test_an_update_changes_code_and_configuration_in_place(aws: Account, function: Any) -> None:
    stack = aws.deploy({"Function": function(Environment={"Variables": {"A": "1"}})}, Outputs=NAME)
    name = outputs(stack)["Name"]
    assert aws.invoke(name, "before")[0] == "before"
    changed = function("other.zip", Environment={"Variables": {"A": "2"}}, Timeout=9)
    updated = aws.deploy({"Function": changed}, stack=stack["StackName"], Outputs=NAME)
    assert outputs(updated)["Name"] == name
    assert aws.invoke(name)[0] == ["2", "other"]
    aws.deploy({"Function": function("other.zip")}, stack=stack["StackName"], Outputs=NAME)
    assert aws.invoke(name)[0] == [None, "other"]
    assert aws("lambda").get_function(FunctionName=name)["Configuration"]["Timeout"] == 3


@pytest.mark.parametrize("change", [{"Tags": [{"Key": "a", "Value": "b"}]}, {"Architectures": ["arm64"]}])
def test_a_change_that_the_engine_does_not_apply_is_refused(aws: Account, function: Any, change: Any) -> None:
    stack = aws.deploy({"Function": function()})["StackName"]
    updated = aws.deploy({"Function": function(**change)}, stack=stack)
    assert updated["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert f"does not change the property {next(iter(change))}" in aws.reasons(stack)


def test_code_that_is_not_in_s3_fails_the_stack(aws: Account, function: Any) -> None:
    stack = aws.deploy({"Function": function("missing.zip")})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"


def test_an_event_invoke_config_comes_and_goes_with_the_stack(aws: Account, function: Any) -> None:
    config = {"FunctionName": {"Ref": "Function"}, "Qualifier": "$LATEST", "MaximumRetryAttempts": "1"}
    resources = {
        "Function": function(),
        "Config": {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": config},
    }
    stack = aws.deploy(resources, Outputs=NAME)
    name = outputs(stack)["Name"]
    found = aws("lambda").get_function_event_invoke_config(FunctionName=name)
    assert found["MaximumRetryAttempts"] == 1
    aws("cloudformation").delete_stack(StackName=stack["StackName"])
    assert aws.stack(stack["StackId"])["StackStatus"] == "DELETE_COMPLETE", aws.reasons(stack["StackId"])
    assert name not in [found["FunctionName"] for found in aws("lambda").list_functions()["Functions"]]
