"""AWS Health's two protocols: JSON 1.1 and Smithy RPC v2 CBOR.

AWS's model names both. boto3 speaks JSON, aws-sdk-health 1.125 for Rust speaks CBOR: an operation is a path there, not
an `X-Amz-Target`. https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
moto answers neither for Health. Requests are read and answers written here by botocore's own code and model.
"""

from __future__ import annotations

import functools
import json
import re
import uuid
from datetime import datetime
from typing import Any

import botocore.session
from botocore.model import DenormalizedStructureBuilder
from botocore.parsers import RpcV2CBORParser
from botocore.serialize import RpcV2CBORSerializer
from werkzeug.wrappers import Request, Response

TARGET = "AWSHealth_20160804."
PATH = re.compile(r"/service/AWSHealth_20160804/operation/(\w+)")
JSON_TYPE, CBOR_TYPE = "application/x-amz-json-1.1", "application/cbor"
CBOR = {"smithy-protocol": "rpc-v2-cbor"}


@functools.cache
def model() -> Any:
    """botocore's model of the service, read on first use."""
    return botocore.session.get_session().get_service_model("health")


def operation_of(request: Request) -> str | None:
    """The operation of Health that a request asks for; None where it is not Health's."""
    by_path = PATH.fullmatch(request.path)
    if by_path:
        return by_path[1]
    target = request.headers.get("X-Amz-Target", "")
    return target.removeprefix(TARGET) if target.startswith(TARGET) else None


def body_of(request: Request) -> dict[str, Any]:
    """The parameters. ValueError where the body is not of its protocol."""
    raw = request.get_data()
    try:
        body = (RpcV2CBORParser()._initial_body_parse(raw) if _is_cbor(request) else json.loads(raw)) if raw else {}
    except Exception as error:
        raise ValueError("the body cannot be read") from error
    if not isinstance(body, dict):
        raise ValueError("the body is not a structure")
    return body


def answer(request: Request, operation: str, output: dict[str, Any]) -> Response:
    shape = model().operation_model(operation).output_shape
    return _response(request, 200, output, shape)


def refusal(request: Request, status: int, code: str, message: str) -> Response:
    shape = (
        DenormalizedStructureBuilder()
        .with_members({"__type": {"type": "string"}, "message": {"type": "string"}})
        .build_model()
    )
    response = _response(request, status, {"__type": code, "message": message}, shape)
    response.headers["x-amzn-ErrorType"] = code
    return response


def malformed(request: Request) -> Response:
    """A success whose body ends in the middle."""
    whole = answer(request, "DescribeEvents", {"events": []})
    whole.set_data(whole.get_data()[:-2])
    return whole


def _is_cbor(request: Request) -> bool:
    return PATH.fullmatch(request.path) is not None


def _response(request: Request, status: int, value: dict[str, Any], shape: Any) -> Response:
    headers = {"x-amzn-RequestId": str(uuid.uuid4())}
    if _is_cbor(request):
        data = RpcV2CBORSerializer()._serialize_body_params(value, shape)
        return Response(data, status=status, content_type=CBOR_TYPE, headers={**headers, **CBOR})
    return Response(json.dumps(value, default=_seconds), status=status, content_type=JSON_TYPE, headers=headers)


def _seconds(value: datetime) -> float:
    return round(value.timestamp(), 3)
