from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wrasse_local import codecommit_hook
from wrasse_local.codecommit_events import Change, changed

from .helpers import Account, eventually
from .repositories import Repository, git


def told(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["detail"]["event"], one["detail"]["referenceName"]) for one in events]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {}, []),
        ({"refs/heads/a": "1"}, {"refs/heads/a": "1"}, []),
        ({}, {"refs/heads/a": "1"}, [Change("refs/heads/a", None, "1")]),
        ({"refs/heads/a": "1"}, {"refs/heads/a": "2"}, [Change("refs/heads/a", "1", "2")]),
        ({"refs/tags/a": "1"}, {}, [Change("refs/tags/a", "1", None)]),
    ],
)
def test_the_difference_of_two_states_is_what_happened(
    before: dict[str, str], after: dict[str, str], expected: list[Change]
) -> None:
    assert changed(before, after) == expected


def test_a_branch_s_life_is_three_kinds_of_events(aws: Account) -> None:
    repository = Repository(aws)
    first = repository.commit()
    url = repository.events()
    repository.branch("feature/x", first)
    second = repository.commit("feature/x")
    repository.delete("feature/x")
    made, moved, gone = repository.received(url, 3)
    assert (made["source"], made["detail-type"]) == ("aws.codecommit", "CodeCommit Repository State Change")
    assert (made["account"], made["region"]) == ("123456789012", "us-east-1")
    assert made["resources"] == [repository.metadata["Arn"]]
    branch = {
        "repositoryName": repository.name,
        "repositoryId": repository.metadata["repositoryId"],
        "referenceType": "branch",
        "referenceName": "feature/x",
        "referenceFullName": "refs/heads/feature/x",
        "callerUserArn": "arn:aws:iam::123456789012:user/engine",
    }
    assert made["detail"] == {**branch, "event": "referenceCreated", "commitId": first}
    assert moved["detail"] == {**branch, "event": "referenceUpdated", "commitId": second, "oldCommitId": first}
    assert gone["detail"] == {**branch, "event": "referenceDeleted", "oldCommitId": second}


def test_a_push_is_told_by_the_repository_s_hook(aws: Account, tmp_path: Path) -> None:
    repository = Repository(aws)
    repository.commit()
    url = repository.events()
    clone = repository.cloned(tmp_path / "clone")
    git(clone, "commit", "--quiet", "--allow-empty", "-m", "one")
    git(clone, "push", "--quiet", "origin", "HEAD", "HEAD:refs/heads/work", "HEAD:refs/tags/v1")
    assert told(repository.received(url, 3)) == [
        ("referenceUpdated", "main"),
        ("referenceCreated", "work"),
        ("referenceCreated", "v1"),
    ]
    git(clone, "push", "--quiet", "origin", ":work")
    assert told(repository.received(url, 1)) == [("referenceDeleted", "work")]


def test_the_first_push_makes_the_default_branch(aws: Account, tmp_path: Path) -> None:
    repository = Repository(aws)
    clone = repository.cloned(tmp_path / "clone")
    git(clone, "commit", "--quiet", "--allow-empty", "-m", "one")
    git(clone, "push", "--quiet", "origin", "HEAD:refs/heads/trunk")
    found = repository.api.get_repository(repositoryName=repository.name)["repositoryMetadata"]
    assert found["defaultBranch"] == "trunk"
    assert git(repository.cloned(tmp_path / "other"), "branch", "--show-current") == "trunk"


def test_a_change_without_the_hook_is_told_when_the_engine_is(aws: Account) -> None:
    repository = Repository(aws)
    commit = repository.commit()
    url = repository.events()
    git(repository.folder(), "update-ref", "refs/heads/silent", commit)
    seen = aws.post("/codecommit/pushed", repository=repository.name)
    assert seen == {"refs/heads/main": commit, "refs/heads/silent": commit}
    aws.post("/codecommit/pushed", repository=repository.name)
    repository.branch("last")
    assert told(repository.received(url, 2)) == [("referenceCreated", "silent"), ("referenceCreated", "last")]
    assert aws.post("/codecommit/pushed", repository="none")["status"] == 404


def test_a_push_to_a_folder_of_an_engine_that_has_ended_says_so() -> None:
    words = [sys.executable, codecommit_hook.__file__, "http://127.0.0.1:1/_engine/codecommit/pushed", "1", "r"]
    done = subprocess.run(words, capture_output=True, check=True)
    assert b"was not told" in done.stderr


def test_an_event_is_lost_on_request(aws: Account) -> None:
    repository = Repository(aws)
    repository.commit()
    url = repository.events()
    aws.post("/codecommit/faults", kind="lose", count=2)
    repository.branch("a")
    repository.branch("b")
    repository.branch("c")
    assert told(repository.received(url, 1)) == [("referenceCreated", "c")]


def test_a_rule_s_function_may_ask_for_the_branch_that_it_is_told_of(aws: Account) -> None:
    repository = Repository(aws)
    repository.commit()
    group = f"/aws/lambda/{(name := aws.function(ASKING))}"
    arn = aws("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    rule = repository.name
    aws("events").put_rule(Name=rule, EventPattern=f'{{"resources": ["{repository.metadata["Arn"]}"]}}')
    aws("events").put_targets(Rule=rule, Targets=[{"Id": "t", "Arn": arn}])
    commit = repository.branch("work")
    found = aws("logs").describe_log_groups
    eventually(lambda: found(logGroupNamePrefix=group)["logGroups"])
    assert eventually(lambda: [line for line in aws.log_lines(group) if commit in line])


ASKING = """
import urllib.request

def handle(event):
    detail = event["detail"]
    scope = "Credential=%s/20260101/us-east-1/codecommit/aws4_request" % os.environ["AWS_ACCESS_KEY_ID"]
    headers = {
        "X-Amz-Target": "CodeCommit_20150413.GetBranch",
        "Content-Type": "application/x-amz-json-1.1",
        "Authorization": "AWS4-HMAC-SHA256 " + scope + ", SignedHeaders=host, Signature=0",
    }
    wanted = {"repositoryName": detail["repositoryName"], "branchName": detail["referenceName"]}
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"] + "/", json.dumps(wanted).encode(), headers)
    print(urllib.request.urlopen(request).read().decode(), flush=True)
"""
