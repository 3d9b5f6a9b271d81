"""A conditional write of DynamoDB is one step.

AWS: a condition is checked and the item written at once, whoever else writes:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html#WorkingWithItems.ConditionalUpdate
Stock moto checks, then writes, and serves requests in several threads: two writers can both find their condition true.
Here DynamoDB serves one request at a time.
"""

from __future__ import annotations

import threading
from typing import Any

from moto.dynamodb.responses import DynamoHandler

from .engine import Engine


def install(engine: Engine) -> None:
    call, lock = DynamoHandler.call_action, threading.RLock()

    def call_action(handler: Any) -> Any:
        with lock:
            return call(handler)

    DynamoHandler.call_action = call_action
