from __future__ import annotations

import json
from typing import Any

from .health import client
from .helpers import BOOTSTRAP, Account, outputs, unique, zipped
from .layers import layer_zip
from .test_lambda_layers_functions import MODULE, invoked


def stack_in(aws: Account, region: str, template: dict[str, Any], name: str | None = None) -> dict[str, Any]:
    """Deploys a template in a region by change set, as `sam deploy` does."""
    api, stack = client(aws, region, "cloudformation"), name or unique("stack")
    change = api.create_change_set(
        StackName=stack,
        ChangeSetName=unique("change"),
        ChangeSetType="UPDATE" if name else "CREATE",
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )["Id"]
    api.execute_change_set(ChangeSetName=change, StackName=stack)
    [made] = api.describe_stacks(StackName=stack)["Stacks"]
    reasons = [
        str(event.get("ResourceStatusReason")) for event in api.describe_stack_events(StackName=stack)["StackEvents"]
    ]
    assert made["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), reasons
    return {"StackName": stack, **outputs(made)}


def template(bucket: str, layer_key: str) -> dict[str, Any]:
    """A layer, its permission, and a function that uses it, as SAM has them."""
    return {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            "Deps": {
                "Type": "AWS::Serverless::LayerVersion",
                "Properties": {
                    "ContentUri": {"Bucket": bucket, "Key": layer_key},
                    "CompatibleArchitectures": ["x86_64"],
                    "RetentionPolicy": "Delete",
                },
            },
            "Shared": {
                "Type": "AWS::Lambda::LayerVersionPermission",
                "Properties": {
                    "Action": "lambda:GetLayerVersion",
                    "LayerVersionArn": {"Ref": "Deps"},
                    "Principal": "111122223333",
                },
            },
            "User": {
                "Type": "AWS::Serverless::Function",
                "Properties": {
                    "CodeUri": {"Bucket": bucket, "Key": "code"},
                    "Handler": "bootstrap",
                    "Runtime": "provided.al2023",
                    "Layers": [{"Ref": "Deps"}],
                },
            },
        },
        "Outputs": {"User": {"Value": {"Ref": "User"}}, "Deps": {"Value": {"Ref": "Deps"}}},
    }


def test_a_stack_has_layers_and_functions_that_use_them(aws: Account) -> None:
    region, bucket = "eu-west-1", unique("bucket")
    s3, api = client(aws, region, "s3"), client(aws, region, "lambda")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
    s3.put_object(Bucket=bucket, Key="code", Body=zipped(BOOTSTRAP.format(handler=MODULE)))
    for word in ("first", "second"):
        s3.put_object(Bucket=bucket, Key=word, Body=layer_zip({"python/module.py": f"WORD = '{word}'\n"}))
    made = stack_in(aws, region, template(bucket, "first"))
    assert invoked(aws, made["User"], region=region) == "first"
    version = api.get_layer_version_by_arn(Arn=made["Deps"])
    assert version["CompatibleArchitectures"] == ["x86_64"]
    policy = api.get_layer_version_policy(LayerName=version["LayerArn"], VersionNumber=version["Version"])
    assert "arn:aws:iam::111122223333:root" in policy["Policy"]

    changed = stack_in(aws, region, template(bucket, "second"), made["StackName"])
    assert (changed["User"], changed["Deps"]) == (made["User"], made["Deps"].removesuffix("1") + "2")
    assert invoked(aws, made["User"], region=region) == "second"
    left = [found["Version"] for found in api.list_layer_versions(LayerName=version["LayerArn"])["LayerVersions"]]
    assert left == [2]

    client(aws, region, "cloudformation").delete_stack(StackName=made["StackName"])
    assert api.list_layer_versions(LayerName=version["LayerArn"])["LayerVersions"] == []
    assert made["User"] not in [found["FunctionName"] for found in api.list_functions()["Functions"]]
