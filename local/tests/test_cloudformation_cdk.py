from __future__ import annotations

from .helpers import Account
from .test_cloudformation_types import delete


def test_the_metadata_of_a_cdk_stack_changes_with_it_and_makes_nothing(aws: Account) -> None:
    def resources(analytics: str) -> dict[str, object]:
        return {"CDKMetadata": {"Type": "AWS::CDK::Metadata", "Properties": {"Analytics": analytics}}}

    stack = aws.deploy(resources("v2:deflate64:one"))
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.reasons(stack["StackName"])
    updated = aws.deploy(resources("v2:deflate64:two"), stack=stack["StackName"])
    assert updated["StackStatus"] == "UPDATE_COMPLETE", aws.reasons(stack["StackName"])
    delete(aws, stack["StackName"])
