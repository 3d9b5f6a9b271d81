from __future__ import annotations

import pytest

from wrasse_local.api_properties import UnsupportedProperty, called

from .helpers import Account, unique


def test_names_and_scalars_become_the_api_s(aws: Account) -> None:
    family = unique("family")
    container = {
        "Name": "main",
        "Image": "i",
        "Essential": "true",
        "LogConfiguration": {"LogDriver": "awslogs", "Options": {"awslogs-group": "g"}},
    }
    request = {"Family": family, "Cpu": 256, "Memory": 512, "ContainerDefinitions": [container]}
    definition = called(aws.engine, "ecs", "RegisterTaskDefinition", request)["taskDefinition"]
    assert definition["cpu"] == "256"
    made = definition["containerDefinitions"][0]
    assert made["essential"] is True
    assert made["logConfiguration"] == {"logDriver": "awslogs", "options": {"awslogs-group": "g"}}


def test_a_list_of_tags_becomes_a_map_where_the_api_wants_one(aws: Account) -> None:
    group = f"/{unique('group')}"
    called(aws.engine, "logs", "CreateLogGroup", {"LogGroupName": group, "Tags": [{"Key": "a", "Value": 1}]})
    assert aws("logs").list_tags_log_group(logGroupName=group)["tags"] == {"a": "1"}


def test_an_unknown_property_is_named(aws: Account) -> None:
    with pytest.raises(UnsupportedProperty, match="Encountered unsupported property Famly"):
        called(aws.engine, "ecs", "RegisterTaskDefinition", {"Famly": "a"})
