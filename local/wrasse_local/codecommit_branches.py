"""Branches of a repository: made, shown, listed and deleted.

AWS: https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateBranch.html
https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteBranch.html
As git has it, a branch `a` and a branch `a/b` cannot both be; what AWS answers is not documented.
"""

from __future__ import annotations

from typing import Any

from .codecommit_git import HEADS, GitError
from .codecommit_records import branch_name, commit_id, no_branch, page
from .codecommit_repositories import Repositories
from .put_faults import refusal

# The API's page does not say how many.
BRANCHES_A_PAGE = 100


class Branches:
    def __init__(self, repositories: Repositories) -> None:
        self._repositories = repositories

    def create(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        with self._repositories.changing(account, body) as repository:
            name = branch_name(body)
            if not body.get("commitId"):
                raise refusal(400, "CommitIdRequiredException", "A commit ID was not specified.")
            commit = commit_id(body["commitId"])
            if repository.tip(name) is not None:
                raise refusal(400, "BranchNameExistsException", f"Branch named {name} already exists")
            if not repository.git.commits([commit]):
                raise refusal(400, "CommitDoesNotExistException", f"{commit} does not exist")
            set_branch(repository, name, commit)
        return {}

    def show(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        repository, name = self._repositories.get(account, body), branch_name(body)
        tip = repository.tip(name)
        if tip is None:
            raise no_branch(name)
        return {"branch": {"branchName": name, "commitId": tip}}

    def list(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        refs = self._repositories.get(account, body).git.refs()
        names = sorted(ref.removeprefix(HEADS) for ref in refs if ref.startswith(HEADS))
        return page("branches", names, body, BRANCHES_A_PAGE)

    def delete(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        """One that is not there is no error, and the answer has nothing."""
        with self._repositories.changing(account, body) as repository:
            name = branch_name(body)
            if name == repository.default_branch:
                message = f"The branch {name} is the default branch of the repository, which cannot be deleted."
                raise refusal(400, "DefaultBranchCannotBeDeletedException", message)
            tip = repository.tip(name)
            if tip is None:
                return {}
            repository.git.delete_ref(HEADS + name, tip)
        return {"deletedBranch": {"branchName": name, "commitId": tip}}

    def set_default(self, account: str, body: dict[str, Any]) -> dict[str, Any]:
        with self._repositories.changing(account, body) as repository:
            name = branch_name(body, "defaultBranchName")
            if repository.tip(name) is None:
                raise no_branch(name)
            repository.default_branch = name
            repository.git.set_head(name)
        return {}


def set_branch(repository: Any, name: str, commit: str, before: str | None = None) -> None:
    """Makes or moves a branch."""
    try:
        repository.git.set_ref(HEADS + name, commit, *([before] if before else []))
    except GitError as error:
        raise refusal(400, "InvalidBranchNameException", f"The branch {name} is not made: {error}") from error
