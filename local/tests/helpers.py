"""What the tests of the engine share: small deployments and executions through boto3."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import time
import zipfile
from collections.abc import Callable
from typing import Any

from wrasse_local.engine import Engine

_numbers = itertools.count(1)

# A runtime in a few lines: `handle(event)` returns the answer, or raises `Error(type, message)`.
BOOTSTRAP = """#!/usr/bin/env python3
import http.client, json, os, sys, time

class Error(Exception):
    pass

{handler}

api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
base = "/2018-06-01/runtime/"
while True:
    api.request("GET", base + "invocation/next")
    answer = api.getresponse()
    headers, event = dict(answer.getheaders()), json.loads(answer.read())
    request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    try:
        kind, body = "response", handle(event)
    except Error as error:
        kind, body = "error", {{"errorType": error.args[0], "errorMessage": error.args[1]}}
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    api.request("POST", base + "invocation/" + request_id + "/" + kind, body)
    api.getresponse().read()
"""
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com"]}, "Action": "sts:AssumeRole"}
        ],
    }
)
ECHO = "def handle(event):\n    return event"


def role_of(iam: Any) -> str:
    """A role that Lambda may assume."""
    return str(iam.create_role(RoleName=unique("role"), AssumeRolePolicyDocument=TRUST)["Role"]["Arn"])


def unique(prefix: str) -> str:
    return f"{prefix}-{next(_numbers)}"


def zipped(bootstrap: str, mode: int = 0o755) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = mode << 16
        archive.writestr(entry, bootstrap)
    return buffer.getvalue()


def eventually(condition: Callable[[], Any], seconds: float = 60.0) -> Any:
    """The condition's first true value."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)
    return value


class Account:
    """The engine as its user sees it."""

    def __init__(self, engine: Engine, control: Callable[..., Any]) -> None:
        self.engine = engine
        self._control = control

    def __call__(self, service: str) -> Any:
        return self.engine.client(service)

    def of(self, account: str) -> Account:
        """The engine as a user of another account sees it."""
        return Account(self.engine.of(account), self._control)

    def of_its_own(self) -> Account:
        """An account that no other test has: with all of its limits left."""
        return self.of(f"{next(_numbers):012d}")

    def post(self, path: str, **body: object) -> Any:
        return self._control(self.engine.endpoint, "POST", path, body)

    def get(self, path: str) -> Any:
        return self._control(self.engine.endpoint, "GET", path)

    def function(self, handler: str = ECHO, bootstrap: str | None = None, **settings: Any) -> str:
        """Makes a function of Python code that defines `handle(event)`; returns its name."""
        name = unique("function")
        self("lambda").create_function(
            FunctionName=name,
            Role=role_of(self("iam")),
            Runtime="provided.al2023",
            Handler="bootstrap",
            Code={"ZipFile": zipped(bootstrap or BOOTSTRAP.format(handler=handler))},
            **settings,
        )
        return name

    def invoke(self, name: str, event: object = None, **options: Any) -> tuple[Any, dict[str, Any]]:
        """The answer as JSON, and all of the response."""
        answer = self("lambda").invoke(FunctionName=name, Payload=json.dumps(event), **options)
        payload = answer["Payload"].read()
        return json.loads(payload) if payload else None, answer

    def machine(self, states: dict[str, Any], **definition: Any) -> str:
        """Makes a state machine that starts at its first state; returns its ARN."""
        text = json.dumps({"StartAt": next(iter(states)), "States": states, **definition})
        role = role_of(self("iam"))
        made = self("stepfunctions").create_state_machine(name=unique("machine"), definition=text, roleArn=role)
        return str(made["stateMachineArn"])

    def start(self, machine: str, event: object = None, name: str | None = None) -> str:
        named = {"name": name} if name else {}
        started = self("stepfunctions").start_execution(stateMachineArn=machine, input=json.dumps(event or {}), **named)
        return str(started["executionArn"])

    def ended(self, execution: str) -> dict[str, Any]:
        """The description of an execution once it has ended."""

        def described() -> dict[str, Any] | None:
            found: dict[str, Any] = self("stepfunctions").describe_execution(executionArn=execution)
            return found if found["status"] != "RUNNING" else None

        result: dict[str, Any] = eventually(described)
        return result

    def run(self, states: dict[str, Any], event: object = None, **definition: Any) -> dict[str, Any]:
        return self.ended(self.start(self.machine(states, **definition), event))

    def deploy(self, resources: dict[str, Any], stack: str | None = None, **sections: Any) -> dict[str, Any]:
        """Deploys by change set, as `sam deploy` does; returns the stack's description."""
        template = json.dumps({"Resources": resources, **sections})
        return self.deploy_text(template, stack)

    def deploy_text(
        self, template: str, stack: str | None = None, parameters: dict[str, str] | None = None, **more: Any
    ) -> dict[str, Any]:
        api, name = self("cloudformation"), stack or unique("stack")
        change_set = api.create_change_set(
            StackName=name,
            ChangeSetName=unique("change"),
            TemplateBody=template,
            ChangeSetType="UPDATE" if stack else "CREATE",
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in (parameters or {}).items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            **more,
        )["Id"]
        api.execute_change_set(ChangeSetName=change_set, StackName=name)
        return self.stack(name)

    def stack(self, name: str) -> dict[str, Any]:
        stack: dict[str, Any] = self("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
        return stack

    def physical_id(self, stack: str, logical_id: str) -> str:
        resource = self("cloudformation").describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
        return str(resource["StackResourceDetail"]["PhysicalResourceId"])

    def reasons(self, stack: str) -> str:
        """Why a stack failed, from its events."""
        events = self("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
        return " ".join(event.get("ResourceStatusReason") or "" for event in events)

    def log_group(self, name: str | None = None, stream: str = "s", **settings: Any) -> str:
        """Makes a log group with one stream; returns its name."""
        name = name or f"/{unique('group')}"
        self("logs").create_log_group(logGroupName=name, **settings)
        self("logs").create_log_stream(logGroupName=name, logStreamName=stream)
        return name

    def log(self, group: str, *messages: str, stream: str = "s") -> None:
        now = int(time.time() * 1000)
        events = [{"timestamp": now, "message": message} for message in messages]
        self("logs").put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)

    def kinesis_stream(self) -> str:
        """Makes a Kinesis data stream of one shard; returns its ARN."""
        name = unique("stream")
        self("kinesis").create_stream(StreamName=name, ShardCount=1)
        return str(self("kinesis").describe_stream(StreamName=name)["StreamDescription"]["StreamARN"])

    def records(self, stream: str) -> list[bytes]:
        """All records of a Kinesis data stream of one shard, in order."""
        api, name = self("kinesis"), stream.split("/")[-1]
        shard = api.list_shards(StreamName=name)["Shards"][0]["ShardId"]
        at = api.get_shard_iterator(StreamName=name, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        found: list[bytes] = []
        while records := (page := api.get_records(ShardIterator=at))["Records"]:
            found += [record["Data"] for record in records]
            at = page["NextShardIterator"]
        return found

    def messages(self, stream: str) -> list[dict[str, Any]]:
        """The messages of CloudWatch Logs in a Kinesis data stream."""
        return [json.loads(gzip.decompress(record)) for record in self.records(stream)]

    def subscribe(self, group: str, destination: str, name: str = "f", pattern: str = "", **more: Any) -> None:
        """Puts a subscription filter, with a role where the destination needs one."""
        needs_role = destination.split(":")[2] in ("kinesis", "firehose")
        role = {"roleArn": f"arn:aws:iam::{self.engine.account}:role/to-stream"} if needs_role else {}
        self("logs").put_subscription_filter(
            logGroupName=group, filterName=name, filterPattern=pattern, destinationArn=destination, **{**role, **more}
        )

    def log_lines(self, group: str) -> list[str]:
        events = self("logs").filter_log_events(logGroupName=group)["events"]
        return [event["message"] for event in events]


def outputs(stack: dict[str, Any]) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
