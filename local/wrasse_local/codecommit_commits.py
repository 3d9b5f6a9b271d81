"""Commits and files of a repository: made by the API, and shown.

AWS: https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateCommit.html
https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PutFile.html
The first commit of a repository makes its branch and has no parent; every other one names the tip of its branch as its
parent. Commits have the engine's time.
"""

from __future__ import annotations

import base64
import re
from typing import Any

from .codecommit_branches import set_branch
from .codecommit_changes import MODES, Changes, File, changes, path_of
from .codecommit_git import HEADS, TAGS, Commit, Git
from .codecommit_records import COMMIT_ID, Repository, branch_name, commit_id, no_branch
from .codecommit_repositories import Repositories
from .engine import Engine
from .put_faults import refusal

# https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html
MOST_BYTES = 6 * 1024 * 1024
MOST_FILES = 100
MOST_COMMITS = 100
OF_A_FILE = ("filePath", "fileContent", "fileMode")
NOT_DONE = ("keepEmptyFolders", "setFileModes")
WHO = re.compile(r"(?P<name>.*) <(?P<email>.*)> (?P<date>-?\d+ [+-]\d{4})")


class Commits:
    def __init__(self, engine: Engine, repositories: Repositories) -> None:
        self._engine, self._repositories = engine, repositories

    def create(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        for member in NOT_DONE:
            if body.get(member):
                raise NotImplementedError(f"the engine makes no commit with {member}")
        put, deleted = body.get("putFiles") or [], body.get("deleteFiles") or []
        if not put and not deleted:
            raise refusal(400, "FileEntryRequiredException", "The commit has no files.")
        if len(put) + len(deleted) > MOST_FILES:
            raise refusal(400, "MaximumFileEntriesExceededException", f"A commit has {MOST_FILES} files at most.")
        commit, tree, made = self._committed(account, body, put, [entry["filePath"] for entry in deleted])
        return {
            "commitId": commit,
            "treeId": tree,
            "filesAdded": _described(made.added),
            "filesUpdated": _described(made.updated),
            "filesDeleted": _described(made.deleted),
        }

    def put_file(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        entry: dict[str, Any] = {name: body[name] for name in OF_A_FILE if name in body}
        given = {**body, **({"authorName": body["name"]} if "name" in body else {})}
        commit, tree, made = self._committed(account, given, [entry], [], unchanged="SameFileContentException")
        [file] = [*made.added.values(), *made.updated.values()]
        return {"commitId": commit, "blobId": file.blob, "treeId": tree}

    def show(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        git, wanted = self._repositories.get(account, body).git, commit_id(body["commitId"])
        found = git.commits([wanted])
        if not found:
            raise refusal(400, "CommitIdDoesNotExistException", f"{wanted} does not exist")
        return {"commit": _shown(found[wanted])}

    def several(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        git, ids = self._repositories.get(account, body).git, body.get("commitIds") or []
        if not ids:
            raise refusal(400, "CommitIdsListRequiredException", "The list of commit IDs is empty.")
        if len(ids) > MOST_COMMITS:
            raise refusal(400, "CommitIdsLimitExceededException", f"At most {MOST_COMMITS} commit IDs are allowed.")
        found = git.commits(one for one in ids if COMMIT_ID.fullmatch(one))
        wrong = [
            ("CommitIdDoesNotExistException", one) if COMMIT_ID.fullmatch(one) else ("InvalidCommitIdException", one)
            for one in ids
            if one not in found
        ]
        return {
            "commits": [_shown(found[one]) for one in ids if one in found],
            "errors": [{"commitId": one, "errorCode": code, "errorMessage": one} for code, one in wrong],
        }

    def file(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        repository, path = self._repositories.get(account, body), path_of(body["filePath"])
        commit = _specified(repository, body.get("commitSpecifier"))
        file = repository.git.files(commit).get(path)
        if file is None:
            raise refusal(400, "FileDoesNotExistException", f"{path} does not exist in {commit}")
        content = repository.git.content(file.blob)
        if len(content) > MOST_BYTES:
            raise refusal(400, "FileTooLargeException", f"{path} has {len(content)} bytes, more than {MOST_BYTES}.")
        return {
            "commitId": commit,
            "blobId": file.blob,
            "filePath": path,
            "fileMode": file.mode_name,
            "fileSize": len(content),
            "fileContent": base64.b64encode(content).decode(),
        }

    def _committed(
        self,
        account: str,
        body: dict[str, Any],
        put: list[dict[str, Any]],
        deleted: list[str],
        unchanged: str | None = None,
    ) -> tuple[str, str, Changes]:
        """The commit's id, its tree's and what it changed. `unchanged` is the error where it changes no file."""
        with self._repositories.changing(account, body) as repository:
            git, branch = repository.git, branch_name(body)
            parent = _parent(repository, branch, body.get("parentCommitId"))
            paths = [path_of(entry["filePath"]) for entry in put] + [path_of(path) for path in deleted]
            if len(set(paths)) < len(paths):
                raise refusal(400, "SamePathRequestException", "The commit has two changes of one path.")
            files = {path_of(entry["filePath"]): _file(git, entry) for entry in put}
            existing = git.files(parent)
            if unchanged and files.items() <= existing.items():
                raise refusal(400, unchanged, "The file is what it was.")
            made = changes(existing, files, [path_of(path) for path in deleted])
            tree = git.tree(parent, made.of_the_tree())
            author = (body.get("authorName") or "engine", body.get("email") or "")
            seconds = int(self._engine.clock.now().timestamp())
            commit = git.commit(tree, parent, author, body.get("commitMessage") or "", seconds)
            set_branch(repository, branch, commit, parent)
        return commit, tree, made


def _parent(repository: Repository, branch: str, given: str | None) -> str | None:
    """The commit that comes before; None in an empty repository."""
    refs = repository.git.refs()
    if not refs and given is None:
        return None
    tip = refs.get(HEADS + branch)
    if refs and tip is None:
        raise no_branch(branch)
    if given is None:
        raise refusal(400, "ParentCommitIdRequiredException", "A parent commit ID is required.")
    commit_id(given, "InvalidParentCommitIdException")
    if not repository.git.commits([given]):
        raise refusal(400, "ParentCommitDoesNotExistException", f"{given} does not exist")
    if given != tip:
        message = f"The parent commit ID {given} is outdated: the tip of {branch} is {tip}."
        raise refusal(400, "ParentCommitIdOutdatedException", message)
    return given


def _file(git: Git, entry: dict[str, Any]) -> File:
    if "sourceFile" in entry:
        raise NotImplementedError("the engine makes no commit with sourceFile")
    if "fileContent" not in entry:
        raise refusal(400, "SourceFileOrContentRequiredException", f"{entry['filePath']} has no content.")
    mode = entry.get("fileMode") or "NORMAL"
    if mode not in MODES:
        raise refusal(400, "InvalidFileModeException", f"The file mode {mode} is not valid.")
    content = base64.b64decode(entry["fileContent"])
    if len(content) > MOST_BYTES:
        message = f"{entry['filePath']} has {len(content)} bytes, more than {MOST_BYTES}."
        raise refusal(400, "FileContentSizeLimitExceededException", message)
    return File(MODES[mode], git.blob(content))


def _specified(repository: Repository, specifier: str | None) -> str:
    """The commit that an id, a branch, a tag or a full reference names; without one, the default branch's."""
    refs, name = repository.git.refs(), specifier or repository.default_branch or "HEAD"
    for ref in (name, HEADS + name, TAGS + name):
        if ref in refs:
            return repository.git.peeled(refs[ref])
    if COMMIT_ID.fullmatch(name) and repository.git.commits([name]):
        return name
    raise refusal(400, "CommitDoesNotExistException", f"{name} does not exist")


def _described(files: dict[str, File]) -> list[dict[str, str]]:
    return [
        {"absolutePath": path, "blobId": file.blob, "fileMode": file.mode_name} for path, file in sorted(files.items())
    ]


def _shown(commit: Commit) -> dict[str, Any]:
    return {
        "commitId": commit.id,
        "treeId": commit.tree,
        "parents": commit.parents,
        "message": commit.message,
        "author": _who(commit.author),
        "committer": _who(commit.committer),
        "additionalData": "",
    }


def _who(text: str) -> dict[str, str]:
    found = WHO.fullmatch(text)
    return found.groupdict() if found else {"name": text}
