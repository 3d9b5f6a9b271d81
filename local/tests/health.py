"""AWS Health as its tests use it: reset before each, with its clients in both regions."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import boto3
from botocore.parsers import RpcV2CBORParser
from botocore.serialize import RpcV2CBORSerializer

from wrasse_local.engine import SECRET_KEY, access_key

from .helpers import Account


def client(aws: Account, region: str = "us-east-1", service: str = "health", **settings: Any) -> Any:
    session = boto3.Session(
        aws_access_key_id=access_key(aws.engine.account), aws_secret_access_key=SECRET_KEY, region_name=region
    )
    return session.client(service, endpoint_url=aws.engine.endpoint, **settings)


def opened(aws: Account, service: str = "EC2", region: str | None = "us-east-1", **more: Any) -> str:
    return str(aws.post("/health/events/open", service=service, region=region, **more)["arn"])


def as_json(aws: Account, operation: str, body: object) -> tuple[int, dict[str, Any]]:
    """A call in JSON 1.1, as boto3 makes it; the status and the answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    target = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"AWSHealth_20160804.{operation}"}
    status, raw, _ = _called(aws, "/", data, target)
    return status, json.loads(raw)


def as_cbor(aws: Account, operation: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
    """A call in Smithy RPC v2 CBOR, as the SDK for Rust makes it; the status and the answer."""
    shapes = client(aws).meta.service_model.operation_model(operation)
    request = RpcV2CBORSerializer().serialize_to_request(parameters, shapes)
    status, raw, headers = _called(aws, request["url_path"], request["body"], request["headers"])
    assert headers["smithy-protocol"] == "rpc-v2-cbor"
    answer = {"status_code": status, "headers": headers, "body": raw}
    return status, RpcV2CBORParser().parse(answer, shapes.output_shape)


def _called(aws: Account, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes, Any]:
    scope = f"{access_key(aws.engine.account)}/20261120/us-east-1/health/aws4_request"
    signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
    request = urllib.request.Request(aws.engine.endpoint + path, data=body, headers={**headers, **signed})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read(), refusal.headers
