from __future__ import annotations

import pytest

from .rds_support import RunningEngine, code_of, new_name

TAG = [{"Key": "wrasse:run", "Value": "0123456789abcdef"}]


def test_tags_are_added_listed_and_shown(engine: RunningEngine) -> None:
    snapshot = engine.create_snapshot("prod", new_name(), Tags=[{"Key": "a", "Value": "b"}])
    engine.rds.add_tags_to_resource(ResourceName=snapshot["DBSnapshotArn"], Tags=TAG)
    listed = engine.rds.list_tags_for_resource(ResourceName=snapshot["DBSnapshotArn"])["TagList"]
    assert listed == engine.snapshot(snapshot["DBSnapshotIdentifier"])["TagList"]
    assert {tag["Key"]: tag["Value"] for tag in listed} == {"a": "b", "wrasse:run": "0123456789abcdef"}
    engine.rds.remove_tags_from_resource(ResourceName=snapshot["DBSnapshotArn"], TagKeys=["a"])
    assert engine.snapshot(snapshot["DBSnapshotIdentifier"])["TagList"] == TAG


@pytest.mark.parametrize(("kind", "code"), [("db", "DBInstanceNotFound"), ("snapshot", "DBSnapshotNotFound")])
def test_tags_of_what_is_not_there_are_an_error(engine: RunningEngine, kind: str, code: str) -> None:
    arn = f"arn:aws:rds:us-east-1:123456789012:{kind}:no-such"
    assert code_of(engine.rds.list_tags_for_resource, ResourceName=arn) == code
    assert code_of(engine.rds.add_tags_to_resource, ResourceName=arn, Tags=TAG) == code


def test_tag_keys_of_aws_are_refused(engine: RunningEngine) -> None:
    arn = engine.describe("prod")["DBInstanceArn"]
    tags = [{"Key": "aws:mine", "Value": "x"}]
    assert code_of(engine.rds.add_tags_to_resource, ResourceName=arn, Tags=tags) == "InvalidParameterValue"
