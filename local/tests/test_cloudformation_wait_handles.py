from __future__ import annotations

from .helpers import Account, outputs
from .test_cloudformation_types import delete


def test_a_stack_of_nothing_but_a_handle_is_made_and_deleted(aws: Account) -> None:
    handle = {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}
    stack = aws.deploy(handle, Outputs={"Address": {"Value": {"Ref": "Nothing"}}})
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.reasons(stack["StackName"])
    assert outputs(stack)["Address"].startswith("https://")
    delete(aws, stack["StackName"])
