from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .helpers import Account, unique
from .layers import published

ORGANIZATION = "o-a1b2c3d4e5"


@pytest.fixture
def layer(aws: Account) -> str:
    name = unique("layer")
    published(aws, name)
    return name


def granted(aws: Account, layer: str, statement: str, principal: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = aws("lambda").add_layer_version_permission(
        LayerName=layer,
        VersionNumber=1,
        StatementId=statement,
        Action="lambda:GetLayerVersion",
        Principal=principal,
        **more,
    )
    return answer


def statements(aws: Account, layer: str) -> dict[str, Any]:
    """The statements of the policy by their ids."""
    policy = json.loads(aws("lambda").get_layer_version_policy(LayerName=layer, VersionNumber=1)["Policy"])
    assert (policy["Version"], policy["Id"]) == ("2012-10-17", "default")
    return {statement.pop("Sid"): statement for statement in policy["Statement"]}


def code_of(refusal: Any) -> tuple[int, str]:
    answer = refusal.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


def test_statements_are_as_aws_writes_them(aws: Account, layer: str) -> None:
    answer = granted(aws, layer, "one", "111122223333")
    granted(aws, layer, "all", "*")
    granted(aws, layer, "org", "*", OrganizationId=ORGANIZATION)
    resource = f"arn:aws:lambda:us-east-1:123456789012:layer:{layer}:1"
    common = {"Effect": "Allow", "Action": "lambda:GetLayerVersion", "Resource": resource}
    one = {**common, "Principal": {"AWS": "arn:aws:iam::111122223333:root"}}
    assert json.loads(answer["Statement"]) == {"Sid": "one", **one}
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert statements(aws, layer) == {
        "one": one,
        "all": {**common, "Principal": "*"},
        "org": {
            **common,
            "Principal": "*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}},
        },
    }


def test_the_root_of_an_account_is_the_account(aws: Account, layer: str) -> None:
    granted(aws, layer, "one", "arn:aws:iam::111122223333:root")
    assert statements(aws, layer)["one"]["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}


def test_a_statement_goes_by_its_id(aws: Account, layer: str) -> None:
    granted(aws, layer, "one", "111122223333")
    granted(aws, layer, "two", "444455556666")
    api = aws("lambda")
    answer = api.remove_layer_version_permission(LayerName=layer, VersionNumber=1, StatementId="one")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert list(statements(aws, layer)) == ["two"]
    with pytest.raises(ClientError) as refusal:
        api.remove_layer_version_permission(LayerName=layer, VersionNumber=1, StatementId="one")
    assert code_of(refusal) == (404, "ResourceNotFoundException")


def test_a_version_without_statements_has_no_policy(aws: Account, layer: str) -> None:
    def policy() -> Any:
        return aws("lambda").get_layer_version_policy(LayerName=layer, VersionNumber=1)

    with pytest.raises(ClientError) as refusal:
        policy()
    assert code_of(refusal) == (404, "ResourceNotFoundException")
    granted(aws, layer, "one", "111122223333")
    aws("lambda").remove_layer_version_permission(LayerName=layer, VersionNumber=1, StatementId="one")
    with pytest.raises(ClientError) as refusal:
        policy()
    assert refusal.value.response["Error"]["Message"] == "No policy is associated with the given resource."


def test_a_statement_s_id_is_used_once(aws: Account, layer: str) -> None:
    granted(aws, layer, "one", "111122223333")
    with pytest.raises(ClientError) as refusal:
        granted(aws, layer, "one", "444455556666")
    assert code_of(refusal) == (409, "ResourceConflictException")
    assert statements(aws, layer)["one"]["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}


def test_a_change_can_ask_for_the_revision_that_it_saw(aws: Account, layer: str) -> None:
    first = granted(aws, layer, "one", "111122223333")["RevisionId"]
    assert aws("lambda").get_layer_version_policy(LayerName=layer, VersionNumber=1)["RevisionId"] == first
    second = granted(aws, layer, "two", "*", RevisionId=first)["RevisionId"]
    assert second != first
    with pytest.raises(ClientError) as refusal:
        granted(aws, layer, "three", "*", RevisionId=first)
    assert code_of(refusal) == (412, "PreconditionFailedException")
    api = aws("lambda")
    with pytest.raises(ClientError) as refusal:
        api.remove_layer_version_permission(LayerName=layer, VersionNumber=1, StatementId="two", RevisionId=first)
    assert code_of(refusal) == (412, "PreconditionFailedException")
    assert list(statements(aws, layer)) == ["one", "two"]


@pytest.mark.parametrize(
    ("principal", "more", "code"),
    [
        ("111122223333", {"OrganizationId": ORGANIZATION}, "InvalidParameterValueException"),
        ("*", {"OrganizationId": "my-company"}, "ValidationException"),
        ("1111", {}, "ValidationException"),
        ("arn:aws:iam::111122223333:user/me", {}, "ValidationException"),
        ("*", {"Action": "lambda:*"}, "ValidationException"),
        ("*", {"StatementId": "a b"}, "ValidationException"),
    ],
)
def test_a_statement_that_aws_would_not_take_is_refused(
    aws: Account, layer: str, principal: str, more: dict[str, str], code: str
) -> None:
    settings = {"StatementId": "one", "Action": "lambda:GetLayerVersion", **more}
    with pytest.raises(ClientError) as refusal:
        aws("lambda").add_layer_version_permission(LayerName=layer, VersionNumber=1, Principal=principal, **settings)
    assert code_of(refusal) == (400, code)


def test_a_version_that_is_not_there_has_no_permissions(aws: Account, layer: str) -> None:
    api = aws("lambda")
    place = {"LayerName": layer, "VersionNumber": 2}
    calls: list[Callable[[], Any]] = [
        lambda: api.add_layer_version_permission(
            **place, StatementId="s", Action="lambda:GetLayerVersion", Principal="*"
        ),
        lambda: api.remove_layer_version_permission(**place, StatementId="s"),
        lambda: api.get_layer_version_policy(**place),
    ]
    for call in calls:
        with pytest.raises(ClientError) as refusal:
            call()
        assert code_of(refusal) == (404, "ResourceNotFoundException")


def test_a_policy_belongs_to_its_version(aws: Account, layer: str) -> None:
    granted(aws, layer, "one", "*")
    published(aws, layer)
    with pytest.raises(ClientError):
        aws("lambda").get_layer_version_policy(LayerName=layer, VersionNumber=2)


def test_another_account_sees_what_is_shared_with_it(aws: Account, layer: str) -> None:
    arn = f"arn:aws:lambda:us-east-1:123456789012:layer:{layer}:1"
    friend, stranger = aws.of_its_own(), aws.of_its_own()
    granted(aws, layer, "friend", friend.engine.account)
    assert friend("lambda").get_layer_version_by_arn(Arn=arn)["Version"] == 1
    with pytest.raises(ClientError) as refusal:
        stranger("lambda").get_layer_version_by_arn(Arn=arn)
    assert code_of(refusal) == (403, "AccessDeniedException")
    granted(aws, layer, "all", "*")
    assert stranger("lambda").get_layer_version_by_arn(Arn=arn)["Version"] == 1


def test_whom_an_organization_lets_in_is_not_known(aws: Account, layer: str) -> None:
    granted(aws, layer, "org", "*", OrganizationId=ORGANIZATION)
    arn = f"arn:aws:lambda:us-east-1:123456789012:layer:{layer}:1"
    with pytest.raises(ClientError) as refusal:
        aws.of_its_own()("lambda").get_layer_version_by_arn(Arn=arn)
    assert code_of(refusal) == (501, "NotImplementedByTheEmbeddedEngine")
