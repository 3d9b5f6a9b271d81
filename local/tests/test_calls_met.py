"""Faults as an SDK meets them, and the record of its calls."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.parsers import RpcV2CBORParser

from wrasse_local import calls, calls_refusals
from wrasse_local.calls_operations import Call, Protocol
from wrasse_local.engine import Engine

from .health import client
from .helpers import Account, role_of, unique, zipped

ONCE = Config(retries={"total_max_attempts": 1})
SERVICES = ("lambda", "s3", "ssm", "sns", "cloudwatch")


@pytest.fixture(autouse=True)
def _no_faults_are_left(aws: Account) -> Iterator[None]:
    yield
    aws.post("/calls/faults", kind="clear")


def outsider(aws: Account, service: str, region: str = "us-east-1", config: Config = ONCE) -> Any:
    """A client as a function or a command has one."""
    return client(aws, region, service, config=config)


def listed(aws: Account, service: str, config: Config = ONCE) -> Any:
    """A call that any account can make; its answer's metadata."""
    operation = {
        "lambda": "list_functions",
        "s3": "list_buckets",
        "ssm": "describe_parameters",
        "sns": "list_topics",
        "cloudwatch": "list_metrics",
    }[service]
    return getattr(outsider(aws, service, config=config), operation)()["ResponseMetadata"]


def signs_as(service: str) -> str:
    return "monitoring" if service == "cloudwatch" else service


def refused(aws: Account, service: str) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as refusal:
        listed(aws, service)
    answer = refusal.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


@pytest.mark.parametrize(
    ("service", "status", "code"),
    [
        ("lambda", 429, "TooManyRequestsException"),
        ("s3", 503, "SlowDown"),
        ("ssm", 400, "ThrottlingException"),
        ("sns", 400, "Throttling"),
        ("cloudwatch", 400, "ThrottlingException"),
    ],
)
def test_throttling_is_the_service_s_own(aws: Account, service: str, status: int, code: str) -> None:
    aws.post("/calls/faults", kind="throttle", service=signs_as(service))
    assert refused(aws, service)[:2] == (status, code)
    assert listed(aws, service)["HTTPStatusCode"] == 200


@pytest.mark.parametrize(
    ("service", "code"),
    [
        ("lambda", "ServiceException"),
        ("s3", "InternalError"),
        ("ssm", "InternalServerError"),
        ("sns", "InternalFailure"),
        ("cloudwatch", "InternalFailure"),
    ],
)
def test_a_failure_is_a_500_of_the_service(aws: Account, service: str, code: str) -> None:
    aws.post("/calls/faults", kind="fail", service=signs_as(service))
    assert refused(aws, service)[:2] == (500, code)


@pytest.mark.parametrize("service", SERVICES)
def test_a_refusal_says_what_it_was_told_to(aws: Account, service: str) -> None:
    words = "User: <x> is not authorized & so on"
    aws.post(
        "/calls/faults",
        kind="refuse",
        service=signs_as(service),
        status=403,
        code="AccessDeniedException",
        message=words,
    )
    assert refused(aws, service) == (403, "AccessDeniedException", words)


def test_a_refusal_in_cbor_is_read_by_botocore() -> None:
    """As the SDK for Rust has it of CloudWatch and of Health."""
    answer = calls_refusals.refusal(
        Call("monitoring", "ListMetrics", "us-east-1", Protocol.CBOR), 400, "SomeException", "words"
    )
    read = RpcV2CBORParser().parse(
        {"body": answer.get_data(), "headers": dict(answer.headers), "status_code": answer.status_code},
        boto3.client("cloudwatch", region_name="us-east-1")
        .meta.service_model.operation_model("ListMetrics")
        .output_shape,
    )
    assert (read["Error"]["Code"], read["Error"]["Message"]) == ("SomeException", "words")


def test_throttling_of_lambda_says_its_reason(aws: Account) -> None:
    aws.post("/calls/faults", kind="throttle", service="lambda", operation="ListFunctions")
    api = outsider(aws, "lambda")
    with pytest.raises(api.exceptions.TooManyRequestsException) as refusal:
        api.list_functions()
    assert refusal.value.response["Reason"] == "CallerRateLimitExceeded"


@pytest.mark.parametrize("service", SERVICES)
def test_an_sdk_retries_what_is_temporary(aws: Account, service: str) -> None:
    for kind in ("throttle", "fail", "drop"):
        aws.post("/calls/faults", kind=kind, service=signs_as(service))
    patient = Config(retries={"total_max_attempts": 4, "mode": "standard"})
    assert listed(aws, service, patient)["RetryAttempts"] == 3


@pytest.mark.parametrize("service", SERVICES)
def test_a_dropped_call_has_no_answer(aws: Account, service: str) -> None:
    aws.post("/calls/faults", kind="drop", service=signs_as(service))
    with pytest.raises(ConnectionClosedError):
        listed(aws, service)


def put_parameter(aws: Account, name: str) -> None:
    outsider(aws, "ssm").put_parameter(Name=name, Value="v", Type="String")


@pytest.mark.parametrize(
    ("kind", "effects"), [("throttle", 0), ("fail", 0), ("drop", 0), ("fail-after", 1), ("drop-after", 1)]
)
def test_only_a_fault_after_the_effect_leaves_one(aws: Account, kind: str, effects: int) -> None:
    name = f"/{unique('parameter')}"
    aws.post("/calls/faults", kind=kind, service="ssm", operation="PutParameter")
    with pytest.raises((ClientError, ConnectionClosedError)):
        put_parameter(aws, name)
    assert len(aws("ssm").get_parameters(Names=[name])["Parameters"]) == effects


def test_a_large_upload_is_dropped_after_it_was_read(aws: Account) -> None:
    bucket = unique("bucket")
    aws("s3").create_bucket(Bucket=bucket)
    api = outsider(aws, "s3")
    for kind in ("drop", "drop-after"):
        aws.post("/calls/faults", kind=kind, service="s3", operation="PutObject")
        with pytest.raises(ConnectionClosedError):
            api.put_object(Bucket=bucket, Key=kind, Body=bytes(8 << 20))
    assert [found["Key"] for found in api.list_objects_v2(Bucket=bucket)["Contents"]] == ["drop-after"]


def test_a_dropped_call_is_closed_and_not_reset(aws: Account) -> None:
    """A reset would say that the server never read the request."""
    aws.post("/calls/faults", kind="drop", service="s3", operation="PutObject")
    body = bytes(8 << 20)
    head = (
        "PUT /bucket/key HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Authorization: AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/s3/aws4_request\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    port = int(aws.engine.endpoint.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head.encode() + body)
        assert connection.recv(1) == b""


def test_a_fault_is_for_one_region(aws: Account) -> None:
    aws.post("/calls/faults", kind="fail", service="lambda", operation="ListLayers", region="eu-west-1")
    assert outsider(aws, "lambda", "us-east-1").list_layers()["Layers"] is not None
    with pytest.raises(ClientError):
        outsider(aws, "lambda", "eu-west-1").list_layers()


def test_a_delayed_call_is_served_after_the_delay(engine: Engine) -> None:
    """Apart from the engine of the other tests: no time has to pass."""
    slept: list[float] = []
    control, engine.control = engine.control, {}
    try:
        application = calls.watched(engine, lambda environ, start: [b"served"], slept.append)
        engine.control["POST", "/calls/faults"]({"kind": "delay", "service": "ssm", "milliseconds": 300})
    finally:
        engine.control = control
    scope = "Credential=A/20260101/us-east-1/ssm/aws4_request"
    environ = {"REQUEST_METHOD": "POST", "HTTP_AUTHORIZATION": scope, "HTTP_X_AMZ_TARGET": "AmazonSSM.GetParameter"}
    assert list(application(environ, None)) == [b"served"]
    assert slept == [0.3]


def test_the_record_has_the_calls_in_their_order(aws: Account) -> None:
    aws.post("/calls/record")
    aws.post("/calls/faults", kind="drop", service="ssm", operation="PutParameter")
    outsider(aws, "lambda", "eu-west-1").list_layers()
    with pytest.raises(ConnectionClosedError):
        put_parameter(aws, "/recorded")
    outsider(aws, "s3").list_buckets()
    expected = [
        {"service": "lambda", "operation": "ListLayers", "region": "eu-west-1"},
        {"service": "ssm", "operation": "PutParameter", "region": "us-east-1"},
        {"service": "s3", "operation": "ListBuckets", "region": "us-east-1"},
    ]
    assert aws.get("/calls") == expected
    aws.post("/calls/record")
    assert aws.get("/calls") == []


def test_what_the_engine_calls_itself_is_neither_recorded_nor_hit(aws: Account) -> None:
    """A stack's function is made by the engine's own clients."""
    bucket = unique("code")
    aws("s3").create_bucket(Bucket=bucket)
    aws("s3").put_object(Bucket=bucket, Key="zip", Body=zipped("x"))
    properties = {
        "Code": {"S3Bucket": bucket, "S3Key": "zip"},
        "Role": role_of(aws("iam")),
        "Runtime": "provided.al2023",
        "Handler": "bootstrap",
    }
    aws.post("/calls/record")
    aws.post("/calls/faults", kind="fail", service="lambda", count=9)
    stack = aws.deploy({"Function": {"Type": "AWS::Lambda::Function", "Properties": properties}})
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert aws.get("/calls") == []
    assert aws.get("/calls/faults")["faults"][0]["count"] == 9


def test_a_function_is_a_caller(aws: Account) -> None:
    code = """
import urllib.request
def handle(event):
    scope = "Credential=A/20260101/eu-west-1/ssm/aws4_request"
    headers = {"Authorization": scope, "X-Amz-Target": "AmazonSSM.PutParameter"}
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], b"{}", headers)
    try:
        urllib.request.urlopen(request)
    except Exception as error:
        return str(error)
"""
    name = aws.function(code)
    aws.post("/calls/faults", kind="refuse", service="ssm", region="eu-west-1", status=418, code="Teapot", message="m")
    assert "418" in aws.invoke(name)[0]
