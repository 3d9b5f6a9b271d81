"""A function's code: the deployed zip, unpacked once per content under `DIR/lambda`.

AWS unpacks the archive into `/var/task` with the permissions that it records:
https://docs.aws.amazon.com/lambda/latest/dg/configuration-function-zip.html
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
import threading
import zipfile
from pathlib import Path

PERMISSIONS = 0o777
_unpacking = threading.Lock()


def unpacked(code: bytes, below: Path) -> Path:
    """The folder that holds the archive's files; the same one for the same bytes."""
    target = below / hashlib.sha256(code).hexdigest()[:24]
    with _unpacking:
        if not target.is_dir():
            scratch = Path(tempfile.mkdtemp(dir=below))
            try:
                _unpack(code, scratch)
                scratch.rename(target)
            except BaseException:
                shutil.rmtree(scratch, ignore_errors=True)
                raise
    return target


def _unpack(code: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(code)) as archive:
        for entry in archive.infolist():
            path = archive.extract(entry, folder)
            mode = (entry.external_attr >> 16) & PERMISSIONS
            if mode and not entry.is_dir():
                os.chmod(path, mode)
