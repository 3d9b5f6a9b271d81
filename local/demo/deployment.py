"""Deploys the fleet to the engine as a platform team deploys it to AWS: with `sam deploy`."""

from __future__ import annotations

import platform
import subprocess
from typing import Any

from demo.context import Context, DemoFailed

STACK = "wrasse"
ARTIFACT_BUCKET = "wrasse-artifacts"
LINES_OF_A_FAILURE = 30


def make_artifact_bucket(context: Context) -> None:
    """The bucket that samconfig.toml's `local` environment names."""
    context.client("s3").create_bucket(Bucket=ARTIFACT_BUCKET)


def network(context: Context) -> dict[str, str]:
    """The parameters that name a VPC and its subnets: the account's default ones."""
    ec2 = context.client("ec2")
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
    return {"VpcId": vpc["VpcId"], "SubnetIds": ",".join(sorted(subnet["SubnetId"] for subnet in subnets))}


def deploy(context: Context, parameters: dict[str, str]) -> dict[str, str]:
    """Runs `sam deploy` on what `sam build` made, and answers the stack's outputs."""
    architecture = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
    overrides = {"Architecture": architecture, **network(context), **parameters}
    command = ["sam", "deploy", "--config-env", "local", "--no-progressbar", "--parameter-overrides"]
    command += [f"{name}={value}" for name, value in overrides.items()]
    log = context.folder / "sam-deploy.log"
    with log.open("w") as said:
        code = subprocess.run(command, cwd=context.repository, stdout=said, stderr=subprocess.STDOUT).returncode
    if code != 0:
        tail = "\n".join(log.read_text().splitlines()[-LINES_OF_A_FAILURE:])
        raise DemoFailed(f"`sam deploy` ended with {code}; the whole of what it said is in {log}:\n{tail}")
    return outputs(context)


def outputs(context: Context) -> dict[str, str]:
    """The deployed stack's outputs."""
    [stack] = context.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    entries: list[dict[str, Any]] = stack.get("Outputs", [])
    return {entry["OutputKey"]: entry["OutputValue"] for entry in entries}
