from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .helpers import Account, unique

TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Name"}}}
TEMPLATE = json.dumps({"Parameters": {"Name": {"Type": "String"}}, "Resources": {"Topic": TOPIC}})
FAILING = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"None": "x"}}}})


def changes(aws: Account, stack: str, kind: str, name: str = "a", **more: Any) -> dict[str, Any]:
    api = aws("cloudformation")
    made = api.create_change_set(
        StackName=stack,
        ChangeSetName=unique("change"),
        ChangeSetType=kind,
        **{
            "TemplateBody": TEMPLATE,
            "Parameters": [{"ParameterKey": "Name", "ParameterValue": name}],
            **more,
        },
    )
    described: dict[str, Any] = api.describe_change_set(ChangeSetName=made["Id"], StackName=stack)
    return described


def executed(aws: Account, change_set: dict[str, Any]) -> dict[str, Any]:
    aws("cloudformation").execute_change_set(ChangeSetName=change_set["ChangeSetId"], StackName=change_set["StackName"])
    return aws.stack(change_set["StackName"])


def tags(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in pairs]


def test_a_change_set_without_changes_is_made_and_has_failed(aws: Account) -> None:
    stack, given = unique("stack"), tags(("team", "a"))
    executed(aws, changes(aws, stack, "CREATE", Tags=given))
    unchanged: tuple[dict[str, Any], ...] = ({}, {"Tags": given})
    for more in unchanged:
        found = changes(aws, stack, "UPDATE", **more)
        assert (found["Status"], found["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
        assert "didn't contain changes" in found["StatusReason"]
    assert changes(aws, stack, "UPDATE", name="b")["Status"] == "CREATE_COMPLETE"


def test_other_tags_are_a_change_and_none_are_not(aws: Account) -> None:
    stack = unique("stack")
    executed(aws, changes(aws, stack, "CREATE", Tags=tags(("team", "a"))))
    updated = executed(aws, changes(aws, stack, "UPDATE", Tags=tags(("team", "b"))))
    assert (updated["StackStatus"], updated["Tags"]) == ("UPDATE_COMPLETE", tags(("team", "b")))
    updated = executed(aws, changes(aws, stack, "UPDATE", name="b"))
    assert (updated["StackStatus"], updated["Tags"]) == ("UPDATE_COMPLETE", tags(("team", "b")))


def test_an_update_of_the_same_is_refused_and_one_of_tags_is_not(aws: Account) -> None:
    stack, api = unique("stack"), aws("cloudformation")
    executed(aws, changes(aws, stack, "CREATE", Tags=tags(("team", "a"))))
    given: dict[str, Any] = {
        "StackName": stack,
        "TemplateBody": TEMPLATE,
        "Parameters": [{"ParameterKey": "Name", "ParameterValue": "a"}],
    }
    for same in ({}, {"Tags": tags(("team", "a"))}):
        with pytest.raises(ClientError, match="No updates are to be performed"):
            api.update_stack(**given, **same)
    api.update_stack(**given, Tags=tags(("team", "b")))
    assert aws.stack(stack)["Tags"] == tags(("team", "b"))


def test_a_stack_that_was_never_made_is_not_updated(aws: Account) -> None:
    stack = unique("stack")
    failed = executed(aws, changes(aws, stack, "CREATE", TemplateBody=FAILING, Parameters=[]))
    assert failed["StackStatus"] == "ROLLBACK_COMPLETE"
    with pytest.raises(ClientError, match="is in ROLLBACK_COMPLETE state and can not be updated"):
        changes(aws, stack, "UPDATE")
    aws("cloudformation").delete_stack(StackName=stack)
    assert executed(aws, changes(aws, stack, "CREATE"))["StackStatus"] == "CREATE_COMPLETE"


def test_a_name_in_use_is_not_made_again(aws: Account) -> None:
    stack = unique("stack")
    changes(aws, stack, "CREATE")
    executed(aws, changes(aws, stack, "CREATE"))
    with pytest.raises(ClientError, match="already exists"):
        changes(aws, stack, "CREATE")
