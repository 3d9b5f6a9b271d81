"""A bucket's notifications to functions are asynchronous invocations.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html
Stock moto runs the function inside the call that puts the object, and ignores how it ends. Asked for the notifications
of a bucket that has none, it answers no document where AWS's is empty
(https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html).
"""

from __future__ import annotations

import json
import logging
from typing import Any

from botocore.exceptions import ClientError
from moto.s3 import notifications
from moto.s3.responses import S3Response

from .engine import Engine

ROOT = "<NotificationConfiguration"
NONE = '<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>'
LOG = logging.getLogger(__name__)


def install(engine: Engine) -> None:
    def invoke(account_id: str, event_body: Any, fn_arn: str, region_name: str) -> None:
        client = engine.of(account_id).client("lambda")
        try:
            client.invoke(FunctionName=fn_arn, InvocationType="Event", Payload=json.dumps(event_body))
        except ClientError as error:
            LOG.warning("a bucket's notification of %s: %s", fn_arn, error)

    notifications._invoke_awslambda = invoke
    stock = S3Response.get_bucket_notification

    def get_bucket_notification(response: Any) -> Any:
        status, headers, body = stock(response)
        return status, headers, body if ROOT in body else NONE

    S3Response.get_bucket_notification = get_bucket_notification
