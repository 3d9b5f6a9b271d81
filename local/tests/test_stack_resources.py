from __future__ import annotations

import pytest

from wrasse_local.stack_resources import generated_name


@pytest.mark.parametrize("kind", ["AWS::Lambda::Function", "AWS::S3::Bucket", "AWS::Scheduler::Schedule"])
def test_a_generated_name_fits_and_ends_with_twelve_characters(kind: str) -> None:
    name = generated_name(kind, "a-rather-long-stack-name-of-a-nested-stack", "AnEvenLongerLogicalIdOfAResource")
    assert len(name) <= 64
    assert len(name.split("-")[-1]) == 12
    assert "--" not in name


def test_a_short_name_is_kept_whole() -> None:
    assert generated_name("AWS::SQS::Queue", "stack", "Queue").startswith("stack-Queue-")
