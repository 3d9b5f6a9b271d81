"""AWS Health: the stand-in's parts put together, and its control routes. Its behaviours are in the modules `health_*`.

moto has no Health: its requests are answered before moto sees them. Routes, all below `/_engine/health`: `POST
/events/open`, `/update`, `/close` (with `"quiet": true` no bus hears of it; `open` takes a `count` of them), `/plan`,
`/active`, `/faults`, `/pages`, `/delivery`, `/dns`, `/reset`, and `GET /stats`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Request

from .control import WsgiApplication
from .engine import ControlError, Engine
from .health_api import HealthApi
from .health_delivery import Delivery
from .health_dns import NameServer
from .health_events import HealthEvent, HealthEvents
from .health_pages import Pages
from .health_protocols import operation_of

MOST_AT_ONCE = 100_000


def served(engine: Engine, application: WsgiApplication) -> WsgiApplication:
    """Answers Health's requests, and hands everything else to `application`."""
    events, pages, delivery = HealthEvents(engine.clock), Pages(), Delivery(engine.clock)
    api = HealthApi(events, pages)
    names = NameServer(lambda: api.active)
    engine.at_stop.append(names.stop)

    def told(body: dict[str, Any], event: HealthEvent) -> HealthEvent:
        if not body.get("quiet"):
            delivery.send(event)
        return event

    def opened(body: dict[str, Any]) -> object:
        count = body.get("count", 1)
        if not isinstance(count, int) or not 1 <= count <= MOST_AT_ONCE:
            raise ControlError(400, f"`count` is a whole number of 1 to {MOST_AT_ONCE}")
        arns = [told(body, events.open(body)).arn for _ in range(count)]
        return {"arn": arns[0], "arns": arns}

    def reset(body: dict[str, Any]) -> object:
        for part in (events, pages, delivery, api):
            part.clear()
        return {}

    posts: dict[str, Callable[[dict[str, Any]], object]] = {
        "/events/open": opened,
        "/events/update": lambda body: {"arn": told(body, events.update(body.get("arn"))).arn},
        "/events/close": lambda body: {"arn": told(body, events.close(body.get("arn"))).arn},
        "/plan": lambda body: api.set_plan(body, engine.account),
        "/active": api.set_active,
        "/faults": api.faults.set,
        "/pages": pages.set,
        "/delivery": delivery.set,
        "/dns": lambda _: {"dns_server": names.start()},
        "/reset": reset,
    }
    for path, route in posts.items():
        engine.control["POST", f"/health{path}"] = route
    engine.control["GET", "/health/stats"] = lambda _: {**api.stats(), "dns_server": names.address}

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        operation = operation_of(request)
        if operation is None:
            return application(environ, start_response)
        return api.serve(request, operation)(environ, start_response)

    return serve
