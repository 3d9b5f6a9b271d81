from __future__ import annotations

import json
from typing import Any

import pytest

from wrasse_local.cloudformation_state_machine import definition

from .helpers import Account, outputs, role_of, unique

YAML = """
Comment: ${Greeting} to ${Whom}
StartAt: Say it
States:
  Say it:
    Type: Pass
    Result: ${Greeting}
    End: true
"""


@pytest.fixture
def machine(aws: Account) -> Any:
    role, bucket = role_of(aws("iam")), unique("definitions")
    aws("s3").create_bucket(Bucket=bucket)
    aws("s3").put_object(Bucket=bucket, Key="m.asl.yaml", Body=YAML)

    def resource(**properties: Any) -> dict[str, Any]:
        fixed = {"RoleArn": role, "DefinitionS3Location": {"Bucket": bucket, "Key": "m.asl.yaml"}}
        return {"Type": "AWS::StepFunctions::StateMachine", "Properties": {**fixed, **properties}}

    return resource


OUTPUTS = {"Arn": {"Value": {"Ref": "Machine"}}, "Name": {"Value": {"Fn::GetAtt": ["Machine", "Name"]}}}


def test_a_yaml_definition_in_s3_is_substituted_and_runs(aws: Account, machine: Any) -> None:
    substitutions = {"Greeting": "hello", "Whom": "you"}
    stack = aws.deploy({"Machine": machine(DefinitionSubstitutions=substitutions)}, Outputs=OUTPUTS)
    arn = outputs(stack)["Arn"]
    assert arn.endswith(f":stateMachine:{outputs(stack)['Name']}")
    assert json.loads(aws.ended(aws.start(arn))["output"]) == "hello"


def test_a_substitution_without_a_value_fails_the_stack(aws: Account, machine: Any) -> None:
    stack = aws.deploy({"Machine": machine(DefinitionSubstitutions={"Greeting": "hello"})})
    assert "DefinitionSubstitutions has no value for Whom" in aws.reasons(stack["StackName"])


def test_a_definition_that_is_no_asl_fails_the_stack(aws: Account, machine: Any) -> None:
    stack = aws.deploy({"Machine": machine(DefinitionSubstitutions={"Greeting": "{", "Whom": "you"})})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"


def test_logging_tracing_and_tags_are_kept_and_an_update_is_in_place(aws: Account, machine: Any) -> None:
    group = "arn:aws:logs:us-east-1:123456789012:log-group:/states/x:*"
    logging = {"Level": "ALL", "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": group}}]}
    settings = {
        "DefinitionSubstitutions": {"Greeting": "hello", "Whom": "you"},
        "LoggingConfiguration": {**logging, "IncludeExecutionData": True},
        "TracingConfiguration": {"Enabled": True},
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    stack = aws.deploy({"Machine": machine(**settings)}, Outputs=OUTPUTS)
    arn, api = outputs(stack)["Arn"], aws("stepfunctions")
    found = api.describe_state_machine(stateMachineArn=arn)
    assert found["loggingConfiguration"]["level"] == "ALL"
    assert found["loggingConfiguration"]["includeExecutionData"] is True
    assert found["tracingConfiguration"] == {"enabled": True}
    assert {"key": "a", "value": "b"} in api.list_tags_for_resource(resourceArn=arn)["tags"]
    changed = machine(**{**settings, "DefinitionSubstitutions": {"Greeting": "bye", "Whom": "you"}})
    assert outputs(aws.deploy({"Machine": changed}, stack=stack["StackName"], Outputs=OUTPUTS))["Arn"] == arn
    assert json.loads(aws.ended(aws.start(arn))["output"]) == "bye"


def test_a_definition_may_stand_in_the_template() -> None:
    assert json.loads(definition({"Definition": {"StartAt": "A"}})) == {"StartAt": "A"}
    substituted = {"DefinitionString": '{"StartAt": "${S}"}', "DefinitionSubstitutions": {"S": True}}
    assert json.loads(definition(substituted)) == {"StartAt": "true"}


def test_a_machine_without_a_definition_is_refused() -> None:
    with pytest.raises(ValueError, match="DefinitionS3Location"):
        definition({})
