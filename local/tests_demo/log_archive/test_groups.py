"""The made-up log groups are what the archive's parameters make of them."""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatchcase
from typing import Any

from demo.log_archive import lines
from demo.log_archive.groups import ACCOUNTS, EXCLUDE_GROUPS, GROUPS, NEW_GROUPS, Fate, create_one
from demo.log_archive.load import EVENTS

ALL = [*GROUPS, *NEW_GROUPS]


def test_every_account_has_some_of_each_fate_among_them() -> None:
    assert {group.account for group in GROUPS if group.archived} == set(ACCOUNTS)
    assert {group.fate for group in GROUPS} == set(Fate)
    assert {group.fate for group in NEW_GROUPS} == {Fate.ARCHIVED, Fate.NAME, Fate.LOOP}


def test_a_group_is_known_by_its_number_which_has_two_digits() -> None:
    assert len({group.number for group in ALL}) == len(ALL)
    assert max(group.number for group in ALL) < 100


def test_names_are_unique_in_an_account_and_not_over_all() -> None:
    assert set(Counter((group.account, group.name) for group in ALL).values()) == {1}
    assert max(Counter(group.name for group in ALL).values()) > 1


def test_just_the_names_that_are_excluded_match_the_pattern() -> None:
    for group in ALL:
        assert fnmatchcase(group.name, EXCLUDE_GROUPS) == (group.fate is Fate.NAME), group


def test_every_group_has_lines_of_a_kind() -> None:
    assert {group.kind for group in ALL} == set(lines.KINDS) == set(EVENTS)


def test_streams_are_the_same_every_time_and_no_two_are_equal() -> None:
    for group in ALL:
        streams = group.streams("2026/11/20")
        assert streams == group.streams("2026/11/20")
        assert len(set(streams)) == len(streams)
        assert not any(set(":*") & set(stream) for stream in streams)


class Logs:
    """Notes the groups that are made."""

    def __init__(self) -> None:
        self.made: list[dict[str, Any]] = []

    def create_log_group(self, **arguments: Any) -> None:
        self.made.append(arguments)

    def create_log_stream(self, **arguments: Any) -> None:
        assert arguments["logGroupName"] == self.made[-1]["logGroupName"]


def test_tag_and_class_are_what_keeps_a_group_out() -> None:
    logs = Logs()
    for group in GROUPS:
        create_one(logs, group, "2026/11/20")
    for group, made in zip(GROUPS, logs.made, strict=True):
        expected: dict[str, Any] = {"logGroupName": group.name}
        if group.fate is Fate.TAG:
            expected["tags"] = {"archive": "no"}
        if group.fate is Fate.CLASS:
            expected["logGroupClass"] = "INFREQUENT_ACCESS"
        assert made == expected
