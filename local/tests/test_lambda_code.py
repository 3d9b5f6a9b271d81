from __future__ import annotations

import os
from pathlib import Path

from wrasse_local.lambda_code import unpacked

from .helpers import zipped


def test_the_same_archive_is_unpacked_once(tmp_path: Path) -> None:
    first = unpacked(zipped("#!/bin/sh"), tmp_path)
    (first / "mark").touch()
    assert unpacked(zipped("#!/bin/sh"), tmp_path) == first
    assert (first / "mark").exists()
    assert unpacked(zipped("#!/bin/dash"), tmp_path) != first


def test_the_archive_s_permissions_are_kept(tmp_path: Path) -> None:
    assert os.access(unpacked(zipped("a", 0o755), tmp_path) / "bootstrap", os.X_OK)
    assert not (unpacked(zipped("b", 0o644), tmp_path) / "bootstrap").stat().st_mode & 0o111
