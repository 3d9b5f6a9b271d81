from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from moto.firehose.exceptions import InvalidArgumentException

from wrasse_local.firehose_prefixes import check, error_prefix_of, evaluated, partition_keys, prefix_of

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ERRORS = "errors/!{firehose:error-output-type}/"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, "2026/01/02/03/"),
        ("", "2026/01/02/03/"),
        ("logs/", "logs/2026/01/02/03/"),
        ("logs", "logs2026/01/02/03/"),
        ("logs/!{timestamp:yyyy-MM}/", "logs/2026-01/"),
        ("!{timestamp:'day='DDD' of 'yy}/!{timestamp:HH'h'mm''ss}", "day=002 of 26/03h04'05"),
        ("a=!{partitionKeyFromLambda:account}/d=!{partitionKeyFromLambda:day}/", "a=1/d=2026/01/02/"),
    ],
)
def test_a_prefix(given: str | None, expected: str) -> None:
    assert evaluated(prefix_of(given), MOMENT, {"account": "1", "day": "2026/01/02"}) == expected


@pytest.mark.parametrize(
    ("given", "prefix", "expected"),
    [
        (None, None, "processing-failed/2026/01/02/03/"),
        (None, "logs/", "logs/processing-failed/2026/01/02/03/"),
        ("errors/", "logs/", "errors/processing-failed/2026/01/02/03/"),
        (ERRORS, "logs/", "errors/processing-failed/"),
        (ERRORS + "!{timestamp:yyyy/MM/dd}/", None, "errors/processing-failed/2026/01/02/"),
    ],
)
def test_an_error_prefix(given: str | None, prefix: str | None, expected: str) -> None:
    assert evaluated(error_prefix_of(given, prefix), MOMENT, {}, "processing-failed") == expected


def test_random_strings_differ_within_a_prefix() -> None:
    text = evaluated("!{firehose:random-string}/!{firehose:random-string}/", MOMENT, {})
    found = re.fullmatch(r"(\w{11})/(\w{11})/", text)
    assert found is not None
    assert found[1] != found[2]


def test_the_keys_of_a_prefix() -> None:
    assert partition_keys("!{partitionKeyFromLambda:b}/!{timestamp:yyyy}/!{partitionKeyFromLambda:a}/") == ("b", "a")


@pytest.mark.parametrize(
    ("prefix", "errors", "partitioned", "reason"),
    [
        ("!{timestamp:yyyy}/", None, False, "ErrorOutputPrefix cannot be null"),
        ("!{firehose:error-output-type}/", ERRORS, False, "Prefix cannot contain"),
        (None, "errors/!{timestamp:yyyy}/", False, "must contain !{firehose:error-output-type}"),
        ("!{partitionKeyFromLambda:a}/", ERRORS, False, "partition keys"),
        ("logs/", ERRORS, True, "partition keys"),
        ("!{partitionKeyFromLambda:a}/", ERRORS + "!{partitionKeyFromLambda:a}", True, "partition keys"),
        ("!{nothing}/", ERRORS, False, "can only appear in"),
        ("!{firehose:nothing}/", ERRORS, False, "no expression"),
        ("!{nothing:nothing}/", ERRORS, False, "no expression"),
    ],
)
def test_what_aws_refuses(prefix: str | None, errors: str | None, partitioned: bool, reason: str) -> None:
    with pytest.raises(InvalidArgumentException, match=reason):
        check(prefix, errors, partitioned)


@pytest.mark.parametrize("prefix", ["!{timestamp:YYYY}/", "!{timestamp:MMM}/", "!{partitionKeyFromQuery:a}/"])
def test_what_the_engine_lacks_is_not_taken_for_text(prefix: str) -> None:
    with pytest.raises(NotImplementedError):
        check(prefix, ERRORS, False)


def test_what_is_fine() -> None:
    check(None, None, False)
    check("logs/", "errors/", False)
    check("!{timestamp:yyyy}/!{firehose:random-string}/", ERRORS, False)
    check("!{partitionKeyFromLambda:a}/!{timestamp:HH}/", ERRORS, True)
