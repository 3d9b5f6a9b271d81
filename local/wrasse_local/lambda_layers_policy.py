"""The policy of a layer version: who besides its account may use it.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html
A statement is for an account, for everybody (`*`), or for everybody of an organization.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from .put_faults import refusal

EVERYBODY = "*"


@dataclass(frozen=True)
class Statement:
    """`principal` is an account's id or `*`."""

    id: str
    version_arn: str
    principal: str
    organization: str | None = None

    def document(self) -> dict[str, Any]:
        account = {"AWS": f"arn:aws:iam::{self.principal}:root"}
        condition = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": self.organization}}}
        return {
            "Sid": self.id,
            "Effect": "Allow",
            "Principal": EVERYBODY if self.principal == EVERYBODY else account,
            "Action": "lambda:GetLayerVersion",
            "Resource": self.version_arn,
            **(condition if self.organization else {}),
        }


@dataclass
class Policy:
    revision: str = field(default_factory=lambda: str(uuid.uuid4()))
    statements: dict[str, Statement] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        if not self.statements:
            message = "No policy is associated with the given resource."
            raise refusal(404, "ResourceNotFoundException", message)
        documents = [statement.document() for statement in self.statements.values()]
        return {"Version": "2012-10-17", "Id": "default", "Statement": documents}

    def add(self, statement: Statement, revision: str | None) -> None:
        if statement.id in self.statements:
            raise refusal(
                409,
                "ResourceConflictException",
                f"The statement id ({statement.id}) provided already exists. Please provide a new statement id, or "
                "remove the existing statement.",
            )
        self._change(revision)
        self.statements[statement.id] = statement

    def remove(self, statement_id: str, revision: str | None) -> None:
        if statement_id not in self.statements:
            message = f"Statement {statement_id} is not found in resource policy."
            raise refusal(404, "ResourceNotFoundException", message)
        self._change(revision)
        del self.statements[statement_id]

    def lets_in(self, account: str) -> bool:
        """Whether an account may use the version. NotImplementedError where an organization decides that."""
        statements = self.statements.values()
        if any(not one.organization and one.principal in (account, EVERYBODY) for one in statements):
            return True
        for one in statements:
            if one.organization:
                raise NotImplementedError(f"the engine does not know which accounts are in {one.organization}")
        return False

    def _change(self, expected: str | None) -> None:
        if expected and expected != self.revision:
            raise refusal(
                412,
                "PreconditionFailedException",
                "The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to "
                "retrieve the latest Revision Id",
            )
        self.revision = str(uuid.uuid4())
