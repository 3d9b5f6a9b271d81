"""Every answer carries the engine's time in its `Date` header.

AWS: all answers have a `Date`, by which SDKs notice that the caller's clock is wrong:
https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html
Stock moto's server answers with the machine's time. Here it is an IMF-fixdate of the engine's clock. Signatures are not
looked at, so an SDK that signs for that time is served.
"""

from __future__ import annotations

from email.utils import format_datetime

from werkzeug.serving import WSGIRequestHandler

from .clock import Clock


def handler(clock: Clock, base: type[WSGIRequestHandler]) -> type[WSGIRequestHandler]:
    """A request handler like `base`, of which the server's `Date`, the only one, is the clock's."""

    class Dated(base):  # type: ignore[valid-type, misc]
        def date_time_string(self, timestamp: float | None = None) -> str:
            return format_datetime(clock.now(), usegmt=True)

    return Dated
