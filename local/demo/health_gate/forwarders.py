"""The other regions: a stack each, which sends their events to the gate's region."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import boto3

from demo.context import Context, DemoFailed
from demo.health_gate import records
from demo.patience import until

HOME = "us-east-1"
REGIONS = ("us-west-2", "eu-west-1")
STACK = "wrasse-health-events"
TEMPLATE = "stacks/health-events.yaml"


def command(region: str, bus: str) -> list[str]:
    """As docs/health-gate.md has it."""
    words = f"aws cloudformation deploy --region {region} --stack-name {STACK} --template-file {TEMPLATE}"
    return [*words.split(), "--capabilities", "CAPABILITY_IAM", "--parameter-overrides", f"HealthBusArn={bus}"]


def deploy(context: Context, bus: str) -> None:
    """In all of the regions at once."""
    program = str(Path(sys.executable).with_name("aws"))
    running = {
        region: subprocess.Popen(
            [program, *command(region, bus)[1:]],
            cwd=context.repository,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for region in REGIONS
    }
    for region, process in running.items():
        said, _ = process.communicate()
        if process.returncode != 0:
            raise DemoFailed(f"`aws cloudformation deploy` in {region} ended with {process.returncode}: {said.strip()}")


def heartbeats(context: Context, home_rule: str, table: str) -> list[str]:
    """Lets the time of every region's sign of life come. Answers the regions that the gate has heard of."""
    context.control("/rules/fire", {"name": home_rule, "region": HOME})
    for region in REGIONS:
        [stack] = boto3.client("cloudformation", region_name=region).describe_stacks(StackName=STACK)["Stacks"]
        [output] = stack["Outputs"]
        context.control("/rules/fire", {"name": output["OutputValue"], "region": region})
    wanted = {HOME, *REGIONS}
    until("a sign of life of every region", lambda: wanted <= set(records.forwarders(context, table)))
    return records.forwarders(context, table)
