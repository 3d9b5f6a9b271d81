"""Layers as their tests make them."""

from __future__ import annotations

import io
import stat
import zipfile
from typing import Any

from .health import client
from .helpers import Account, unique


def layer_zip(files: dict[str, str], modes: dict[str, int] | None = None) -> bytes:
    """An archive of those files; one of a mode with `S_IFLNK` is a link, its text the target."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (modes or {}).get(name, 0o644) << 16
            archive.writestr(entry, text)
    return buffer.getvalue()


def link_to(target: str) -> tuple[str, int]:
    """The text and mode of a link's entry."""
    return target, stat.S_IFLNK | 0o777


def published(aws: Account, name: str | None = None, data: bytes | None = None, **settings: Any) -> dict[str, Any]:
    """Publishes a version; the answer."""
    region = settings.pop("region", "us-east-1")
    content = {"ZipFile": data if data is not None else layer_zip({"a": "a"})}
    api = client(aws, region, "lambda")
    made: dict[str, Any] = api.publish_layer_version(
        LayerName=name or unique("layer"), **{"Content": content, **settings}
    )
    return made
