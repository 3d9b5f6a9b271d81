"""Requests as botocore writes them for every operation of the services that the fleet calls."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config

from wrasse_local.calls_operations import Call, Protocol, call_of, operations

SCOPE = "Credential=AKIA/20260101/{region}/{service}/aws4_request"


def environ_of(request: AWSPreparedRequest) -> dict[str, Any]:
    """What the server makes of a request."""
    url = urlsplit(request.url)
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else body.read()
    headers = {
        f"HTTP_{name.upper().replace('-', '_')}": value.decode() if isinstance(value, bytes) else str(value)
        for name, value in request.headers.items()
    }
    return {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": url.path,
        "REQUEST_URI": f"{url.path}?{url.query}",
        "QUERY_STRING": url.query,
        "CONTENT_TYPE": headers.get("HTTP_CONTENT_TYPE", ""),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **headers,
    }


def seen(service: str, operation: str, parameters: dict[str, Any], region: str = "eu-west-1") -> Call | None:
    """What is read from the request that boto3 sends."""
    client = boto3.client(
        service,
        region_name=region,
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(s3={"addressing_style": "path"}, parameter_validation=False),
    )
    calls: list[Call | None] = []

    def sent(request: AWSPreparedRequest, **_: Any) -> Any:
        calls.append(call_of(environ_of(request)))
        raise InterruptedError

    client.meta.events.register("before-send", sent)
    method = next(name for name, api in client.meta.method_to_api_mapping.items() if api == operation)
    with pytest.raises(InterruptedError):
        getattr(client, method)(**parameters)
    return calls[0]


def minimal(shape: Any) -> Any:
    """The smallest parameters that the model takes."""
    kind = shape.type_name
    if kind == "structure":
        return {name: minimal(shape.members[name]) for name in shape.required_members}
    if kind == "list":
        return [minimal(shape.member)]
    if kind == "map":
        return {}
    if kind == "string":
        return shape.enum[0] if shape.enum else "arn:aws:x:y:123456789012:z" if "rn" in shape.name else "x" * 8
    return {"boolean": True, "blob": b"b", "timestamp": 0, "float": 1.0, "double": 1.0}.get(kind, 1)


# What no request tells apart: a deprecated operation and the one that replaced it.
TWINS = {
    "GetBucketLifecycle": "GetBucketLifecycleConfiguration",
    "GetBucketNotification": "GetBucketNotificationConfiguration",
    "PutBucketLifecycle": "PutBucketLifecycleConfiguration",
    "PutBucketNotification": "PutBucketNotificationConfiguration",
}
# What is signed as `s3express` and as `s3-object-lambda`.
NOT_S3 = {"ListDirectoryBuckets", "WriteGetObjectResponse"}


@pytest.mark.parametrize(
    ("service", "signs_as"),
    [
        ("lambda", "lambda"),
        ("s3", "s3"),
        ("ssm", "ssm"),
        ("codepipeline", "codepipeline"),
        ("cloudwatch", "monitoring"),
        ("sns", "sns"),
        ("scheduler", "scheduler"),
    ],
)
def test_every_operation_is_known_by_its_request(service: str, signs_as: str) -> None:
    model = boto3.client(service, region_name="us-east-1").meta.service_model
    wrong = {}
    for name in sorted(set(model.operation_names) - NOT_S3):
        shape = model.operation_model(name).input_shape
        call = seen(service, name, minimal(shape) if shape else {})
        expected = (signs_as, TWINS.get(name, name), "eu-west-1")
        if call is None or (call.service, call.operation, call.region) != expected:
            wrong[name] = call
    assert wrong == {}


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "protocol"),
    [
        ("lambda", "ListLayers", {}, Protocol.REST_JSON),
        ("s3", "ListBuckets", {}, Protocol.REST_XML),
        ("ssm", "GetParameter", {"Name": "/a"}, Protocol.JSON),
        ("sns", "ListTopics", {}, Protocol.QUERY),
    ],
)
def test_the_protocol_is_the_one_that_the_caller_speaks(
    service: str, operation: str, parameters: dict[str, Any], protocol: Protocol
) -> None:
    call = seen(service, operation, parameters)
    assert call is not None
    assert call.protocol is protocol


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("GetObject", {"Bucket": "bucket", "Key": "a/folder/"}),
        ("ListParts", {"Bucket": "bucket", "Key": "key", "UploadId": "u"}),
        ("PutObject", {"Bucket": "bucket", "Key": "WriteGetObjectResponse"}),
        ("CopyObject", {"Bucket": "bucket", "Key": "key", "CopySource": "bucket/other"}),
        ("GetBucketPolicy", {"Bucket": "bucket"}),
        ("ListObjectsV2", {"Bucket": "bucket", "Prefix": "policy"}),
    ],
)
def test_operations_of_s3_are_told_apart_by_what_they_need(operation: str, parameters: dict[str, str]) -> None:
    call = seen("s3", operation, parameters)
    assert call is not None
    assert call.operation == operation


def test_an_arn_in_a_path_is_one_label() -> None:
    arn = "arn:aws:lambda:eu-west-1:123456789012:layer:a/b"
    call = seen("lambda", "ListLayerVersions", {"LayerName": arn})
    assert call is not None
    assert call.operation == "ListLayerVersions"


def test_an_operation_in_the_path_is_cbor() -> None:
    """As the SDK for Rust calls CloudWatch; boto3 speaks JSON to it."""
    path = "/service/GraniteServiceVersion20100801/operation/ListMetrics"
    authorization = f"AWS4-HMAC-SHA256 {SCOPE.format(region='eu-west-1', service='monitoring')}, SignedHeaders=host"
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "HTTP_AUTHORIZATION": authorization}
    assert call_of(environ) == Call("monitoring", "ListMetrics", "eu-west-1", Protocol.CBOR)


def test_a_presigned_request_is_a_call_too() -> None:
    config = Config(signature_version="s3v4", s3={"addressing_style": "path"})
    client = boto3.client(
        "s3", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b", config=config
    )
    url = urlsplit(client.generate_presigned_url("put_object", Params={"Bucket": "bucket", "Key": "key"}))
    environ = {"REQUEST_METHOD": "PUT", "PATH_INFO": url.path, "QUERY_STRING": url.query}
    assert call_of(environ) == Call("s3", "PutObject", "eu-west-1", Protocol.REST_XML)


def test_an_unsigned_request_is_no_call() -> None:
    assert call_of({"REQUEST_METHOD": "GET", "PATH_INFO": "/", "REQUEST_URI": "/"}) is None


def test_a_service_without_a_model_is_named_by_its_path() -> None:
    authorization = SCOPE.format(region="us-east-1", service="nothing")
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/a", "REQUEST_URI": "/a?b", "HTTP_AUTHORIZATION": authorization}
    assert call_of(environ) == Call("nothing", "GET /a", "us-east-1", Protocol.REST_JSON)
    with pytest.raises(ValueError, match="no service signs as 'nothing'"):
        operations("nothing")


def test_a_form_that_was_looked_into_can_still_be_read() -> None:
    body = b"Action=ListTopics&Version=2010-03-31"
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "HTTP_AUTHORIZATION": SCOPE.format(region="us-east-1", service="sns"),
    }
    call = call_of(environ)
    assert call is not None
    assert call.operation == "ListTopics"
    assert environ["wsgi.input"].read() == body
