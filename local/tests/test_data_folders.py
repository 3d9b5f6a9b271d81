from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest

from wrasse_local import data_folders
from wrasse_local.data_folders import copy_folder


def test_a_copy_has_contents_modes_and_empty_folders(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "base" / "empty").mkdir(parents=True)
    (source / "base" / "1").write_bytes(b"row" * 100_000)
    (source / "base" / "1").chmod(0o600)
    copy_folder(source, target)
    assert (target / "base" / "1").read_bytes() == b"row" * 100_000
    assert (target / "base" / "1").stat().st_mode & 0o777 == 0o600
    assert (target / "base" / "empty").is_dir()


def test_what_is_skipped_is_left_out_whole(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "log").mkdir(parents=True)
    (source / "log" / "1").write_text("x")
    (source / "kept").write_text("x")
    copy_folder(source, target, skip=lambda path: path == PurePosixPath("log/1"))
    assert sorted(str(path.relative_to(target)) for path in target.rglob("*")) == ["kept", "log"]


def test_a_file_that_vanishes_meanwhile_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    (source / "kept").write_text("x")
    (source / "dropped").write_text("x")
    stock = data_folders.copy_file

    def drop_first(file: Path, copy: Path) -> None:
        if file.name == "dropped":
            file.unlink()
        stock(file, copy)

    monkeypatch.setattr(data_folders, "copy_file", drop_first)
    copy_folder(source, target)
    assert os.listdir(target) == ["kept"]


def test_an_existing_target_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    with pytest.raises(FileExistsError):
        copy_folder(tmp_path / "source", tmp_path)
