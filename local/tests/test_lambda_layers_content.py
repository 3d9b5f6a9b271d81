from __future__ import annotations

import io
import struct
import zipfile
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from wrasse_local.lambda_layers_constraints import MOST_BODY_BYTES

from .health import client
from .helpers import Account, unique
from .layers import layer_zip, published

UNREADABLE = "Could not unzip uploaded file. Please check your file, then try to upload again."
GOOD = layer_zip({"lib/a": "a" * 100})


def refused(aws: Account, name: str | None = None, data: bytes | None = None, **settings: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as refusal:
        published(aws, name, data, **settings)
    answer = refusal.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


def lying(declared: int) -> bytes:
    """An archive that declares another size in its directory than its entry has."""
    at = GOOD.rindex(b"PK\x01\x02") + 24
    return GOOD[:at] + struct.pack("<L", declared) + GOOD[at + 4 :]


def encrypted() -> bytes:
    """An archive of which the entry says that it is encrypted."""
    data = bytearray(GOOD)
    data[GOOD.rindex(b"PK\x01\x02") + 8] |= 1
    data[6] |= 1
    return bytes(data)


def damaged() -> bytes:
    data = bytearray(GOOD)
    data[40] ^= 0xFF
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        b"no archive",
        GOOD[:-10],
        GOOD[30:],
        damaged(),
        encrypted(),
        lying(10),
        lying(1000),
        layer_zip({"../out": "a"}),
        layer_zip({"/etc/out": "a"}),
    ],
    ids=["text", "cut", "beheaded", "damaged", "encrypted", "larger", "smaller", "parent", "absolute"],
)
def test_an_archive_that_cannot_be_unzipped_is_refused(aws: Account, data: bytes) -> None:
    name = unique("layer")
    assert refused(aws, name, data) == (400, "InvalidParameterValueException", UNREADABLE)
    assert published(aws, name)["Version"] == 1


def test_an_empty_archive_is_refused(aws: Account) -> None:
    assert refused(aws, data=layer_zip({}))[1:] == (
        "InvalidParameterValueException",
        "Uploaded file must be a non-empty zip",
    )
    assert refused(aws, data=b"")[2] == "Uploaded file must be a non-empty zip"


def bomb(size: int) -> bytes:
    """A small archive of so many zeros."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open("a", "w") as file:
        for start in range(0, size, 1 << 20):
            file.write(bytes(min(1 << 20, size - start)))
    return buffer.getvalue()


def test_an_archive_may_unzip_to_the_limit_and_no_further(aws: Account) -> None:
    limit = 262_144_000
    assert published(aws, data=bomb(limit))["Version"] == 1
    message = "Unzipped size must be smaller than 262144000 bytes"
    assert refused(aws, data=bomb(limit + 1)) == (400, "InvalidParameterValueException", message)


def test_a_request_of_more_than_fifty_mebibytes_is_refused(aws: Account) -> None:
    status, code, message = refused(aws, data=bytes(MOST_BODY_BYTES * 3 // 4 + 1))
    assert (status, code) == (413, "RequestEntityTooLargeException")
    assert message == "Request must be smaller than 69905067 bytes for the PublishLayerVersion operation"


def test_content_must_be_given(aws: Account) -> None:
    assert refused(aws, Content={})[1] == "InvalidParameterValueException"
    assert refused(aws, Content={"S3Bucket": "bucket"})[1] == "InvalidParameterValueException"


def bucket_in(aws: Account, region: str) -> str:
    name = unique("layers")
    place = {"CreateBucketConfiguration": {"LocationConstraint": region}} if region != "us-east-1" else {}
    client(aws, region, "s3").create_bucket(Bucket=name, **place)
    return name


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_an_object_of_the_layer_s_region_is_its_content(aws: Account, region: str) -> None:
    bucket = bucket_in(aws, region)
    client(aws, region, "s3").put_object(Bucket=bucket, Key="a/layer.zip", Body=GOOD)
    made = published(aws, region=region, Content={"S3Bucket": bucket, "S3Key": "a/layer.zip"})
    assert made["Content"]["CodeSize"] == len(GOOD)
    assert made["Content"]["CodeSha256"] == published(aws, data=GOOD)["Content"]["CodeSha256"]


def test_a_version_of_an_object_is_content_too(aws: Account) -> None:
    bucket = bucket_in(aws, "us-east-1")
    s3 = aws("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(Bucket=bucket, Key="k", Body=GOOD)["VersionId"]
    s3.put_object(Bucket=bucket, Key="k", Body=layer_zip({"b": "b"}))
    made = published(aws, Content={"S3Bucket": bucket, "S3Key": "k", "S3ObjectVersion": old})
    assert made["Content"]["CodeSize"] == len(GOOD)


def test_an_object_of_another_region_is_refused(aws: Account) -> None:
    bucket = bucket_in(aws, "us-east-1")
    aws("s3").put_object(Bucket=bucket, Key="layer.zip", Body=GOOD)
    assert refused(aws, region="eu-west-1", Content={"S3Bucket": bucket, "S3Key": "layer.zip"}) == (
        400,
        "InvalidParameterValueException",
        "Error occurred while GetObject. S3 Error Code: PermanentRedirect. S3 Error Message: The bucket is in this "
        "region: us-east-1. Please use this region to retry the request",
    )


def test_an_object_that_is_not_there_is_refused(aws: Account) -> None:
    bucket = bucket_in(aws, "us-east-1")
    start = "Error occurred while GetObject. S3 Error Code: "
    assert refused(aws, Content={"S3Bucket": bucket, "S3Key": "none"})[2] == (
        f"{start}NoSuchKey. S3 Error Message: The specified key does not exist."
    )
    assert refused(aws, Content={"S3Bucket": "no-such-bucket", "S3Key": "none"})[2] == (
        f"{start}NoSuchBucket. S3 Error Message: The specified bucket does not exist"
    )


ANY = {"config": Config(parameter_validation=False)}


@pytest.mark.parametrize(
    ("settings", "at", "constraint"),
    [
        ({"Description": "d" * 257}, "description", "length less than or equal to 256"),
        ({"LicenseInfo": "l" * 513}, "licenseInfo", "length less than or equal to 512"),
        ({"CompatibleRuntimes": ["python3.12"] * 16}, "compatibleRuntimes", "length less than or equal to 15"),
        ({"CompatibleRuntimes": ["cobol"]}, "compatibleRuntimes", "enum value set"),
        ({"CompatibleArchitectures": ["arm64"] * 3}, "compatibleArchitectures", "length less than or equal to 2"),
        ({"CompatibleArchitectures": ["mips"]}, "compatibleArchitectures", "enum value set: [x86_64, arm64]"),
        ({"LayerName": "a.b"}, "layerName", "regular expression pattern"),
    ],
)
def test_what_breaks_a_constraint_is_refused(aws: Account, settings: dict[str, Any], at: str, constraint: str) -> None:
    api = client(aws, service="lambda", **ANY)
    with pytest.raises(ClientError) as refusal:
        api.publish_layer_version(**{"LayerName": unique("layer"), "Content": {"ZipFile": GOOD}, **settings})
    error = refusal.value.response["Error"]
    assert error["Code"] == "ValidationException"
    assert error["Message"].startswith("1 validation error detected: Value ")
    assert f"at '{at}' failed to satisfy constraint" in error["Message"]
    assert constraint in error["Message"]


def test_what_is_at_its_limit_is_taken(aws: Account) -> None:
    runtimes = ["python3.9", "python3.10", "python3.11", "python3.12", "python3.13"] * 3
    made = published(aws, Description="d" * 256, LicenseInfo="l" * 512, CompatibleRuntimes=runtimes)
    assert len(made["CompatibleRuntimes"]) == 15


def test_all_that_is_wrong_is_said_together(aws: Account) -> None:
    message = refused(aws, Description="d" * 257, CompatibleRuntimes=["cobol"])[2]
    assert message.startswith("2 validation errors detected: ")
