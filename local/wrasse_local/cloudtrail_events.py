"""CreateLogGroup as an event of CloudTrail on EventBridge's default bus.

AWS: CloudTrail records management calls, those that fail too, and hands them to EventBridge as `AWS API Call via
CloudTrail`, within minutes, where the account has a trail:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference.html
Stock moto has none. Here the call CreateLogGroup has its event, at once and in every account, and so has a group that
Lambda or ECS makes for a log; other calls have none, nor has the control route `/logs/groups`.
"""

from __future__ import annotations

import uuid
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.logs.models import LogsBackend
from moto.logs.responses import LogsResponse

from . import eventbridge_targets
from .engine import REGION, Engine, access_key

PARAMETERS = ("logGroupName", "logGroupClass", "kmsKeyId", "tags")


def install(engine: Engine) -> None:
    create, ensure = LogsResponse.create_log_group, LogsBackend.ensure_log_group

    def create_log_group(response: Any) -> Any:
        given = {name: response._get_param(name) for name in PARAMETERS}
        parameters = {name: value for name, value in given.items() if value is not None}
        caller = engine.of(response.current_account)
        try:
            answer = create(response)
        except JsonRESTError as error:
            _emit(caller, parameters, {"errorCode": error.error_type, "errorMessage": error.message})
            raise
        _emit(caller, parameters, {})
        return answer

    def ensure_log_group(backend: Any, log_group_name: str) -> bool:
        missing: bool = ensure(backend, log_group_name)
        if missing:
            _emit(engine.of(backend.account_id), {"logGroupName": log_group_name}, {})
        return missing

    LogsResponse.create_log_group = create_log_group
    LogsBackend.ensure_log_group = ensure_log_group


def _emit(engine: Engine, parameters: dict[str, Any], failure: dict[str, str]) -> None:
    account, time = engine.account, engine.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    detail = {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAENGINE",
            "arn": f"arn:aws:iam::{account}:user/engine",
            "accountId": account,
            "accessKeyId": access_key(account),
            "userName": "engine",
        },
        "eventTime": time,
        "eventSource": "logs.amazonaws.com",
        "eventName": "CreateLogGroup",
        "awsRegion": REGION,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": "wrasse_local",
        **failure,
        "requestParameters": parameters,
        "responseElements": None,
        "requestID": str(uuid.uuid4()),
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "apiVersion": "20140328",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
    }
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.logs",
        "account": account,
        "time": time,
        "region": REGION,
        "resources": [],
        "detail": detail,
    }
    eventbridge_targets.emit(event)
