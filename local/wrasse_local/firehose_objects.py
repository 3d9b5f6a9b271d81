"""The objects of a delivery stream in its bucket: their names, compression and encryption.

AWS names an object `<prefix><stream>-<version>-<yyyy-MM-dd-HH-mm-ss>-<uuid><extension>`:
https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
Stock moto compresses nothing and puts every prefix's expressions into the name as they are.
"""

from __future__ import annotations

import uuid
import zlib

from moto.s3.models import s3_backends
from moto.utilities.utils import get_partition

from .firehose_buffers import Buffer
from .firehose_prefixes import evaluated
from .firehose_settings import Settings

GZIP_FORMAT = 31
# AWS does not say how hard it tries; this is the fastest level, so that a load test measures something else.
GZIP_LEVEL = 1


def name(stream: str, settings: Settings, buffer: Buffer) -> str:
    target = buffer.target
    prefix = settings.error_prefix if target.error_type else settings.prefix
    time = buffer.oldest.strftime("%Y-%m-%d-%H-%M-%S")
    start = evaluated(prefix, buffer.oldest, dict(target.keys), target.error_type)
    return f"{start}{stream}-{settings.version}-{time}-{uuid.uuid4()}{settings.extension}"


def put(account: str, region: str, stream: str, settings: Settings, buffer: Buffer) -> None:
    """Writes the buffer as one object. Raises S3's error when the bucket does not take it."""
    body = _compressed(buffer.parts) if settings.gzip else b"".join(buffer.parts)
    encryption = {"encryption": "aws:kms", "kms_key_id": settings.kms_key} if settings.kms_key else {}
    backend = s3_backends[account][get_partition(region)]
    backend.put_object(settings.bucket, name(stream, settings, buffer), body, **encryption)


def _compressed(parts: list[bytes]) -> bytes:
    packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP_FORMAT)
    return b"".join([*map(packer.compress, parts), packer.flush()])
