"""The error log of a delivery stream: one line for each failed batch or delivery, in the log stream that it names.

AWS: https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
The group and the stream have to be there; where they are not, nothing is logged. Stock moto logs nothing.
"""

from __future__ import annotations

import json
import time
from typing import Any

from moto.logs.models import logs_backends

from .firehose_settings import Settings


def write(stream_arn: str, settings: Settings, code: str, message: str, **more: Any) -> None:
    """Logs an error of the delivery stream. Like all log events of the engine, it has real time."""
    if settings.log is None:
        return
    group, stream = settings.log
    _, _, _, region, account, *_ = stream_arn.split(":")
    backend = logs_backends[account][region]
    if group not in backend.groups or stream not in backend.groups[group].streams:
        return
    line = {
        "deliveryStreamARN": stream_arn,
        "destination": f"arn:aws:s3:::{settings.bucket}",
        "deliveryStreamVersionId": int(settings.version),
        "errorCode": code,
        "message": message,
        **more,
    }
    backend.put_log_events(group, stream, [{"timestamp": int(time.time() * 1000), "message": json.dumps(line)}])
