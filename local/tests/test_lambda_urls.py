from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from wrasse_local.unimplemented_operations import CODE

from .helpers import BOOTSTRAP, ECHO, Account, outputs, role_of, unique, zipped
from .pipelines import refused

Response = tuple[int, dict[str, str], bytes]


def asked(url: str, method: str = "POST", path: str = "", body: bytes | None = None, **headers: str) -> Response:
    """The status, headers and body that a client gets."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.netloc)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, place.path + path, body, sent)
    answer = connection.getresponse()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def url_of(aws: Account, function: str) -> str:
    made = aws("lambda").create_function_url_config(FunctionName=function, AuthType="NONE")
    return str(made["FunctionUrl"])


def test_a_request_invokes_the_function_and_has_its_answer(aws: Account) -> None:
    url = url_of(aws, aws.function(ECHO))
    status, headers, body = asked(
        url, path="hook/a%2Fb?x=1", body=b'{"a": 1}', Content_Type="application/json", X_Signature="s"
    )
    event = json.loads(body)
    assert (status, headers["content-type"]) == (200, "application/json")
    assert (event["rawPath"], event["rawQueryString"], event["body"]) == ("/hook/a%2Fb", "x=1", '{"a": 1}')
    assert (event["headers"]["x-signature"], event["headers"]["content-type"]) == ("s", "application/json")
    assert event["headers"]["host"] == urlsplit(url).netloc
    assert event["requestContext"]["http"]["method"] == "POST"
    status, _, body = asked(url.rstrip("/"), "GET")
    event = json.loads(body)
    assert (status, event["rawPath"], event["requestContext"]["http"]["method"]) == (200, "/", "GET")
    assert "body" not in event


def test_an_event_has_the_engine_s_time_and_the_id_of_the_log(aws: Account) -> None:
    name = aws.function(ECHO)
    url = url_of(aws, name)
    first = json.loads(asked(url)[2])["requestContext"]
    aws.post("/clock/advance", seconds=3600)
    second = json.loads(asked(url)[2])["requestContext"]
    assert second["timeEpoch"] - first["timeEpoch"] >= 3_600_000
    assert any(second["requestId"] in line for line in aws.log_lines(f"/aws/lambda/{name}"))


def test_bytes_arrive_as_they_were_sent_and_go_back_so(aws: Account) -> None:
    handler = """
import base64

def handle(event):
    assert event["isBase64Encoded"]
    headers = {"Content-Type": "image/png", "X-Kind": "bytes"}
    return {"statusCode": 201, "headers": headers, "body": event["body"], "isBase64Encoded": True, "cookies": ["a=1"]}
"""
    sent = bytes(range(256))
    status, headers, body = asked(url_of(aws, aws.function(handler)), "PUT", body=sent, Content_Type="image/png")
    assert (status, body) == (201, sent)
    assert (headers["content-type"], headers["x-kind"], headers["set-cookie"]) == ("image/png", "bytes", "a=1")


def test_a_function_that_fails_is_a_bad_gateway(aws: Account) -> None:
    url = url_of(aws, aws.function('def handle(event):\n    raise Error("E", "secret words")'))
    status, _, body = asked(url)
    assert (status, json.loads(body)) == (502, {"Message": "Internal Server Error"})
    url = url_of(aws, aws.function('def handle(event):\n    return {"statusCode": "many"}'))
    assert asked(url)[0] == 502


def test_a_body_that_is_too_large_is_refused(aws: Account) -> None:
    url = url_of(aws, aws.function(ECHO))
    assert asked(url, body=b"x" * (6 * 1024 * 1024), Content_Type="text/plain")[0] == 413


def test_an_address_is_shown_made_once_and_gone_with_its_function(aws: Account) -> None:
    api, name = aws("lambda"), aws.function(ECHO)
    made = api.create_function_url_config(FunctionName=name, AuthType="NONE")
    shown = api.get_function_url_config(FunctionName=name)
    assert shown["FunctionUrl"] == made["FunctionUrl"]
    assert (shown["AuthType"], shown["InvokeMode"]) == ("NONE", "BUFFERED")
    refused("ResourceConflictException", api.create_function_url_config, FunctionName=name, AuthType="NONE")
    api.delete_function_url_config(FunctionName=name)
    refused("ResourceNotFoundException", api.get_function_url_config, FunctionName=name)
    assert asked(made["FunctionUrl"])[0] == 404
    again = url_of(aws, name)
    assert asked(again)[0] == 200
    assert again != made["FunctionUrl"]
    api.delete_function(FunctionName=name)
    assert asked(again)[0] == 404


def test_what_the_engine_does_not_serve_is_refused_by_name(aws: Account) -> None:
    create, name = aws("lambda").create_function_url_config, aws.function(ECHO)
    assert "AWS_IAM" in refused(CODE, create, FunctionName=name, AuthType="AWS_IAM")
    assert "Cors" in refused(CODE, create, FunctionName=name, AuthType="NONE", Cors={"AllowOrigins": ["*"]})
    given = {"FunctionName": name, "AuthType": "NONE", "InvokeMode": "RESPONSE_STREAM"}
    assert "InvokeMode" in refused(CODE, create, **given)
    assert asked(url_of(aws, name), Origin="https://example.com")[0] == 403


def template(**url: Any) -> str:
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "CodeUri": {"Bucket": {"Ref": "Bucket"}, "Key": "code.zip"},
            "Handler": "bootstrap",
            "Runtime": "provided.al2023",
            "Role": {"Ref": "Role"},
            "FunctionUrlConfig": {"AuthType": "NONE", **url},
        },
    }
    return json.dumps(
        {
            "Transform": "AWS::Serverless-2016-10-31",
            "Parameters": {"Bucket": {"Type": "String"}, "Role": {"Type": "String"}},
            "Resources": {"Hook": function},
            "Outputs": {"Url": {"Value": {"Fn::GetAtt": ["HookUrl", "FunctionUrl"]}}},
        }
    )


def test_a_function_of_a_template_has_the_address_that_the_stack_says(aws: Account) -> None:
    bucket, role = unique("bucket"), role_of(aws("iam"))
    aws("s3").create_bucket(Bucket=bucket)
    aws("s3").put_object(Bucket=bucket, Key="code.zip", Body=zipped(BOOTSTRAP.format(handler=ECHO)))
    given = {"Bucket": bucket, "Role": role}
    stack = aws.deploy_text(template(), parameters=given)
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.reasons(stack["StackName"])
    url, name = outputs(stack)["Url"], aws.physical_id(stack["StackName"], "Hook")
    assert aws("lambda").get_function_url_config(FunctionName=name)["FunctionUrl"] == url
    assert json.loads(asked(url, path="x")[2])["rawPath"] == "/x"
    aws.deploy_text(template(InvokeMode="BUFFERED"), stack["StackName"], given)
    assert outputs(aws.stack(stack["StackName"]))["Url"] == url
    aws("cloudformation").delete_stack(StackName=stack["StackName"])
    assert aws.stack(stack["StackId"])["StackStatus"] == "DELETE_COMPLETE"
    assert asked(url)[0] == 404
    failed = aws.deploy_text(template(Cors={"AllowOrigins": ["*"]}), parameters=given)
    assert failed["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Cors" in aws.reasons(failed["StackName"])


@pytest.mark.parametrize("path", ["", "/", "/none", "/none/path"])
def test_an_address_that_is_nobody_s_is_not_found(aws: Account, path: str) -> None:
    assert asked(f"{aws.engine.endpoint}/_engine/urls{path}")[0] == 404
