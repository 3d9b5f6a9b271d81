from __future__ import annotations

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wrasse_local.lambda_layers_folder import merged

from .layers import layer_zip, link_to


def archive(folder: Path, name: str, files: dict[str, str], modes: dict[str, int] | None = None) -> Path:
    path = folder / name
    path.write_bytes(layer_zip(files, modes))
    return path


def test_archives_are_unpacked_once(tmp_path: Path) -> None:
    zips = [archive(tmp_path, "one.zip", {"a": "1", "b/c": "1"}), archive(tmp_path, "two.zip", {"a": "2"})]
    below = tmp_path / "below"
    below.mkdir()
    with ThreadPoolExecutor(8) as pool:
        [folder] = set(pool.map(lambda _: merged(zips, below), range(16)))
    assert folder is not None
    assert list(below.iterdir()) == [folder]
    assert ((folder / "a").read_text(), (folder / "b" / "c").read_text()) == ("2", "1")
    assert merged(zips[::-1], below) != folder
    assert merged([], below) is None


def test_links_stay_links_and_those_into_opt_stay_in_the_folder(tmp_path: Path) -> None:
    near, near_mode = link_to("liba.so.1")
    opt, opt_mode = link_to("/opt/lib/liba.so.1")
    files = {"lib/liba.so.1": "a", "lib/liba.so": near, "bin/a": opt}
    folder = merged([archive(tmp_path, "a.zip", files, {"lib/liba.so": near_mode, "bin/a": opt_mode})], tmp_path)
    assert folder is not None
    assert (folder / "lib" / "liba.so").readlink() == Path("liba.so.1")
    assert (folder / "bin" / "a").read_text() == "a"


@pytest.mark.parametrize("name", ["../out", "/out", "a/../../out"])
def test_an_entry_that_leads_out_is_not_unpacked(tmp_path: Path, name: str) -> None:
    below = tmp_path / "below"
    below.mkdir()
    with pytest.raises(ValueError, match="leads out"):
        merged([archive(tmp_path, "a.zip", {name: "a"})], below)
    assert list(below.iterdir()) == []
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    outside, below = tmp_path / "outside", tmp_path / "below"
    outside.mkdir()
    below.mkdir()
    target, mode = link_to(str(outside))
    with pytest.raises(ValueError, match="leads out"):
        merged([archive(tmp_path, "a.zip", {"lib": target, "lib/a": "a"}, {"lib": mode})], below)
    (outside / "file").write_text("whole")
    target, mode = link_to(str(outside / "file"))
    first = archive(tmp_path, "b.zip", {"file": target}, {"file": mode})
    folder = merged([first, archive(tmp_path, "c.zip", {"file": "new"})], below)
    assert folder is not None
    assert ((folder / "file").read_text(), (outside / "file").read_text()) == ("new", "whole")


def test_a_file_takes_the_place_of_a_folder_and_the_other_way_round(tmp_path: Path) -> None:
    first = archive(tmp_path, "one.zip", {"a/b": "1", "c": "1"})
    folder = merged([first, archive(tmp_path, "two.zip", {"a": "2", "c/d": "2"})], tmp_path)
    assert folder is not None
    assert ((folder / "a").read_text(), (folder / "c" / "d").read_text()) == ("2", "2")


def test_folders_of_an_archive_may_have_entries_of_their_own(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in ("a/", "a/b/"):
            made.writestr(name, "")
        made.writestr("a/b/c", "c")
    path = tmp_path / "a.zip"
    path.write_bytes(buffer.getvalue())
    folder = merged([path, archive(tmp_path, "b.zip", {"a/d": "d"}), path], tmp_path)
    assert folder is not None
    assert sorted(found.name for found in (folder / "a").iterdir()) == ["b", "d"]
