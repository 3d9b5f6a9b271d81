"""Kinesis data streams: the modules that make moto's bear many writers and be read by Firehose."""

from __future__ import annotations

from . import kinesis_puts, kinesis_shards
from .engine import Engine


def install(engine: Engine) -> None:
    kinesis_shards.install(engine)
    kinesis_puts.install(engine)
