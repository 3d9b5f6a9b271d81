"""Repositories: made, shown, listed, tagged and deleted; and what changes in them is told.

AWS: https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateRepository.html
The default branch is the first one, until another is chosen; an empty repository has none:
https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-change-branch.html
Stock moto keeps names alone. Here a repository is a folder below `codecommit` in the state folder, which people may
clone from and push to: a hook tells `POST /_engine/codecommit/pushed`.
"""

from __future__ import annotations

import shlex
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import codecommit_events
from .codecommit_git import HEADS, Git
from .codecommit_records import URL, Repository, arn, page, repository_name
from .engine import ACCOUNT, REGION, ControlError, Engine
from .put_faults import refusal

HOOK = Path(__file__).with_name("codecommit_hook.py")
MOST_TAGS = 50
# The API's page does not say how many.
REPOSITORIES_A_PAGE = 1000
SORT_KEYS = {"repositoryName": "name", "lastModifiedDate": "modified"}


class Repositories:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._announcer = codecommit_events.Announcer(engine)
        self._repositories: dict[tuple[str, str], Repository] = {}
        self._lock = threading.Lock()
        engine.control["GET", "/codecommit"] = lambda _: self._folders()
        engine.control["POST", "/codecommit/pushed"] = self._pushed

    def get(self, account: str, body: dict[str, Any]) -> Repository:
        name = repository_name(body)
        found = self._repositories.get((account, name))
        if found is None:
            raise refusal(400, "RepositoryDoesNotExistException", f"{name} does not exist")
        return found

    def at(self, account: str, location: str) -> Repository | None:
        """The repository that a clone URL of HTTPS names."""
        return self._repositories.get((account, location.removeprefix(URL)))

    @contextmanager
    def changing(self, account: str, body: dict[str, Any]) -> Iterator[Repository]:
        """The repository, for a change of its branches alone; events tell of it at the end."""
        repository = self.get(account, body)
        with repository.lock:
            yield repository
            self._settle(repository)

    def create(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        name, tags, now = repository_name(body), _tags(body), self._engine.clock.now()
        if body.get("kmsKeyId"):
            raise NotImplementedError("the engine does not encrypt repositories by a key of yours")
        with self._lock:
            if (account, name) in self._repositories:
                raise refusal(400, "RepositoryNameExistsException", f"Repository named {name} already exists")
            git = Git(self._engine.folder("codecommit", account) / f"{name}.git")
            # Of an engine that had this state folder before.
            shutil.rmtree(git.folder, ignore_errors=True)
            git.create()
            self._hook(account, name, git.folder / "hooks")
            repository = Repository(account, name, git, now, now, body.get("repositoryDescription"), tags=tags)
            self._repositories[account, name] = repository
        return {"repositoryMetadata": repository.metadata()}

    def show(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        return {"repositoryMetadata": self.get(account, body).metadata()}

    def describe(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        self.get(account, body).description = body.get("repositoryDescription")
        return {}

    def delete(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        """One that is not there is no error. No event tells of its branches."""
        found = self._repositories.pop((account, repository_name(body)), None)
        if found is None:
            return {}
        with found.lock:
            shutil.rmtree(found.git.folder)
        return {"repositoryId": found.id}

    def list(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        key = SORT_KEYS[body.get("sortBy") or "repositoryName"]
        ordered = sorted(
            (one for one in list(self._repositories.values()) if one.account == account),
            key=lambda one: getattr(one, key),
            reverse=body.get("order") == "descending",
        )
        pairs = [{"repositoryName": one.name, "repositoryId": one.id} for one in ordered]
        return page("repositories", pairs, body, REPOSITORIES_A_PAGE)

    def tags(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        return {"tags": dict(self._tagged(account, body).tags)}

    def tag(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        repository = self._tagged(account, body)
        repository.tags = _tags({"tags": {**repository.tags, **body["tags"]}})
        return {}

    def untag(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        repository = self._tagged(account, body)
        repository.tags = {key: value for key, value in repository.tags.items() if key not in body["tagKeys"]}
        return {}

    def _tagged(self, account: str, body: dict[str, Any]) -> Repository:
        given = body.get("resourceArn") or ""
        prefix = arn(account, "")
        if not given.startswith(prefix):
            raise refusal(400, "InvalidResourceArnException", f"{given} is not the ARN of a repository of {account}.")
        return self.get(account, {"repositoryName": given.removeprefix(prefix)})

    def _settle(self, repository: Repository) -> None:
        """Tells of all that changed since the last time, by whomever."""
        refs = repository.git.refs()
        branches = [ref.removeprefix(HEADS) for ref in refs if ref.startswith(HEADS)]
        if repository.default_branch is None and branches:
            repository.default_branch = "main" if "main" in branches else branches[0]
            repository.git.set_head(repository.default_branch)
        found = codecommit_events.changed(repository.seen, refs)
        repository.seen = refs
        if found:
            repository.modified = self._engine.clock.now()
        for change in found:
            self._announcer.announce(repository, change)

    def _folders(self) -> dict[str, str]:
        return {
            one.name if one.account == ACCOUNT else f"{one.account}/{one.name}": str(one.git.folder)
            for one in list(self._repositories.values())
        }

    def _pushed(self, body: dict[str, Any]) -> object:
        found = self._repositories.get((body.get("account", ACCOUNT), body.get("repository", "")))
        if found is None:
            raise ControlError(
                404, f"no repository {body.get('repository')!r}; there are: {', '.join(self._folders())}"
            )
        with found.lock:
            self._settle(found)
        return found.seen

    def _hook(self, account: str, name: str, folder: Path) -> None:
        words = [sys.executable, str(HOOK), f"{self._engine.endpoint}/_engine/codecommit/pushed", account, name]
        folder.mkdir(exist_ok=True)
        (folder / "post-receive").write_text(f"#!/bin/sh\nexec {shlex.join(words)}\n")
        (folder / "post-receive").chmod(0o755)


def check_region(region: str) -> None:
    if region != REGION:
        raise NotImplementedError(f"the engine has repositories in {REGION} alone, not in {region}")


def _tags(body: dict[str, Any]) -> dict[str, str]:
    tags = body.get("tags") or {}
    if len(tags) > MOST_TAGS:
        raise refusal(400, "TooManyTagsException", f"A repository has {MOST_TAGS} tags at most, not {len(tags)}.")
    if any(key.lower().startswith("aws:") for key in tags):
        raise refusal(400, "InvalidSystemTagUsageException", "A tag's key cannot begin with aws:.")
    return dict(tags)
