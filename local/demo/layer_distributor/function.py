"""A function in one of the regions that uses the layer."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from demo.context import Context
from demo.layer_distributor import places

NAME = "shop-welcome"
REGION = "eu-west-1"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
# A function of any language is a program that asks for its events (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html);
# the module is in no folder of its own, but in the layer.
BOOTSTRAP = """#!/usr/bin/env python3
import json, os, urllib.request
import greeting

api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation/"
while True:
    with urllib.request.urlopen(api + "next") as asked:
        request, event = asked.headers["Lambda-Runtime-Aws-Request-Id"], json.load(asked)
    said = json.dumps(greeting.greet(event["name"])).encode()
    urllib.request.urlopen(f"{api}{request}/response", said).close()
"""


def create(context: Context) -> None:
    """With the version that the pointer of its region names."""
    role = context.client("iam").create_role(RoleName=NAME, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        archive.writestr(entry, BOOTSTRAP)
    api().create_function(
        FunctionName=NAME,
        Role=role,
        Runtime="provided.al2023",
        Handler="bootstrap",
        Timeout=30,
        Code={"ZipFile": packed.getvalue()},
        Layers=[places.pointer(REGION)],
    )


def take_latest() -> None:
    """What a deployment of the function does: takes what the pointer names by now."""
    api().update_function_configuration(FunctionName=NAME, Layers=[places.pointer(REGION)])


def greeting() -> str:
    """What the function says, with the layer that it has."""
    answer = api().invoke(FunctionName=NAME, Payload=json.dumps({"name": "shop"}).encode())
    return str(json.load(answer["Payload"]))


def api() -> Any:
    """Lambda of the function's region."""
    return places.client("lambda", REGION)
