from __future__ import annotations

import pytest
from moto.core.exceptions import JsonRESTError

from wrasse_local.codecommit_changes import Changes, File, changes, path_of

OLD = File("100644", "1" * 40)
NEW = File("100644", "2" * 40)
SCRIPT = File("100755", "1" * 40)
FILES = {"a": OLD, "b": OLD, "folder/c": OLD}


@pytest.mark.parametrize(
    ("put", "deleted", "made"),
    [
        ({"new": NEW}, [], Changes({"new": NEW}, {}, {})),
        ({"a": NEW}, [], Changes({}, {"a": NEW}, {})),
        ({"a": SCRIPT}, [], Changes({}, {"a": SCRIPT}, {})),
        ({"a": OLD, "b": NEW}, [], Changes({}, {"b": NEW}, {})),
        ({}, ["a"], Changes({}, {}, {"a": OLD})),
        ({"a/now/folder": NEW}, ["a"], Changes({"a/now/folder": NEW}, {}, {"a": OLD})),
        ({"folder": NEW}, ["folder/c"], Changes({"folder": NEW}, {}, {"folder/c": OLD})),
    ],
)
def test_files_are_added_updated_and_deleted(put: dict[str, File], deleted: list[str], made: Changes) -> None:
    assert changes(FILES, put, deleted) == made


@pytest.mark.parametrize(
    ("put", "deleted", "error"),
    [
        ({"a": OLD}, [], "NoChangeException"),
        ({}, ["none"], "FileDoesNotExistException"),
        ({"folder": NEW}, [], "FileNameConflictsWithDirectoryNameException"),
        ({"a/b": NEW}, [], "DirectoryNameConflictsWithFileNameException"),
        ({"x": NEW, "x/y/z": NEW}, [], "FileNameConflictsWithDirectoryNameException"),
    ],
)
def test_what_cannot_be_is_refused(put: dict[str, File], deleted: list[str], error: str) -> None:
    with pytest.raises(JsonRESTError) as refusal:
        changes(FILES, put, deleted)
    assert refusal.value.error_type == error


@pytest.mark.parametrize("text", ["", "/", "a//b", "../a", "a/./b", ".git/config", "a\0b", "a/" * 2048 + "b", "//a"])
def test_a_path_that_is_no_file_s_is_refused(text: str) -> None:
    with pytest.raises(JsonRESTError) as refusal:
        path_of(text)
    assert refusal.value.error_type == "InvalidPathException"


def test_a_path_may_begin_with_a_slash() -> None:
    assert path_of("/a/b") == path_of("a/b") == "a/b"
