"""A CodeCommit repository's folder: a bare git repository, which the program `git` reads and writes.

Branches are kept in a reftable where git has one (2.45 and later), as a file's name is too short for a branch's of 256
characters: https://git-scm.com/docs/reftable. Nothing is ever collected as garbage: a deleted branch's commits stay, as
on AWS. No setting of the user's reaches git.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .codecommit_changes import File

HEADS, TAGS = "refs/heads/", "refs/tags/"
NO_COMMIT = "0" * 40
NOTHING: Mapping[str, str] = {}
# Also what a build may fetch: a commit by its id, if a branch or tag leads to it.
SETTINGS = {
    "core.logAllRefUpdates": "false",
    "gc.auto": "0",
    "receive.autogc": "false",
    "uploadpack.allowReachableSHA1InWant": "true",
}


class GitError(RuntimeError):
    """What git said when it failed, or that there is no git."""


@dataclass(frozen=True)
class Commit:
    id: str
    tree: str
    parents: list[str]
    author: str
    committer: str
    message: str


class Git:
    """The repository in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self) -> None:
        words = ("init", "--quiet", "--bare", "--template=", "--initial-branch=main")
        try:
            run(*words, "--ref-format=reftable", str(self.folder))
        except GitError:
            run(*words, str(self.folder))
        for name, value in SETTINGS.items():
            self("config", name, value)

    def refs(self) -> dict[str, str]:
        """All branches and tags, by their full names: the ids that they point to."""
        lines = self("for-each-ref", "--format=%(objectname) %(refname)", HEADS, TAGS).splitlines()
        pairs = (line.decode(errors="replace").split(" ", 1) for line in lines)
        return {name: commit for commit, name in pairs}

    def set_ref(self, name: str, commit: str, before: str = NO_COMMIT) -> None:
        """Makes a branch, or moves it from `before`. GitError where it is not what it was."""
        self("update-ref", name, commit, before)

    def delete_ref(self, name: str, before: str) -> None:
        self("update-ref", "-d", name, before)

    def set_head(self, branch: str) -> None:
        """What people get who clone the folder."""
        self("symbolic-ref", "HEAD", HEADS + branch)

    def peeled(self, id: str) -> str:
        """The commit that a branch or a tag points to, also where the tag is an object of its own."""
        return self("rev-parse", "--verify", f"{id}^{{commit}}").decode().strip()

    def commits(self, ids: Iterable[str]) -> dict[str, Commit]:
        """Those of the ids (of 40 digits) that are commits."""
        wanted = list(dict.fromkeys(ids))
        output, found = self("cat-file", "--batch", stdin="".join(f"{one}\n" for one in wanted).encode()), {}
        for one in wanted:
            head, _, output = output.partition(b"\n")
            if head.endswith(b" missing"):
                continue
            _, kind, size = head.split()
            content, output = output[: int(size)], output[int(size) + 1 :]
            if kind == b"commit":
                found[one] = _commit(one, content)
        return found

    def files(self, commit: str | None) -> dict[str, File]:
        """All files of a commit by their paths; of none, none."""
        if commit is None:
            return {}
        entries = self("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0")[:-1]
        found = {}
        for entry in entries:
            about, _, path = entry.partition(b"\t")
            mode, _, blob = about.decode().split()
            found[path.decode(errors="replace")] = File(mode, blob)
        return found

    def blob(self, content: bytes) -> str:
        """Stores a file's content; answers its id."""
        return self("hash-object", "-w", "--stdin", stdin=content).decode().strip()

    def content(self, blob: str) -> bytes:
        return self("cat-file", "blob", blob)

    def tree(self, parent: str | None, changes: Mapping[str, File | None]) -> str:
        """Stores the files of a commit with some of them changed (None: taken away); answers the tree's id."""
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": f"{folder}/index"}
            self("read-tree", parent or "--empty", environment=index)
            lines = [
                f"{file.mode} {file.blob}\t{path}\0" if file else f"0 {NO_COMMIT}\t{path}\0"
                for path, file in changes.items()
            ]
            self("update-index", "-z", "--index-info", stdin="".join(lines).encode(), environment=index)
            return self("write-tree", environment=index).decode().strip()

    def commit(self, tree: str, parent: str | None, author: tuple[str, str], message: str, seconds: int) -> str:
        """Stores a commit, which its author also committed; answers its id."""
        parents = ("-p", parent) if parent else ()
        who = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", author[0]), ("EMAIL", author[1]), ("DATE", f"{seconds} +0000"))
        }
        return self("commit-tree", tree, *parents, "-F", "-", stdin=message.encode(), environment=who).decode().strip()

    def __call__(self, *words: str, stdin: bytes = b"", environment: Mapping[str, str] = NOTHING) -> bytes:
        return run(f"--git-dir={self.folder}", *words, stdin=stdin, environment=environment)


def run(*words: str, stdin: bytes = b"", environment: Mapping[str, str] = NOTHING) -> bytes:
    """What git printed. GitError with its own words where it failed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    clean = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *(os.fsencode(word) for word in words)],
            input=stdin,
            capture_output=True,
            env={**kept, **clean, **environment},
        )
    except FileNotFoundError as error:
        raise GitError("the engine's CodeCommit needs the program git, which is not on the PATH") from error
    if done.returncode != 0:
        raise GitError(done.stderr.decode(errors="replace").strip() or f"git {words[0]} ended with {done.returncode}")
    return done.stdout


def is_ref_name(name: str) -> bool:
    """https://git-scm.com/docs/git-check-ref-format"""
    if "\0" in name:
        return False
    try:
        run("check-ref-format", name)
    except GitError:
        run("--version")
        return False
    return True


def _commit(id: str, content: bytes) -> Commit:
    head, _, message = content.decode(errors="replace").partition("\n\n")
    # A line that begins with a space continues the one before it, as signatures do.
    lines = [line.split(" ", 1) for line in head.split("\n") if not line.startswith(" ")]
    fields = dict(reversed(lines))
    parents = [value for name, value in lines if name == "parent"]
    return Commit(id, fields["tree"], parents, fields["author"], fields["committer"], message)
