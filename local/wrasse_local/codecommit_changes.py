"""What a commit does to the files of its parent, decided from the request and those files alone.

AWS: https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateCommit.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from .put_faults import refusal

MODES = {"NORMAL": "100644", "EXECUTABLE": "100755", "SYMLINK": "120000"}
MOST_PATH = 4096


@dataclass(frozen=True)
class File:
    """A file's mode and content as git has them."""

    mode: str
    blob: str

    @property
    def mode_name(self) -> str:
        """What the API calls the mode."""
        return next((name for name, mode in MODES.items() if mode == self.mode), "NORMAL")


@dataclass(frozen=True)
class Changes:
    added: dict[str, File]
    updated: dict[str, File]
    deleted: dict[str, File]

    def of_the_tree(self) -> dict[str, File | None]:
        return {**dict.fromkeys(self.deleted), **self.added, **self.updated}


def changes(files: Mapping[str, File], put: Mapping[str, File], deleted: Iterable[str]) -> Changes:
    """Raises what CreateCommit answers to changes that cannot be made, or change nothing."""
    gone = {}
    for path in deleted:
        if path not in files:
            raise refusal(400, "FileDoesNotExistException", f"The file {path} does not exist in the parent commit.")
        gone[path] = files[path]
    left = {path for path in files if path not in gone}
    for path in put:
        _check_place(path, {*left, *put})
    added = {path: file for path, file in put.items() if path not in files}
    updated = {path: file for path, file in put.items() if path in files and files[path] != file}
    if not (added or updated or gone):
        raise refusal(400, "NoChangeException", "The commit would change nothing.")
    return Changes(added, updated, gone)


def path_of(text: str) -> str:
    """A path of the repository, which may begin with a slash in a request."""
    path = text.removeprefix("/")
    parts = path.split("/")
    if any(part in ("", ".", "..", ".git") for part in parts) or "\0" in path or len(path) > MOST_PATH:
        raise refusal(400, "InvalidPathException", f"The path {text} is not one of a file in a repository.")
    return path


def _check_place(path: str, others: set[str]) -> None:
    for folder in PurePosixPath(path).parents:
        if str(folder) in others:
            message = f"The file {path} cannot be added: {folder} is a file."
            raise refusal(400, "DirectoryNameConflictsWithFileNameException", message)
    if any(other.startswith(f"{path}/") for other in others):
        message = f"The file {path} cannot be added: it is a folder."
        raise refusal(400, "FileNameConflictsWithDirectoryNameException", message)
