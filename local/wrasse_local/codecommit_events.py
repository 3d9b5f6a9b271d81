"""New, moved and deleted branches and tags of a repository as events on EventBridge's default bus.

AWS: https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html
The examples there have no `callerUserArn`; the events' schema has it:
https://docs.aws.amazon.com/cdk/api/v2/python/aws_cdk.mixins_preview.aws_codecommit.events/CodeCommitRepositoryStateChange.html
Delivery is best effort on AWS (https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-codecommit.html); here
`POST /_engine/codecommit/faults {"kind": "lose", "count": N}` loses the next N events.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import eventbridge_targets
from .codecommit_git import HEADS, TAGS
from .codecommit_records import Repository
from .engine import REGION, Engine
from .put_faults import Faults, route

LOSE = "lose"
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Change:
    """What happened to a branch or tag: from one commit, or none, to another."""

    ref: str
    before: str | None
    after: str | None

    def detail(self) -> dict[str, str]:
        event = "Created" if self.before is None else "Deleted" if self.after is None else "Updated"
        kind, prefix = ("tag", TAGS) if self.ref.startswith(TAGS) else ("branch", HEADS)
        commits = {"commitId": self.after, "oldCommitId": self.before}
        return {
            "event": f"reference{event}",
            "referenceType": kind,
            "referenceName": self.ref.removeprefix(prefix),
            "referenceFullName": self.ref,
            **{name: commit for name, commit in commits.items() if commit is not None},
        }


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """The differences of two states of the refs, by name."""
    refs = sorted({*before, *after})
    return [Change(ref, before.get(ref), after.get(ref)) for ref in refs if before.get(ref) != after.get(ref)]


class Announcer:
    """Hands events to EventBridge, but for those that a fault loses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._faults: Faults = route(engine, "codecommit", LOSE)

    def announce(self, repository: Repository, change: Change) -> None:
        if self._faults.take(LOSE):
            LOG.info("lost by a fault: %s of %s", change.detail()["event"], change.ref)
            return
        event: dict[str, Any] = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "CodeCommit Repository State Change",
            "source": "aws.codecommit",
            "account": repository.account,
            "time": self._engine.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": REGION,
            "resources": [repository.arn],
            "detail": {
                "repositoryName": repository.name,
                "repositoryId": repository.id,
                "callerUserArn": f"arn:aws:iam::{repository.account}:user/engine",
                **change.detail(),
            },
        }
        try:
            eventbridge_targets.emit(event)
        except Exception:
            LOG.exception("an event of the repository %s", repository.name)
