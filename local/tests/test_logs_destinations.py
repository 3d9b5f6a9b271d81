from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from wrasse_local.logs_destinations import is_for_organization, may_subscribe

from .helpers import Account, unique

ARN = "arn:aws:logs:us-east-1:111111111111:destination:d"
OTHER = "222222222222"
ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": ["o-abc"]}}


def policy(**changed: Any) -> str:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"AWS": [OTHER]},
        "Action": "logs:PutSubscriptionFilter",
        "Resource": ARN,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **changed}]})


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        (None, False),
        (policy(), True),
        (policy(Principal={"AWS": OTHER}), True),
        (policy(Principal="*"), True),
        (policy(Principal={"AWS": "*"}), True),
        (policy(Principal={"AWS": "333333333333"}), False),
        (policy(Principal={"Service": "logs.amazonaws.com"}), False),
        (policy(Action="logs:*"), True),
        (policy(Action=["logs:PutLogEvents"]), False),
        (policy(Resource="arn:aws:logs:*:*:destination:*"), True),
        (policy(Resource=ARN + "-another"), False),
        (policy(Effect="Deny"), False),
        (policy(Principal="*", Condition=ORGANIZATION), False),
    ],
)
def test_an_account_may_subscribe_where_the_policy_names_it(text: str | None, allowed: bool) -> None:
    assert may_subscribe(text, ARN, OTHER, None) is allowed


@pytest.mark.parametrize(("organization", "allowed"), [("o-abc", True), ("o-xyz", False), (None, False)])
def test_an_account_of_the_organization_may_subscribe(organization: str | None, allowed: bool) -> None:
    text = policy(Principal="*", Condition=ORGANIZATION)
    assert is_for_organization(text)
    assert may_subscribe(text, ARN, OTHER, organization) is allowed


def test_a_deny_wins() -> None:
    allow, deny = (json.loads(policy(Effect=effect))["Statement"][0] for effect in ("Allow", "Deny"))
    assert not may_subscribe(json.dumps({"Statement": [allow, deny]}), ARN, OTHER, None)


def test_an_unknown_condition_is_an_error() -> None:
    with pytest.raises(NotImplementedError, match="IpAddress"):
        may_subscribe(policy(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}), ARN, OTHER, None)


def destination(central: Account, *allowed: str, organization: str | None = None) -> tuple[str, str]:
    """A destination and the stream behind it."""
    stream, name = central.kinesis_stream(), unique("destination")
    role = f"arn:aws:iam::{central.engine.account}:role/logs"
    made = central("logs").put_destination(destinationName=name, targetArn=stream, roleArn=role)
    arn = str(made["destination"]["arn"])
    condition = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": organization}}} if organization else {}
    principal: Any = "*" if organization else {"AWS": list(allowed)}
    if allowed or organization:
        text = policy(Principal=principal, Resource=arn, **condition)
        central("logs").put_destination_policy(destinationName=name, accessPolicy=text)
    return arn, stream


@pytest.fixture
def central(aws: Account) -> Account:
    return aws.of_its_own()


@pytest.fixture
def source(aws: Account) -> Account:
    return aws.of_its_own()


def test_another_account_s_events_reach_the_stream_with_that_account_as_owner(
    central: Account, source: Account
) -> None:
    arn, stream = destination(central, source.engine.account)
    group = source.log_group()
    source.subscribe(group, arn)
    source.log(group, "from afar")
    found = central.messages(stream)
    assert [entry["messageType"] for entry in found] == ["CONTROL_MESSAGE", "DATA_MESSAGE"]
    assert found[1]["owner"] == source.engine.account
    [shown] = source("logs").describe_subscription_filters(logGroupName=group)["subscriptionFilters"]
    assert shown["destinationArn"] == arn
    assert "roleArn" not in shown


@pytest.mark.parametrize("own", [True, False])
def test_without_being_named_nobody_may_subscribe(central: Account, source: Account, own: bool) -> None:
    arn, _ = destination(central)
    caller = central if own else source
    with pytest.raises(ClientError) as error:
        caller.subscribe(caller.log_group(), arn)
    assert error.value.response["Error"]["Code"] == "AccessDeniedException"
    account = caller.engine.account
    said = f"User with accountId: {account} is not authorized to perform: logs:PutSubscriptionFilter on resource: {arn}"
    assert error.value.response["Error"]["Message"] == said


def test_a_destination_for_an_organization_needs_a_role(central: Account, source: Account) -> None:
    account = source.engine.account
    source.post("/logs/organization", id="o-abc", accounts=[account])
    arn, _ = destination(central, organization="o-abc")
    group = source.log_group()
    with pytest.raises(source("logs").exceptions.InvalidParameterException, match="Role ARN is required"):
        source.subscribe(group, arn)
    source.subscribe(group, arn, roleArn=f"arn:aws:iam::{account}:role/logs")


def test_a_destination_for_accounts_takes_no_role(central: Account, source: Account) -> None:
    account = source.engine.account
    arn, _ = destination(central, account)
    with pytest.raises(source("logs").exceptions.InvalidParameterException, match="cannot be used with roleArn"):
        source.subscribe(source.log_group(), arn, roleArn=f"arn:aws:iam::{account}:role/logs")


def test_a_destination_needs_a_stream_that_takes_a_test_message(central: Account) -> None:
    missing = f"arn:aws:kinesis:us-east-1:{central.engine.account}:stream/missing"
    with pytest.raises(central("logs").exceptions.InvalidParameterException, match="Could not deliver test message"):
        central("logs").put_destination(destinationName="d", targetArn=missing, roleArn="arn:aws:iam::1:role/r")


def test_a_policy_that_names_an_arn_is_refused(central: Account) -> None:
    arn, _ = destination(central)
    text = policy(Principal={"AWS": f"arn:aws:iam::{OTHER}:root"}, Resource=arn)
    with pytest.raises(central("logs").exceptions.InvalidParameterException, match="ARN instead of account ID"):
        central("logs").put_destination_policy(destinationName=arn.split(":")[-1], accessPolicy=text)


def test_destinations_are_listed_by_prefix_in_pages(central: Account) -> None:
    arns = sorted(destination(central)[0] for _ in range(3))
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = central("logs").describe_destinations(limit=2, DestinationNamePrefix="destination", **token)
        found += [entry["arn"] for entry in page["destinations"]]
        if "nextToken" not in page:
            break
        token = {"nextToken": page["nextToken"]}
    assert sorted(found) == arns
    assert len(found) == 3


def test_a_filter_whose_destination_is_gone_drops_events(central: Account, source: Account) -> None:
    arn, _ = destination(central, source.engine.account)
    group = source.log_group()
    source.subscribe(group, arn)
    central("logs").delete_destination(destinationName=arn.split(":")[-1])
    before = source.get("/logs/stats")["dropped_events"]
    source.log(group, "nowhere to go")
    assert source.get("/logs/stats")["dropped_events"] == before + 1
