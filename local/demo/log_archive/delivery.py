"""What is under way arrives, and what the decoder did for it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from demo import timings
from demo.context import Context


@dataclass(frozen=True)
class Decoder:
    """The decoder so far."""

    invocations: int
    milliseconds: float
    """In its invocations and cold starts, real time."""
    reingested: int
    """Records that it put back in smaller parts because they did not fit into an answer."""


def flush(context: Context, stream: str) -> dict[str, int]:
    """Has the delivery stream deliver now what AWS delivers within minutes. Answers what it counted meanwhile."""
    counts: dict[str, int] = context.control("/firehose/flush", {"stream": stream})
    return counts


def decoder(context: Context, function: str) -> Decoder:
    """From the engine's measurements, and from the metrics that the decoder writes into its log."""
    invocations = timings.of_function(context, function)
    return Decoder(len(invocations), timings.own_milliseconds(invocations), reingested(context, function))


def reingested(context: Context, function: str) -> int:
    """The sum of the metric RecordsReingested, which CloudWatch reads from the same lines:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    configuration = context.client("lambda").get_function_configuration(FunctionName=function)
    pages = context.client("logs").get_paginator("filter_log_events")
    lines = (
        event["message"]
        for page in pages.paginate(logGroupName=configuration["LoggingConfig"]["LogGroup"])
        for event in page["events"]
    )
    metrics = (json.loads(line) for line in lines if line.startswith("{") and '"_aws"' in line)
    return sum(int(metric.get("RecordsReingested", 0)) for metric in metrics)
