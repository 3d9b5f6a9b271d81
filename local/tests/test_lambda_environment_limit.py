from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from .helpers import Account

# {"A":"..."} has eight bytes beside the value.
FITS, TOO_LONG = "x" * (4096 - 8), "x" * (4096 - 7)


def test_variables_of_4_kb_fit(aws: Account) -> None:
    name = aws.function(Environment={"Variables": {"A": FITS}})
    assert aws("lambda").get_function(FunctionName=name)["Configuration"]["Environment"]["Variables"]["A"] == FITS


def test_more_is_refused_when_a_function_is_made(aws: Account) -> None:
    with pytest.raises(ClientError, match="exceeded the 4KB limit") as refusal:
        aws.function(Environment={"Variables": {"A": TOO_LONG}})
    assert refusal.value.response["Error"]["Code"] == "InvalidParameterValueException"


def test_more_is_refused_when_a_function_is_changed_and_nothing_changes(aws: Account) -> None:
    name, api = aws.function(Environment={"Variables": {"A": "1"}}), aws("lambda")
    with pytest.raises(ClientError, match="exceeded the 4KB limit"):
        api.update_function_configuration(FunctionName=name, Timeout=9, Environment={"Variables": {"A": TOO_LONG}})
    configuration = api.get_function(FunctionName=name)["Configuration"]
    assert (configuration["Environment"]["Variables"], configuration["Timeout"]) == ({"A": "1"}, 3)
