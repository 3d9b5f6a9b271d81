"""Buckets and their policies, made by stacks in several regions: what a stack for each region needs."""

from __future__ import annotations

import json
from typing import Any

from wrasse_local.engine import REGION

from .health import client
from .helpers import Account, outputs, unique

PRIVATE = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}
RULE = {
    "Id": "old",
    "Status": "Enabled",
    "ExpirationInDays": 30,
    "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
}
SSE = [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}]


def template(name: str) -> dict[str, Any]:
    bucket = {
        "BucketName": name,
        "BucketEncryption": {"ServerSideEncryptionConfiguration": SSE},
        "LifecycleConfiguration": {"Rules": [RULE]},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "PublicAccessBlockConfiguration": PRIVATE,
        "Tags": [{"Key": "system", "Value": "layers"}],
        "VersioningConfiguration": {"Status": "Enabled"},
    }
    arn = {"Fn::Sub": "${Bucket.Arn}/*"}
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": arn, "Condition": plain}
    policy = {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Version": "2012-10-17", "Statement": [deny]}}
    return {
        "Resources": {
            "Bucket": {"Type": "AWS::S3::Bucket", "Properties": bucket},
            "Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": policy},
        },
        "Outputs": {"Domain": {"Value": {"Fn::GetAtt": ["Bucket", "RegionalDomainName"]}}},
    }


def test_a_bucket_is_in_its_stack_s_region_with_all_its_settings(aws: Account) -> None:
    for region in ("eu-west-1", "ap-northeast-1", REGION):
        name, stack = f"{unique('layers')}-{region}", unique("layer-bucket")
        api, s3 = client(aws, region, "cloudformation"), client(aws, region, "s3")
        api.create_stack(StackName=stack, TemplateBody=json.dumps(template(name)))
        [made] = api.describe_stacks(StackName=stack)["Stacks"]
        assert made["StackStatus"] == "CREATE_COMPLETE"
        assert outputs(made)["Domain"] == f"{name}.s3.{region}.amazonaws.com"
        assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == (None if region == REGION else region)
        [rule] = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
        assert rule["Expiration"] == {"Days": 30}
        assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 7}
        assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
        [encrypted] = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
        assert encrypted["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
        assert s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"] == PRIVATE
        assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
        [owner] = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
        assert owner["ObjectOwnership"] == "BucketOwnerEnforced"
        assert s3.get_bucket_tagging(Bucket=name)["TagSet"] == [{"Key": "system", "Value": "layers"}]
        statement = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]
        assert statement[0]["Resource"] == f"arn:aws:s3:::{name}/*"

        changed = template(name)
        changed["Resources"]["Bucket"]["Properties"]["LifecycleConfiguration"]["Rules"] = [
            {**RULE, "ExpirationInDays": 60}
        ]
        api.update_stack(StackName=stack, TemplateBody=json.dumps(changed))
        assert api.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"] == "UPDATE_COMPLETE"
        [rule] = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
        assert rule["Expiration"] == {"Days": 60}
        api.delete_stack(StackName=stack)
        assert name not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
