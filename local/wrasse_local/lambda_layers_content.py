"""The zip of a layer version: from the request or from S3, looked through, and kept once by its SHA-256.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_LayerVersionContentInput.html
An object must be in the layer's region (https://docs.aws.amazon.com/lambda/latest/dg/creating-deleting-layers.html);
unzipped, all of a function's layers and code have 262,144,000 bytes at most
(https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). The refusals are AWS's own words:
https://github.com/serverless/serverless/issues/6792, https://github.com/hbwork/ec2-scheduler/issues/3
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import os
import struct
import tempfile
import threading
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.s3.exceptions import MissingBucket, MissingKey, MissingVersion
from moto.s3.models import s3_backends

from .put_faults import refusal

UNZIPPED_LIMIT = 262_144_000
CHUNK_BYTES = 1 << 20
UNREADABLE_ZIP = "Could not unzip uploaded file. Please check your file, then try to upload again."
# What Python's reader raises on archives that are cut, damaged, encrypted, or compressed as nobody knows how.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
)


@dataclass(frozen=True)
class Content:
    """A zip that was looked through. `zip` is the file that keeps it."""

    zip: Path
    sha256: bytes
    size: int
    unzipped: int

    def described(self, region: str) -> dict[str, Any]:
        """`Location` has AWS's form; nothing is there."""
        return {
            "Location": f"https://awslambda-{region}-layers.s3.{region}.amazonaws.com/snapshots/{self.sha256.hex()}",
            "CodeSha256": base64.b64encode(self.sha256).decode(),
            "CodeSize": self.size,
        }


class Contents:
    """The zips below a folder. Each is looked through once, however often it is published."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[bytes, Content] = {}
        self._lock = threading.Lock()

    def of(self, given: dict[str, Any], account: str, region: str) -> Content:
        """The content that a request gives. A refusal where it is no layer."""
        data = _bytes(given, account, region)
        digest = hashlib.sha256(data).digest()
        with self._lock:
            if digest not in self._known:
                unzipped = unzipped_size(data)
                self._known[digest] = Content(self._kept(data, digest.hex()), digest, len(data), unzipped)
            return self._known[digest]

    def _kept(self, data: bytes, name: str) -> Path:
        handle, scratch = tempfile.mkstemp(dir=self._folder)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        return Path(scratch).rename(self._folder / f"{name}.zip")


def unzipped_size(data: bytes) -> int:
    """The bytes that an archive unpacks to, all of them read. A refusal where it cannot be, or is too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            size = sum(entry.file_size for entry in entries)
            if not entries:
                raise _invalid("Uploaded file must be a non-empty zip")
            if size > UNZIPPED_LIMIT:
                raise _invalid(f"Unzipped size must be smaller than {UNZIPPED_LIMIT} bytes")
            for entry in entries:
                _read(archive, entry)
            return size
    except UNREADABLE as error:
        raise _invalid(UNREADABLE_ZIP) from error


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Reads an entry to its end: its size and checksum must be those that are declared."""
    path = PurePosixPath(entry.filename)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"{entry.filename} leads out of the archive")
    with archive.open(entry) as file:
        size = 0
        while chunk := file.read(CHUNK_BYTES):
            size += len(chunk)
    if size != entry.file_size:
        raise ValueError(f"{entry.filename} has {size} bytes and declares {entry.file_size}")


def _bytes(given: dict[str, Any], account: str, region: str) -> bytes:
    if given.get("ZipFile"):
        try:
            return base64.b64decode(given["ZipFile"], validate=True)
        except binascii.Error as error:
            raise _invalid(
                "Could not unzip uploaded file. Please check your file, then try to upload again."
            ) from error
    if given.get("S3Bucket") and given.get("S3Key"):
        return _object(account, region, given["S3Bucket"], given["S3Key"], given.get("S3ObjectVersion"))
    if "ZipFile" in given:
        raise _invalid("Uploaded file must be a non-empty zip")
    raise _invalid("Please provide a source for the layer's content: ZipFile, or S3Bucket and S3Key.")


def _object(account: str, region: str, bucket: str, key: str, version: str | None) -> bytes:
    backend = s3_backends[account]["aws"]
    try:
        home = backend.get_bucket(bucket).region_name
        if home != region:
            message = f"The bucket is in this region: {home}. Please use this region to retry the request"
            raise _s3_error("PermanentRedirect", message)
        found = backend.get_object(bucket, key, version_id=version)
        if found is None:
            raise MissingKey(key=key)
        data: bytes = found.value
        return data
    except (MissingBucket, MissingKey, MissingVersion) as error:
        raise _s3_error(str(error.code), str(error.message)) from error


def _s3_error(code: str, message: str) -> JsonRESTError:
    return _invalid(f"Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}")


def _invalid(message: str) -> JsonRESTError:
    return refusal(400, "InvalidParameterValueException", message)
