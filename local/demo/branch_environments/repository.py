"""The team's repository: an application, and its branches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from demo.context import Context

NAME = "shop"
DEFAULT = "main"
TEMPLATE = """\
Description: The shop, as far as this demo needs one
Resources:
  Greeting:
    Type: AWS::SSM::Parameter
    Properties:
      Name: !Sub /shop/${{AWS::StackName}}/greeting
      Type: String
      Value: {greeting}
"""
DEPLOYMENT = "deployment: cloudformation\n"


@dataclass(frozen=True)
class Repository:
    """A repository in CodeCommit."""

    api: Any

    @classmethod
    def create(cls, context: Context) -> Repository:
        """With an application on its default branch."""
        repository = cls(context.client("codecommit"))
        repository.api.create_repository(repositoryName=NAME)
        repository.api.create_commit(
            repositoryName=NAME,
            branchName=DEFAULT,
            putFiles=[
                {"filePath": "template.yaml", "fileContent": TEMPLATE.format(greeting="Hello").encode()},
                {"filePath": ".wrasse.yaml", "fileContent": DEPLOYMENT.encode()},
            ],
        )
        return repository

    def head(self, branch: str) -> str:
        """The commit that a branch is at."""
        return str(self.api.get_branch(repositoryName=NAME, branchName=branch)["branch"]["commitId"])

    def branch(self, name: str) -> None:
        """A new branch, where the default is."""
        self.api.create_branch(repositoryName=NAME, branchName=name, commitId=self.head(DEFAULT))

    def push(self, branch: str, greeting: str) -> None:
        """A commit that changes the application."""
        self.api.create_commit(
            repositoryName=NAME,
            branchName=branch,
            parentCommitId=self.head(branch),
            putFiles=[{"filePath": "template.yaml", "fileContent": TEMPLATE.format(greeting=greeting).encode()}],
        )

    def delete(self, branch: str) -> None:
        """The branch goes away."""
        self.api.delete_branch(repositoryName=NAME, branchName=branch)
