"""S3 buckets and their policies in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
Stock moto keeps encryption and tags and drops the rest, and has no BucketPolicy. A bucket that is not empty fails the
deletion of its stack, as on AWS. A bucket is in its stack's region.
"""

from __future__ import annotations

import json
from typing import Any

from .api_properties import UnsupportedProperty, called
from .engine import REGION, Engine
from .stack_resources import Resource, ResourceType, register


def _encryption(value: dict[str, Any]) -> dict[str, Any]:
    spelt = {"ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault"}
    rules = [
        {spelt.get(key, key): item for key, item in rule.items()} for rule in value["ServerSideEncryptionConfiguration"]
    ]
    return {"ServerSideEncryptionConfiguration": {"Rules": rules}}


def _lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    simple: dict[str, Any] = {
        key: rule[key] for key in ("Id", "Status", "AbortIncompleteMultipartUpload") if key in rule
    }
    request: dict[str, Any] = {**simple, "Filter": {"Prefix": rule.get("Prefix", "")}}
    if "ExpirationInDays" in rule:
        request["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    if "NoncurrentVersionExpiration" in rule:
        request["NoncurrentVersionExpiration"] = rule["NoncurrentVersionExpiration"]
    if "Transitions" in rule:
        request["Transitions"] = [
            {"Days": int(step["TransitionInDays"]), "StorageClass": step["StorageClass"]}
            for step in rule["Transitions"]
        ]
    known = {"Id", "Status", "AbortIncompleteMultipartUpload", "Prefix", "ExpirationInDays", "Transitions"}
    unknown = rule.keys() - known - {"NoncurrentVersionExpiration"}
    if unknown:
        raise UnsupportedProperty(sorted(unknown)[0])
    return request


def _notifications(value: dict[str, Any]) -> dict[str, Any]:
    unknown = value.keys() - {"LambdaConfigurations"}
    if unknown:
        raise UnsupportedProperty(sorted(unknown)[0])
    functions = [
        {
            "LambdaFunctionArn": entry["Function"],
            "Events": [entry["Event"]],
            **({"Filter": {"Key": {"FilterRules": entry["Filter"]["S3Key"]["Rules"]}}} if "Filter" in entry else {}),
        }
        for entry in value["LambdaConfigurations"]
    ]
    return {"NotificationConfiguration": {"LambdaFunctionConfigurations": functions}}


SETTINGS: dict[str, tuple[str, Any]] = {
    "BucketEncryption": ("PutBucketEncryption", _encryption),
    "LifecycleConfiguration": (
        "PutBucketLifecycleConfiguration",
        lambda value: {"LifecycleConfiguration": {"Rules": [_lifecycle_rule(rule) for rule in value["Rules"]]}},
    ),
    "NotificationConfiguration": ("PutBucketNotificationConfiguration", _notifications),
    "OwnershipControls": ("PutBucketOwnershipControls", lambda value: {"OwnershipControls": value}),
    "PublicAccessBlockConfiguration": (
        "PutPublicAccessBlock",
        lambda value: {"PublicAccessBlockConfiguration": value},
    ),
    "Tags": ("PutBucketTagging", lambda value: {"Tagging": {"TagSet": value}}),
    "VersioningConfiguration": ("PutBucketVersioning", lambda value: {"VersioningConfiguration": value}),
}


class Bucket(ResourceType):
    type = "AWS::S3::Bucket"
    any_region = True
    name_property = "BucketName"
    replaced_by = frozenset({"BucketName"})
    in_place = frozenset(SETTINGS)

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        region = self.engine.region
        # us-east-1 is the one that cannot be named.
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucketConfiguration.html
        place = {"CreateBucketConfiguration": {"LocationConstraint": region}} if region != REGION else {}
        self.engine.client("s3").create_bucket(Bucket=name, **place)
        self._configure(name, properties)
        domain = f"{name}.s3.amazonaws.com"
        regional = f"{name}.s3.{region}.amazonaws.com"
        return Resource(name, {"Arn": f"arn:aws:s3:::{name}", "DomainName": domain, "RegionalDomainName": regional})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        self._configure(existing.physical_resource_id, properties)
        return existing

    def delete(self, existing: Resource) -> None:
        self.engine.client("s3").delete_bucket(Bucket=existing.physical_resource_id)

    def _configure(self, name: str, properties: dict[str, Any]) -> None:
        for key, value in properties.items():
            if key == "BucketName":
                continue
            if key not in SETTINGS:
                raise UnsupportedProperty(key)
            operation, request = SETTINGS[key]
            called(self.engine, "s3", operation, {"Bucket": name, **request(value)})


class BucketPolicy(ResourceType):
    type = "AWS::S3::BucketPolicy"
    any_region = True
    known = frozenset({"Bucket", "PolicyDocument"})
    replaced_by = frozenset({"Bucket"})
    in_place = frozenset({"PolicyDocument"})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        bucket, policy = properties["Bucket"], json.dumps(properties["PolicyDocument"])
        self.engine.client("s3").put_bucket_policy(Bucket=bucket, Policy=policy)
        return Resource(bucket)

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        return self.create(existing.physical_resource_id, properties)

    def delete(self, existing: Resource) -> None:
        self.engine.client("s3").delete_bucket_policy(Bucket=existing.physical_resource_id)


def install(engine: Engine) -> None:
    for kind in (Bucket, BucketPolicy):
        register(kind(engine))
