"""What the company has besides: functions that would make the archive archive itself, and filters of others."""

from __future__ import annotations

import io
import json
import sys
import zipfile

from demo.context import Context
from demo.log_archive.archive import LOGS
from demo.log_archive.groups import CENTRAL, Fate, Group

# A function of the company's, without any SDK: it says that it was called, once for each record of its event.
BOOTSTRAP = f"""#!{sys.executable} -SE
import http.client, json, os
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    invocation = api.getresponse()
    event = json.loads(invocation.read())
    for _ in event["Records"]:
        print("looked at a record", flush=True)
    request = invocation.getheader("Lambda-Runtime-Aws-Request-Id")
    api.request("POST", f"/2018-06-01/runtime/invocation/{{request}}/response", b"{{}}")
    api.getresponse().read()
"""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
SIEM = "shop-siem"


def function(context: Context, name: str) -> str:
    """Deploys a function of the company's in the central account, and answers its ARN."""
    role = context.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    made = context.client("lambda").create_function(
        FunctionName=name, Role=role, Runtime="provided.al2023", Handler="bootstrap", Code={"ZipFile": package()}
    )
    return str(made["FunctionArn"])


def package() -> bytes:
    """The function's code as Lambda takes it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        archive.writestr(entry, BOOTSTRAP)
    return packed.getvalue()


def bucket_that_notifies(context: Context, bucket: str, name: str) -> None:
    """A bucket that tells a function of every new object of the archive."""
    arn = function(context, name)
    context.client("lambda").add_permission(
        FunctionName=name,
        StatementId="bucket",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn=f"arn:aws:s3:::{bucket}",
        SourceAccount=CENTRAL,
    )
    s3 = context.client("s3")
    s3.create_bucket(Bucket=bucket)
    told = {
        "LambdaFunctionArn": arn,
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": LOGS}]}},
    }
    s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"LambdaFunctionConfigurations": [told]}
    )


def reader_of_the_stream(context: Context, stream: str, name: str) -> None:
    """A function that is called for every record of the archive's stream."""
    function(context, name)
    context.client("lambda").create_event_source_mapping(
        FunctionName=name, EventSourceArn=stream, StartingPosition="LATEST"
    )


def filters_of_others(context: Context, groups: list[Group]) -> None:
    """As many filters as a group may have, of somebody else, on the groups that are to be in conflict."""
    for group in groups:
        if group.fate is Fate.CONFLICT:
            stream = context.client("kinesis", group.account)
            stream.create_stream(StreamName=SIEM, ShardCount=1)
            arn = stream.describe_stream_summary(StreamName=SIEM)["StreamDescriptionSummary"]["StreamARN"]
            for name in ("siem", "siem-audit"):
                context.client("logs", group.account).put_subscription_filter(
                    logGroupName=group.name,
                    filterName=name,
                    filterPattern="",
                    destinationArn=arn,
                    roleArn=f"arn:aws:iam::{group.account}:role/{SIEM}",
                )
