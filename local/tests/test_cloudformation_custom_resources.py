from __future__ import annotations

import json
from typing import Any

import pytest

from wrasse_local.cloudformation_custom_resources import Answers, as_strings
from wrasse_local.put_faults import FAIL, Faults

from .helpers import Account, outputs

# Prints every request, and answers it as the resource's `Answer` says, `{}` of it replaced.
PROVIDER = """
import urllib.request

def handle(event):
    print(json.dumps(event), flush=True)
    wanted = json.loads(event["ResourceProperties"].get("Answer", "{}"))
    if wanted.get("Crash"):
        raise Error("Crashed", "as asked")
    if wanted.get("Silent"):
        return {}
    answer = {
        "Status": "SUCCESS",
        "PhysicalResourceId": event.get("PhysicalResourceId", "thing-1"),
        **{key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")},
        **wanted.get(event["RequestType"], {}),
    }
    for _ in range(wanted.get("Times", 1)):
        request = urllib.request.Request(event["ResponseURL"], method="PUT", data=json.dumps(answer).encode())
        if not wanted.get("Typed"):
            request.add_header("Content-Type", "")
        try:
            urllib.request.urlopen(request).read()
        except urllib.error.HTTPError as refusal:
            raise Error("Unanswered", str(refusal.code))
    return {}
"""


class Stack:
    """A stack of one custom resource, and what its provider was asked."""

    def __init__(self, aws: Account) -> None:
        self.aws = aws
        self.function = aws.function(PROVIDER)
        found = aws("lambda").get_function(FunctionName=self.function)
        self.arn = found["Configuration"]["FunctionArn"]
        self.name = ""

    def deploy(self, answer: dict[str, Any] | None = None, kind: str = "Custom::Thing", **properties: Any) -> str:
        """Makes or updates the stack; answers its status."""
        asked = {"ServiceToken": self.arn, "Answer": json.dumps(answer or {}), **properties}
        resource = {"Thing": {"Type": kind, "Properties": asked}}
        shown = {"Ref": {"Value": {"Ref": "Thing"}}}
        if "Create" in (answer or {}) and "Data" in (answer or {})["Create"]:
            shown["Data"] = {"Value": {"Fn::GetAtt": ["Thing", "Word"]}}  # type: ignore[dict-item]
        stack = self.aws.deploy(resource, stack=self.name or None, Outputs=shown)
        self.name = stack["StackName"]
        return str(stack["StackStatus"])

    def delete(self) -> str:
        stack = self.aws.stack(self.name)["StackId"]
        self.aws("cloudformation").delete_stack(StackName=self.name)
        return str(self.aws.stack(stack)["StackStatus"])

    def requests(self) -> list[dict[str, Any]]:
        lines = self.aws.log_lines(f"/aws/lambda/{self.function}")
        return [json.loads(line) for line in lines if line.startswith("{")]


@pytest.fixture
def stack(aws: Account) -> Stack:
    return Stack(aws)


def test_a_resource_is_made_changed_and_deleted_by_its_function(stack: Stack) -> None:
    answer = {"Create": {"Data": {"Word": "from the function"}}}
    assert stack.deploy(answer, Number=1, Flag=True, Nested={"List": [2]}) == "CREATE_COMPLETE"
    shown = outputs(stack.aws.stack(stack.name))
    assert shown == {"Ref": "thing-1", "Data": "from the function"}
    assert stack.deploy(Number=2) == "UPDATE_COMPLETE"
    assert stack.delete() == "DELETE_COMPLETE"
    made, changed, deleted = stack.requests()
    url = made.pop("ResponseURL")
    assert url.startswith(f"{stack.aws.engine.endpoint}/_engine/")
    assert len(made.pop("RequestId")) == 36
    properties = {"ServiceToken": stack.arn, "Answer": json.dumps(answer), "Number": "1", "Flag": "true"}
    stack_id = made.pop("StackId")
    assert f":stack/{stack.name}/" in stack_id
    assert made == {
        "RequestType": "Create",
        "ServiceToken": stack.arn,
        "LogicalResourceId": "Thing",
        "ResourceType": "Custom::Thing",
        "ResourceProperties": {**properties, "Nested": {"List": ["2"]}},
    }
    assert (changed["RequestType"], changed["PhysicalResourceId"]) == ("Update", "thing-1")
    assert changed["OldResourceProperties"]["Number"] == "1"
    assert changed["ResourceProperties"]["Number"] == "2"
    assert (deleted["RequestType"], deleted["PhysicalResourceId"]) == ("Delete", "thing-1")
    assert deleted["StackId"] == stack_id


@pytest.mark.parametrize("kind", ["AWS::CloudFormation::CustomResource", "Custom::Any_thing-1"])
def test_both_spellings_of_the_type_are_known(stack: Stack, kind: str) -> None:
    assert stack.deploy(kind=kind) == "CREATE_COMPLETE"
    assert stack.requests()[0]["ResourceType"] == kind


@pytest.mark.parametrize("typed", [True, False])
def test_an_answer_needs_no_content_type(stack: Stack, typed: bool) -> None:
    assert stack.deploy({"Typed": typed}) == "CREATE_COMPLETE"


def test_an_update_that_changes_the_id_deletes_the_old_one_afterwards(stack: Stack) -> None:
    stack.deploy()
    assert stack.deploy({"Update": {"PhysicalResourceId": "thing-2"}}) == "UPDATE_COMPLETE"
    assert outputs(stack.aws.stack(stack.name))["Ref"] == "thing-2"
    seen = [(request["RequestType"], request.get("PhysicalResourceId")) for request in stack.requests()]
    assert seen == [("Create", None), ("Update", "thing-1"), ("Delete", "thing-1")]
    stack.delete()
    assert stack.requests()[-1]["PhysicalResourceId"] == "thing-2"


def test_a_failed_answer_is_the_stack_s_reason_and_the_resource_gets_a_delete(stack: Stack) -> None:
    failed = {"Status": "FAILED", "Reason": "no such destination", "PhysicalResourceId": "half-made"}
    assert stack.deploy({"Create": failed}) == "ROLLBACK_COMPLETE"
    reasons = stack.aws.reasons(stack.name)
    assert "Received response status [FAILED] from custom resource. Message returned: no such destination" in reasons
    seen = [(request["RequestType"], request.get("PhysicalResourceId")) for request in stack.requests()]
    assert seen == [("Create", None), ("Delete", "half-made")]


def test_a_failed_delete_fails_the_deletion(stack: Stack) -> None:
    stack.deploy({"Delete": {"Status": "FAILED", "Reason": "filters are left"}})
    assert stack.delete() == "DELETE_FAILED"
    assert "filters are left" in stack.aws.reasons(stack.name)


def test_a_failed_update_goes_back(stack: Stack) -> None:
    stack.deploy()
    assert stack.deploy({"Update": {"Status": "FAILED", "Reason": "no"}}) == "UPDATE_ROLLBACK_COMPLETE"


def test_silence_fails_after_the_service_timeout(stack: Stack) -> None:
    assert stack.deploy({"Silent": True}, ServiceTimeout="1") == "ROLLBACK_COMPLETE"
    assert "did not receive a response from your Custom Resource. (within 1 seconds" in stack.aws.reasons(stack.name)
    assert stack.requests()[0]["ResourceProperties"]["ServiceTimeout"] == "1"


def test_a_function_that_fails_is_tried_three_times_and_then_fails_the_stack_at_once(stack: Stack) -> None:
    assert stack.deploy({"Crash": True}) == "ROLLBACK_COMPLETE"
    creates = [request for request in stack.requests() if request["RequestType"] == "Create"]
    assert len(creates) == 3
    assert len({request["RequestId"] for request in creates}) == 1
    assert "all tries of invocation" in stack.aws.reasons(stack.name)


@pytest.mark.parametrize("refused", [1, 2])
def test_a_response_url_that_fails_is_answered_by_lambda_s_next_try(stack: Stack, refused: int) -> None:
    stack.aws.post("/custom-resources/faults", kind="fail", count=refused)
    assert stack.deploy() == "CREATE_COMPLETE"
    assert len(stack.requests()) == refused + 1


def test_a_second_answer_is_taken_and_not_read(stack: Stack) -> None:
    assert stack.deploy({"Times": 2}) == "CREATE_COMPLETE"
    answers = Answers(Faults(FAIL))
    for status in ("SUCCESS", "FAILED"):
        answers.put({"Status": status})
    assert answers.wait(1, "no invocation") == {"Status": "SUCCESS"}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"RequestId": "another"}, "RequestId is not the request's"),
        ({"PhysicalResourceId": ""}, "Invalid PhysicalResourceId"),
        ({"Status": "OK"}, "Status is 'OK'"),
        ({"Data": {"Long": "x" * 4096}}, "Response object is too long."),
    ],
)
def test_an_answer_that_is_not_valid_fails_the_stack(stack: Stack, answer: dict[str, Any], said: str) -> None:
    assert stack.deploy({"Create": answer}) == "ROLLBACK_COMPLETE"
    assert said in stack.aws.reasons(stack.name)


def test_a_topic_as_service_token_is_refused(stack: Stack) -> None:
    assert stack.deploy(ServiceToken="arn:aws:sns:us-east-1:123456789012:topic") == "ROLLBACK_COMPLETE"
    assert "not arn:aws:sns" in stack.aws.reasons(stack.name)


def test_properties_are_strings() -> None:
    assert as_strings({"a": 1, "b": [True, {"c": 2.5}], "d": "x"}) == {"a": "1", "b": ["true", {"c": "2.5"}], "d": "x"}
