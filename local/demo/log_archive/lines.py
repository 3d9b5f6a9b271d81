"""The lines that the company's services log, made up, the same on every machine.

Each line holds its event's label, by which it is counted. Messages end as the services end them: a function's with a
newline, the others' without; traces have newlines inside.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from demo.dice import Dice

Labels = Iterator[str]

LEVELS = ("INFO", "INFO", "INFO", "INFO", "DEBUG", "DEBUG", "WARN", "ERROR")
PATHS = ("/", "/cart", "/checkout", "/search?q=kettle", "/products/118", "/products/2071?size=l", "/account/orders")
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Safari/604.1",
    "shop-partner/2.7 (+https://partners.example/)",
)
# What escaping has to get right: other scripts, quotes, backslashes, tabs, colours of a terminal, a line separator.
MESSAGES = (
    "order packed",
    "stock reserved, 3 of 3 items",
    'customer asked for "gift wrap"',
    "label printed for Zoë Ångström, Tromsø",
    "配達完了 東京都千代田区 1-1",
    "отправлено в Екатеринбург",
    "تم تأكيد الطلب",
    "cache miss for C:\\shop\\images\\teapot.png",
    "column\tvalue\tunit",
    "\u001b[33mslow query\u001b[0m 412 ms",
    "thanks 🎁🫖 and see you soon",
    "first line\u2028second line of a pasted note",
)
TABLES = ("orders", "order_items", "stock", "customers", "parcels")
FRAMES = (
    "com.shop.catalogue.ProductRepository.load(ProductRepository.java:118)",
    "com.shop.catalogue.PriceService.priceOf(PriceService.java:64)",
    "com.shop.catalogue.CatalogueController.product(CatalogueController.java:41)",
    "java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(DirectMethodHandleAccessor.java:103)",
    "org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java:885)",
    "org.apache.catalina.core.ApplicationFilterChain.doFilter(ApplicationFilterChain.java:138)",
    "org.apache.tomcat.util.net.NioEndpoint$SocketProcessor.doRun(NioEndpoint.java:1776)",
    "java.base/java.lang.Thread.run(Thread.java:1583)",
)


def lines(kind: str, dice: Dice, labels: Labels) -> Iterator[str]:
    """A message for each label."""
    return KINDS[kind](dice, labels)


def function(dice: Dice, labels: Labels) -> Iterator[str]:
    """What Lambda writes about an invocation, and the function's own line in it."""
    while True:
        a, b, c = dice.below(16**8), dice.below(16**4), dice.below(16**12)
        request = f"{a:08x}-{b:04x}-4{c % 4096:03x}-a{b % 4096:03x}-{c:012x}"
        milliseconds = 3 + dice.random() * 900
        invocation = (
            "START RequestId: {request} Version: $LATEST {label}\n",
            "{level}\tRequestId: {request}\t{label}\t{text}\n",
            "END RequestId: {request} {label}\n",
            "REPORT RequestId: {request}\tDuration: {milliseconds:.2f} ms\tBilled Duration: {billed} ms\t"
            "Memory Size: 128 MB\tMax Memory Used: {memory} MB\tXRAY TraceId: {label}\t\n",
        )
        for line in invocation:
            label = next(labels, None)
            if label is None:
                return
            yield line.format(
                request=request,
                label=label,
                level=dice.one_of(LEVELS),
                text=dice.one_of(MESSAGES),
                milliseconds=milliseconds,
                billed=int(milliseconds) + 1,
                memory=14 + dice.below(40),
            )


def service(dice: Dice, labels: Labels) -> Iterator[str]:
    """Structured logs: a JSON object a line."""
    for label in labels:
        entry = {
            "level": dice.one_of(LEVELS),
            "message": dice.one_of(MESSAGES),
            "event": label,
            "orderId": 400_000 + dice.below(90_000),
            "durationMs": round(dice.random() * 400, 3),
            "http": {"method": "GET", "path": dice.one_of(PATHS), "status": 200 + dice.below(3)},
            "retried": dice.below(9) == 0,
            "customer": None,
        }
        yield json.dumps(entry, ensure_ascii=False, separators=(",", ":"))


def access(dice: Dice, labels: Labels) -> Iterator[str]:
    """A proxy's access log. The addresses are those that RFC 5737 sets aside for documentation."""
    for label in labels:
        yield (
            f"198.51.100.{dice.below(256)} - - [20/Nov/2026:10:{dice.below(60):02}:{dice.below(60):02} +0000] "
            f'"GET {dice.one_of(PATHS)} HTTP/1.1" {dice.one_of((200, 200, 200, 304, 404, 502))} {dice.below(90_000)} '
            f'"https://shop.example/" "{dice.one_of(AGENTS)}" {label}'
        )


def database(dice: Dice, labels: Labels) -> Iterator[str]:
    """PostgreSQL's log."""
    for label in labels:
        table, process = dice.one_of(TABLES), 1000 + dice.below(9000)
        yield (
            f"2026-11-20 10:{dice.below(60):02}:{dice.below(60):02} UTC:10.0.{dice.below(4)}.{dice.below(256)}"
            f"({process}):shop@shop:[{process}]:LOG:  duration: {dice.random() * 300:.3f} ms  statement: "
            f"SELECT * FROM {table} WHERE id = {dice.below(10**6)} /* {label} */"
        )


def network(dice: Dice, labels: Labels) -> Iterator[str]:
    """VPC flow logs, with the label where they have the flow's interface."""
    for label in labels:
        packets = 1 + dice.below(60)
        yield (
            f"2 123456789012 {label} 10.0.{dice.below(4)}.{dice.below(256)} 192.0.2.{dice.below(256)} "
            f"{1024 + dice.below(60_000)} 443 6 {packets} {packets * (60 + dice.below(1000))} 1795168800 1795168860 "
            f"{dice.one_of(('ACCEPT', 'ACCEPT', 'ACCEPT', 'REJECT'))} OK"
        )


def traces(dice: Dice, labels: Labels) -> Iterator[str]:
    """Exceptions of a Java service, some with a cause: one event, many lines."""
    for label in labels:
        depth = 3 + dice.below(len(FRAMES) - 2)
        frames = "".join(f"\n\tat {frame}" for frame in FRAMES[:depth])
        cause = f"\nCaused by: java.net.SocketTimeoutException: Read timed out{frames}" if dice.below(3) == 0 else ""
        yield f"ERROR {label} PriceUnavailableException: no price for product {dice.below(5000)}{frames}{cause}"


def incident(dice: Dice, labels: Labels) -> Iterator[str]:
    """A bad day: the same exception over and over. It compresses so well that a small record becomes a large answer."""
    trace = "".join(f"\n\tat {frame}" for frame in FRAMES * 3)
    for label in labels:
        yield f"ERROR {label} ConnectException: catalogue-db: Connection refused (Connection refused){trace}"


KINDS: dict[str, Callable[[Dice, Labels], Iterator[str]]] = {
    "function": function,
    "service": service,
    "access": access,
    "database": database,
    "network": network,
    "traces": traces,
    "incident": incident,
}
