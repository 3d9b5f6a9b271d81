"""Deploys to the engine as a platform team deploys to AWS: with `sam deploy`."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path
from typing import Any

from demo.context import Context, DemoFailed, keys

STACK = "wrasse"
ARTIFACT_BUCKET = "wrasse-artifacts"
LINES_OF_A_FAILURE = 30
ARCHITECTURE = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"


class SamDeploy:
    """One `sam deploy`, running; its words are in a log of its own."""

    def __init__(self, context: Context, log: str, options: list[str], parameters: dict[str, str], **env: str) -> None:
        self.log = context.folder / log
        command = ["sam", "deploy", "--no-progressbar", *options, "--parameter-overrides"]
        command += [f"{name}={value}" for name, value in parameters.items()]
        with self.log.open("w") as said:
            self.process = subprocess.Popen(
                command, cwd=context.repository, stdout=said, stderr=subprocess.STDOUT, env={**os.environ, **env}
            )

    def wait(self) -> None:
        """Until it is done; a DemoFailed with the end of what it said when that did not go well."""
        code = self.process.wait()
        if code != 0:
            tail = "\n".join(self.log.read_text().splitlines()[-LINES_OF_A_FAILURE:])
            raise DemoFailed(f"`sam deploy` ended with {code}; the whole of what it said is in {self.log}:\n{tail}")


def deploy(context: Context, parameters: dict[str, str]) -> dict[str, str]:
    """The shipped template.yaml with what `sam build` made, and the stack's outputs."""
    context.client("s3").create_bucket(Bucket=ARTIFACT_BUCKET)
    overrides = {"Architecture": ARCHITECTURE, **network(context), **parameters}
    SamDeploy(context, "sam-deploy.log", ["--config-env", "local"], overrides).wait()
    return outputs(context, STACK)


def begin_in(context: Context, account: str, stack: str, template: Path, parameters: dict[str, str]) -> SamDeploy:
    """Starts to deploy a built template in another account, as that account's own team would."""
    bucket = f"{ARTIFACT_BUCKET}-{account}"
    context.client("s3", account).create_bucket(Bucket=bucket)
    options = ["--template-file", str(template), "--stack-name", stack, "--region", "us-east-1", "--s3-bucket", bucket]
    options += ["--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-fail-on-empty-changeset"]
    overrides = {"Architecture": ARCHITECTURE, **parameters}
    credentials = {name.upper(): value for name, value in keys(account).items()}
    return SamDeploy(context, f"sam-deploy-{account}.log", options, overrides, **credentials)


def network(context: Context) -> dict[str, str]:
    """The parameters that name a VPC and its subnets: the account's default ones."""
    ec2 = context.client("ec2")
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
    return {"VpcId": vpc["VpcId"], "SubnetIds": ",".join(sorted(subnet["SubnetId"] for subnet in subnets))}


def outputs(context: Context, stack: str, account: str | None = None) -> dict[str, str]:
    """A deployed stack's outputs."""
    [described] = context.client("cloudformation", account).describe_stacks(StackName=stack)["Stacks"]
    entries: list[dict[str, Any]] = described.get("Outputs", [])
    return {entry["OutputKey"]: entry["OutputValue"] for entry in entries}
