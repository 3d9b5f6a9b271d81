"""Kinesis data streams: the modules that make moto's bear many writers and be read by Firehose and functions."""

from __future__ import annotations

from . import kinesis_event_sources, kinesis_puts, kinesis_shards
from .engine import Engine


def install(engine: Engine) -> None:
    kinesis_shards.install(engine)
    kinesis_puts.install(engine)
    kinesis_event_sources.install(engine)
