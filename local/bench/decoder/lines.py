"""Lines like those of real log groups: their length, their repetitions and their escapes are what is measured.

Each kind is a function of a generator of random numbers and a time, so that the same seed makes the same lines.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

# A line of one kind, or several that belong together.
Maker = Callable[[Random, int], list[str]]


class Kind(NamedTuple):
    """Where lines of a kind are found, what makes them and how often. `{hex}` in a stream is its own random number.

    Times are in milliseconds. What is shipped with the time that is written in it has that text's grain: an agent reads
    the seconds of an access log, and a flow log's time is the beginning of its minute.
    """

    group: str
    stream: str
    make: Maker
    mean_gap: int = 40
    grain: int = 1
    # Characters outside ASCII come as \uXXXX instead of UTF-8.
    escaped: bool = False


SERVICES = ("checkout", "inventory", "payments", "shipping", "search", "profile")
ROUTES = (
    "/api/v2/orders",
    "/api/v2/orders/items",
    "/api/v1/cart",
    "/health",
    "/static/app.3f9c1.js",
    "/login",
    "/search",
)
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "ELB-HealthChecker/2.0",
    "python-requests/2.32.3",
)
EVENT_NAMES = ("AssumeRole", "GetObject", "DescribeInstances", "PutObject", "Decrypt", "ListBuckets", "CreateLogStream")


def iso(milliseconds: int) -> str:
    """2026-11-20T12:00:00.123Z"""
    return (
        datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03}Z"
    )


def uuid(random: Random) -> str:
    """A random UUID."""
    digits = f"{random.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def address(random: Random) -> str:
    """An IPv4 address of a private network."""
    return f"10.{random.randrange(4)}.{random.randrange(32)}.{random.randrange(1, 255)}"


def noise_text(random: Random, size: int) -> str:
    """Random bytes in base64."""
    return base64.b64encode(random.randbytes(size)).decode()


def invocation(random: Random, time: int) -> list[str]:
    """What one invocation of a Lambda function logs, in the platform's text format."""
    request = uuid(random)
    milliseconds = random.randrange(300, 90_000) / 100
    memory = random.randrange(70, 130)
    said = [
        f"{iso(time)}\t{request}\tINFO\t{text}\n"
        for text in (
            f"Received event with {random.randrange(1, 9)} records from orders-queue",
            f"Wrote order {random.randrange(10**8)} to table orders in {random.randrange(3, 40)} ms",
            f"Published order.accepted for customer {random.randrange(10**6)}",
        )
    ]
    return [
        f"START RequestId: {request} Version: $LATEST\n",
        *said[: random.randrange(1, 4)],
        f"END RequestId: {request}\n",
        f"REPORT RequestId: {request}\tDuration: {milliseconds:.2f} ms\tBilled Duration: {int(milliseconds) + 1} ms\t"
        f"Memory Size: 256 MB\tMax Memory Used: {memory} MB\t\n",
    ]


def application(random: Random, time: int) -> list[str]:
    """A structured log line, with a request body quoted inside it."""
    body = {"sku": f"SKU-{random.randrange(4000):05}", "quantity": random.randrange(1, 9), "currency": "EUR"}
    service = SERVICES[random.randrange(len(SERVICES))]
    line = {
        "timestamp": iso(time),
        "level": "INFO" if random.random() < 0.9 else "WARN",
        "service": service,
        "logger": f"com.example.{service}.OrderController",
        "thread": f"http-nio-8080-exec-{random.randrange(1, 20)}",
        "message": "request handled",
        "context": {"requestId": uuid(random), "tenant": f"tenant-{random.randrange(60)}", "region": "eu-central-1"},
        "http": {
            "method": "POST" if random.random() < 0.4 else "GET",
            "path": ROUTES[random.randrange(len(ROUTES))],
            "status": 200 if random.random() < 0.95 else 502,
            "durationMs": random.randrange(2, 900),
            "body": json.dumps(body),
        },
    }
    return [json.dumps(line, separators=(",", ":"))]


def access(random: Random, time: int) -> list[str]:
    """An nginx line in the combined format, with the times of request and upstream."""
    date = datetime.fromtimestamp(time / 1000, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    upstream = random.randrange(1, 900)
    path = f"{ROUTES[random.randrange(len(ROUTES))]}?page={random.randrange(40)}"
    return [
        f'{address(random)} - - [{date}] "GET {path} HTTP/1.1" '
        f'200 {random.randrange(200, 90_000)} "https://shop.example.com/" "{AGENTS[random.randrange(len(AGENTS))]}" '
        f"{(upstream + random.randrange(3)) / 1000:.3f} {upstream / 1000:.3f} 10.0.9.{random.randrange(4, 12)}:8080"
    ]


def stack_trace(random: Random, time: int) -> list[str]:
    """A Java exception with its cause: one event of many lines. Now and then; plain lines between them."""
    thread = f"[http-nio-8080-exec-{random.randrange(1, 20)}]"
    date = iso(time).replace("T", " ")[:-1].replace(".", ",")
    if random.random() < 0.7:
        customer = random.randrange(10**6)
        return [f"{date} INFO  {thread} c.e.shop.OrderService - Order {random.randrange(10**8)} of {customer} accepted"]
    frames = "".join(
        f"\tat com.example.shop.{layer}.invoke({layer}.java:{random.randrange(20, 400)})\n"
        "\tat org.springframework.aop.framework.ReflectiveMethodInvocation.proceed"
        f"(ReflectiveMethodInvocation.java:{line})\n"
        for layer, line in (
            ("OrderController", 184),
            ("OrderService", 184),
            ("OrderRepository", 163),
            ("RetryAdvice", 97),
        )
    )
    return [
        f"{date} ERROR {thread} c.e.shop.OrderService - Could not store order {random.randrange(10**8)}\n"
        f'org.springframework.dao.QueryTimeoutException: could not execute [select o from "orders" o where o.id=?]\n'
        f"{frames}Caused by: org.postgresql.util.PSQLException: ERROR: canceling statement due to user request\n"
        f"\tat org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2725)\n"
        f"\tat org.postgresql.core.v3.QueryExecutorImpl.processResults(QueryExecutorImpl.java:2412)\n"
        f"\t... {random.randrange(40, 90)} common frames omitted\n"
    ]


def flow(random: Random, time: int) -> list[str]:
    """A record of VPC flow logs in the default format, version 2: an interface and its neighbours, either way."""
    begin = time // 1000 - 60
    here, there = "10.0.3.17", f"10.0.{random.randrange(4)}.{random.randrange(4, 16)}"
    ports = f"{(443, 5432, 6379, 8080)[random.randrange(4)]} {random.randrange(32768, 60999)}"
    if random.random() < 0.5:
        here, there, ports = there, here, " ".join(reversed(ports.split()))
    packets = random.randrange(1, 60)
    action = "ACCEPT" if random.random() < 0.97 else "REJECT"
    return [
        f"2 123456789012 eni-0a1b2c3d4e5f67890 {here} {there} {ports} 6 {packets} "
        f"{packets * random.randrange(52, 1400)} {begin} {begin + 60} {action} OK"
    ]


def trail(random: Random, time: int) -> list[str]:
    """A CloudTrail event."""
    name = EVENT_NAMES[random.randrange(len(EVENT_NAMES))]
    role = f"{SERVICES[random.randrange(len(SERVICES))]}-role"
    access_key = f"ASIA{random.getrandbits(80):020X}"[:20]
    event = {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"AROAEXAMPLEEXAMPLEEX:{role}",
            "arn": f"arn:aws:sts::123456789012:assumed-role/{role}/{role}",
            "accountId": "123456789012",
            "accessKeyId": access_key,
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": "AROAEXAMPLEEXAMPLEEX",
                    "arn": f"arn:aws:iam::123456789012:role/{role}",
                    "accountId": "123456789012",
                    "userName": role,
                },
                "attributes": {"creationDate": iso(time - 600_000), "mfaAuthenticated": "false"},
            },
        },
        "eventTime": iso(time)[:-5] + "Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": name,
        "awsRegion": "eu-central-1",
        "sourceIPAddress": address(random),
        "userAgent": "[aws-sdk-java/2.29.6 Linux/5.10.228 OpenJDK_64-Bit_Server_VM/21.0.5+11-LTS Java/21.0.5]",
        "requestParameters": {"bucketName": "shop-invoices", "key": f"2026/11/20/{random.randrange(10**9)}.pdf"},
        "responseElements": {"x-amz-request-id": f"{random.getrandbits(64):016X}"} if random.random() < 0.3 else None,
        "additionalEventData": {"bytesTransferredIn": random.randrange(10**6), "x-amz-id-2": noise_text(random, 57)},
        "requestID": f"{random.getrandbits(64):016X}",
        "eventID": uuid(random),
        "readOnly": True,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": "123456789012",
        "eventCategory": "Management",
    }
    return [json.dumps(event, separators=(",", ":"))]


def unicode(random: Random, time: int) -> list[str]:
    """Text that is mostly not ASCII: two, three and four bytes a character."""
    words = (
        ("注文を受け付けました", "お客様番号", "在庫が不足しています", "配送状況を確認してください"),
        ("заказ принят", "номер клиента", "недостаточно товара на складе", "проверьте состояние доставки"),
        ("訂單已接受", "客戶編號", "庫存不足", "請檢查配送狀態"),
        ("η παραγγελία έγινε δεκτή", "αριθμός πελάτη", "ανεπαρκές απόθεμα", "ελέγξτε την παράδοση"),
        ("📦 zugestellt ✅", "🚚💨 unterwegs", "⚠️ Größe überprüfen", "🧾 Rechnung über 20 €"),
    )[random.randrange(5)]
    said = " ".join(words[random.randrange(4)] for _ in range(random.randrange(3, 9)))
    return [f"{iso(time)} {said}, {random.randrange(10**8)}"]


def escapes(random: Random, time: int) -> list[str]:
    """Text in which every few characters are escaped in JSON: documents in documents, paths, a terminal's colours."""
    row = {"path": f"C:\\Users\\build\\agent-{random.randrange(20)}\\src\\main.rs", "note": 'say "no"\tor\t"yes"\n'}
    request = {"id": random.randrange(10**8), "rows": [row, {"path": "\\\\share\\out", "note": "\t\t\n"}]}
    return [
        json.dumps({"time": time, "request": json.dumps(request), "trace": "a\n\tb\n\tc\n"}),
        f'\x1b[32mINFO\x1b[0m \x1b[2m{iso(time)}\x1b[0m "step"="{random.randrange(90)}"\r\n'
        f'\tat "C:\\build\\{random.randrange(900)}"\n',
    ]


def noise(random: Random, time: int) -> list[str]:
    """Tokens and signatures: nothing in them repeats, and base64 of noise deflates to three quarters."""
    return [f"{time} token={noise_text(random, random.randrange(150, 600))}"]


KINDS = {
    "invocation": Kind("/aws/lambda/checkout-accept-order", "2026/11/20/[$LATEST]{hex}", invocation),
    "application": Kind("/ecs/shop/orders", "orders/app/{hex}", application),
    "access": Kind("/shop/nginx/access.log", "i-0{hex}", access, grain=1_000),
    "stack-trace": Kind("/ecs/shop/backend", "backend/java/{hex}", stack_trace),
    "flow": Kind("vpc-flow-logs", "eni-0a1b2c3d4e5f67890-all", flow, mean_gap=2_000, grain=60_000),
    "trail": Kind(
        "aws-cloudtrail-logs-123456789012-shop",
        "123456789012_CloudTrail_eu-central-1_2",
        trail,
        mean_gap=200,
        grain=1_000,
    ),
    "unicode": Kind("/ecs/shop/notifications", "notifications/app/{hex}", unicode),
    "unicode-escaped": Kind("/ecs/shop/notifications", "notifications/app/{hex}", unicode, escaped=True),
    "escapes": Kind("/builds/windows", "agent/{hex}", escapes),
    "noise": Kind("/ecs/shop/signatures", "signer/app/{hex}", noise),
}
# Parts of the bytes: functions and containers write most of what CloudWatch Logs holds. docs/performance.md has each
# kind alone.
MIXED = {"invocation": 3, "application": 3, "access": 1, "stack-trace": 1, "flow": 1, "trail": 1}
