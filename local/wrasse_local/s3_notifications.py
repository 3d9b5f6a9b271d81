"""A bucket's notifications to functions are asynchronous invocations.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html
Stock moto runs the function inside the call that puts the object, and ignores how it ends.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from botocore.exceptions import ClientError
from moto.s3 import notifications

from .engine import Engine

LOG = logging.getLogger(__name__)


def install(engine: Engine) -> None:
    def invoke(account_id: str, event_body: Any, fn_arn: str, region_name: str) -> None:
        client = engine.of(account_id).client("lambda")
        try:
            client.invoke(FunctionName=fn_arn, InvocationType="Event", Payload=json.dumps(event_body))
        except ClientError as error:
            LOG.warning("a bucket's notification of %s: %s", fn_arn, error)

    notifications._invoke_awslambda = invoke
