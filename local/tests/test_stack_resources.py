from __future__ import annotations

from typing import Any, ClassVar

import pytest

from wrasse_local import stack_resources
from wrasse_local.stack_resources import ResourceType, generated_name, with_stack_tags


@pytest.mark.parametrize("kind", ["AWS::Lambda::Function", "AWS::S3::Bucket", "AWS::Scheduler::Schedule"])
def test_a_generated_name_fits_and_ends_with_twelve_characters(kind: str) -> None:
    name = generated_name(kind, "a-rather-long-stack-name-of-a-nested-stack", "AnEvenLongerLogicalIdOfAResource")
    assert len(name) <= 64
    assert len(name.split("-")[-1]) == 12
    assert "--" not in name


def test_a_short_name_is_kept_whole() -> None:
    assert generated_name("AWS::SQS::Queue", "stack", "Queue").startswith("stack-Queue-")


class Tagged(ResourceType):
    type: ClassVar[str] = "Test::Tagged"
    takes_stack_tags = True


class Untagged(Tagged):
    type = "Test::Untagged"
    takes_stack_tags = False


def tags(**pairs: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in pairs.items()]


@pytest.mark.parametrize(
    ("kind", "own", "of_the_stack", "expected"),
    [
        ("Test::Tagged", {}, {}, {}),
        ("Test::Tagged", {"Name": "n"}, {"b": "2", "a": "1"}, {"Name": "n", "Tags": tags(a="1", b="2")}),
        ("Test::Tagged", {"Tags": tags(a="own")}, {"a": "1", "b": "2"}, {"Tags": tags(a="own", b="2")}),
        ("Test::Tagged", {"Tags": tags(a="own")}, {}, {"Tags": tags(a="own")}),
        ("Test::Untagged", {"Name": "n"}, {"a": "1"}, {"Name": "n"}),
        ("Test::None", {"Name": "n"}, {"a": "1"}, {"Name": "n"}),
    ],
)
def test_a_stack_s_tags_are_on_the_resources_that_take_them_beside_their_own(
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    own: dict[str, Any],
    of_the_stack: dict[str, str],
    expected: dict[str, Any],
) -> None:
    for tagged in (Tagged, Untagged):
        monkeypatch.setitem(stack_resources._types, tagged.type, object.__new__(tagged))
    assert with_stack_tags(kind, own, of_the_stack) == expected
