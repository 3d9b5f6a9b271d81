"""Data Firehose to S3: the modules that make moto's delivery streams deliver as AWS's do.

Metrics (`DeliveryToS3.DataFreshness` and the like) are not there: `GET /firehose/stats` counts.
"""

from __future__ import annotations

from . import firehose_puts, firehose_streams
from .engine import Engine
from .firehose_deliveries import Deliveries
from .firehose_delivery import DUPLICATE
from .put_faults import PUTS, route


def install(engine: Engine) -> None:
    faults = route(engine, "firehose", *PUTS, DUPLICATE)
    deliveries = Deliveries(engine, faults)
    firehose_puts.install(engine, deliveries, faults)
    firehose_streams.install(deliveries)
