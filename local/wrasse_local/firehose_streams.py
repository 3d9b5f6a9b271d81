"""Delivery streams are checked when they are made or changed, and work until they are deleted.

AWS: https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html
A new configuration begins a new version; what is buffered already is delivered by the new one.
Stock moto keeps any configuration. Here what AWS would refuse is refused, what the engine lacks is a 501, and a stream
is ACTIVE at once.
"""

from __future__ import annotations

import copy
from typing import Any

from moto.firehose.exceptions import InvalidArgumentException
from moto.firehose.models import FirehoseBackend

from . import firehose_settings
from .firehose_deliveries import Deliveries

SOURCED = "KinesisStreamAsSource"


def install(deliveries: Deliveries) -> None:
    backend = FirehoseBackend
    create, delete, update = backend.create_delivery_stream, backend.delete_delivery_stream, backend.update_destination

    def create_delivery_stream(self: Any, region: str, delivery_stream_name: str, *args: Any) -> str:
        kind, source, *_ = args
        if kind not in (None, "DirectPut", SOURCED):
            raise NotImplementedError(f"the engine has no delivery stream of type {kind}")
        if kind == SOURCED and not source:
            raise InvalidArgumentException("KinesisStreamSourceConfiguration is required for KinesisStreamAsSource")
        arn: str = create(self, region, delivery_stream_name, *args)
        try:
            deliveries.begin(self.delivery_streams[delivery_stream_name])
        except BaseException:
            delete(self, delivery_stream_name)
            raise
        return arn

    def delete_delivery_stream(self: Any, delivery_stream_name: str) -> None:
        stream = self.delivery_streams.get(delivery_stream_name)
        delete(self, delivery_stream_name)
        deliveries.end(stream.delivery_stream_arn)

    def update_destination(self: Any, delivery_stream_name: str, *args: Any) -> None:
        stream = self.delivery_streams.get(delivery_stream_name)
        probe = copy.deepcopy(stream)
        if probe is not None:
            self.delivery_streams[delivery_stream_name] = probe
        try:
            update(self, delivery_stream_name, *args)
            firehose_settings.read(probe)
        finally:
            if stream is not None:
                self.delivery_streams[delivery_stream_name] = stream
        stream.destinations, stream.version_id = probe.destinations, probe.version_id
        stream.last_update_timestamp = probe.last_update_timestamp

    backend.create_delivery_stream = create_delivery_stream
    backend.delete_delivery_stream = delete_delivery_stream
    backend.update_destination = update_destination
