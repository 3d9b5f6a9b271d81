"""Errors of a service in the protocol that the caller speaks.

AWS: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization and its neighbours
for the other protocols; S3's: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
Throttling: Lambda's `TooManyRequestsException` is a 429
(https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html#API_PublishLayerVersion_Errors), S3's
`SlowDown` a 503, the others' a 400 (https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html).
"""

from __future__ import annotations

import json
import uuid
from typing import Any
from xml.sax.saxutils import escape

from botocore.model import DenormalizedStructureBuilder
from botocore.serialize import RpcV2CBORSerializer
from werkzeug.wrappers import Response

from .calls_operations import Call, Protocol

FAILURE_CODES = {"lambda": "ServiceException", "s3": "InternalError", "ssm": "InternalServerError"}
FAILURE = "The request processing has failed because of an internal error (a fault)."


def refusal(call: Call, status: int, code: str, message: str, **more: str) -> Response:
    """An error with that status. `more` are further fields of a JSON body."""
    request_id = str(uuid.uuid4())
    fields = {**more, "message": message}
    if call.protocol is Protocol.REST_JSON:
        # Services differ in the case; SDKs read either where the model does not say.
        body, kind = json.dumps({**fields, "Message": message}), "application/json"
    elif call.protocol is Protocol.JSON:
        body, kind = json.dumps({"__type": code, **fields}), "application/x-amz-json-1.1"
    elif call.protocol is Protocol.CBOR:
        return _cbor(status, code, message, request_id)
    else:
        body, kind = _xml(call, status, code, message, request_id), "text/xml"
    headers = {"x-amzn-RequestId": request_id, "x-amz-request-id": request_id, "x-amzn-ErrorType": code}
    return Response(body, status=status, content_type=kind, headers=headers)


def throttling(call: Call) -> Response:
    """The service's own answer to too many calls."""
    if call.service == "lambda":
        reason = {"Reason": "CallerRateLimitExceeded", "Type": "User"}
        return refusal(call, 429, "TooManyRequestsException", "Rate Exceeded.", **reason)
    if call.service == "s3":
        return refusal(call, 503, "SlowDown", "Please reduce your request rate.")
    code = "Throttling" if call.protocol is Protocol.QUERY else "ThrottlingException"
    return refusal(call, 400, code, "Rate exceeded")


def failure(call: Call) -> Response:
    """The service's own answer when it fails."""
    return refusal(call, 500, FAILURE_CODES.get(call.service, "InternalFailure"), FAILURE)


def _xml(call: Call, status: int, code: str, message: str, request_id: str) -> str:
    error = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    request = f"<RequestId>{request_id}</RequestId>"
    if call.service == "s3":
        return f"<Error>{error}{request}</Error>"
    if call.service == "ec2":
        return f"<Response><Errors><Error>{error}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
    fault = "Sender" if status < 500 else "Receiver"
    return f"<ErrorResponse><Error><Type>{fault}</Type>{error}</Error>{request}</ErrorResponse>"


def _cbor(status: int, code: str, message: str, request_id: str) -> Response:
    fields: dict[str, Any] = {"__type": code, "message": message}
    shape = DenormalizedStructureBuilder().with_members({name: {"type": "string"} for name in fields}).build_model()
    body = RpcV2CBORSerializer()._serialize_body_params(fields, shape)
    headers = {"smithy-protocol": "rpc-v2-cbor", "x-amzn-RequestId": request_id}
    return Response(body, status=status, content_type="application/cbor", headers=headers)
