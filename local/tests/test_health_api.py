from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.parsers import ResponseParserError

from .health import as_cbor, as_json, client, opened
from .helpers import Account

ONCE = Config(retries={"total_max_attempts": 1})
IMPATIENT = Config(retries={"total_max_attempts": 1}, read_timeout=1)


@pytest.fixture(autouse=True)
def _reset(aws: Account) -> None:
    aws.post("/health/reset")


def refused(aws: Account, region: str = "us-east-1", **asked: Any) -> tuple[str, str, int]:
    """Code, message and status of a refusal."""
    with pytest.raises(ClientError) as refusal:
        client(aws, region, config=ONCE).describe_events(**asked)
    response = refusal.value.response
    return (
        response["Error"]["Code"],
        response["Error"]["Message"],
        response["ResponseMetadata"]["HTTPStatusCode"],
    )


def arns(aws: Account, **wanted: Any) -> set[str]:
    found = client(aws).describe_events(filter=wanted)["events"]
    return {event["arn"] for event in found}


def test_an_event_is_described_as_it_was_opened(aws: Account) -> None:
    arn = opened(aws)
    [event] = client(aws).describe_events()["events"]
    assert arn.startswith("arn:aws:health:us-east-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/AWS_EC2_OPERATIONAL_ISSUE_")
    assert event["arn"] == arn
    assert (event["service"], event["region"], event["eventTypeCode"]) == (
        "EC2",
        "us-east-1",
        "AWS_EC2_OPERATIONAL_ISSUE",
    )
    assert (event["eventTypeCategory"], event["statusCode"], event["eventScopeCode"]) == ("issue", "open", "PUBLIC")
    assert event["startTime"] == event["lastUpdatedTime"]
    assert "endTime" not in event


def test_both_protocols_say_the_same(aws: Account) -> None:
    opened(aws)
    status, cbor = as_cbor(aws, "DescribeEvents", filter={"services": ["EC2"]}, maxResults=10)
    _, answer = as_json(aws, "DescribeEvents", {"filter": {"services": ["EC2"]}, "maxResults": 10})
    [of_cbor], [of_json] = cbor["events"], answer["events"]
    assert status == 200
    for name in ("startTime", "lastUpdatedTime"):
        assert of_json.pop(name) == round(of_cbor.pop(name).timestamp(), 3)
    assert of_json == of_cbor


def test_both_protocols_refuse_alike(aws: Account) -> None:
    aws.post("/health/plan", support=False)
    status, cbor = as_cbor(aws, "DescribeEventDetails", eventArns=["arn:aws:health:us-east-1::event/EC2/A/B"])
    assert (status, cbor["Error"]["Code"]) == (400, "SubscriptionRequiredException")
    status, answer = as_json(aws, "DescribeEvents", {})
    assert (status, answer["__type"]) == (400, "SubscriptionRequiredException")
    assert answer["message"] == cbor["Error"]["Message"]


def test_a_closed_event_has_its_end_and_comes_first(aws: Account) -> None:
    arn, other = opened(aws), opened(aws, "LAMBDA")
    aws.post("/clock/advance", seconds=60)
    aws.post("/health/events/close", arn=arn)
    first, second = client(aws).describe_events()["events"]
    assert (first["arn"], first["statusCode"], second["arn"]) == (arn, "closed", other)
    assert first["endTime"] == first["lastUpdatedTime"] > first["startTime"]


def test_every_filter_narrows(aws: Account) -> None:
    ec2 = opened(aws)
    iam = opened(aws, "IAM", "global")
    change = opened(aws, "RDS", "eu-west-1", category="scheduledChange", status="upcoming")
    aws.post("/health/events/close", arn=ec2)
    assert arns(aws) == {ec2, iam, change}
    assert arns(aws, regions=["us-east-1", "global"]) == {ec2, iam}
    assert arns(aws, services=["RDS"]) == {change}
    assert arns(aws, eventTypeCategories=["issue", "investigation"]) == {ec2, iam}
    assert arns(aws, eventStatusCodes=["open", "upcoming"]) == {iam, change}
    assert arns(aws, eventArns=[ec2]) == {ec2}
    assert arns(aws, eventTypeCodes=["AWS_IAM_OPERATIONAL_ISSUE"], eventStatusCodes=["closed"]) == set()


def test_an_event_without_a_region_is_in_no_region_s_list(aws: Account) -> None:
    arn = opened(aws, region=None)
    assert arns(aws) == {arn}
    assert arns(aws, regions=["us-east-1", "global"]) == set()
    assert "region" not in client(aws).describe_events()["events"][0]


def test_an_account_s_own_event_is_seen_by_it_alone(aws: Account) -> None:
    account, other = aws.of_its_own(), aws.of_its_own()
    public = opened(aws)
    own = opened(aws, scope="ACCOUNT_SPECIFIC", account=account.engine.account)
    assert arns(account) == {public, own}
    assert arns(other) == {public}


@pytest.mark.parametrize(
    ("name", "values", "most"),
    [
        ("regions", [f"eu-west-{number}" for number in range(1, 12)], 10),
        ("services", [f"S{number}" for number in range(11)], 10),
        ("eventTypeCategories", ["issue"] * 11, 10),
        ("eventStatusCodes", ["open"] * 7, 6),
        ("eventArns", ["arn:aws:health:us-east-1::event/EC2/A/B"] * 11, 10),
    ],
)
def test_a_list_that_is_too_long_is_refused_in_aws_s_words(
    aws: Account, name: str, values: list[str], most: int
) -> None:
    code, message, status = refused(aws, filter={name: values})
    assert (code, status) == ("ValidationException", 400)
    assert message.startswith("1 validation error detected: Value '[")
    assert message.endswith(f"at 'filter.{name}' failed to satisfy constraint: "
                            f"Member must have length less than or equal to {most}")  # fmt: skip


def test_all_that_is_wrong_is_named(aws: Account) -> None:
    status, answer = as_json(
        aws, "DescribeEvents", {"filter": {"eventStatusCodes": ["opened"], "regions": ["a/b"]}, "maxResults": 101}
    )
    assert (status, answer["__type"]) == (400, "ValidationException")
    assert answer["message"].startswith("3 validation errors detected: ")
    assert "'opened' at 'filter.eventStatusCodes.1.member'" in answer["message"]
    assert "enum value set: [open, closed, upcoming]" in answer["message"]
    assert "'a/b' at 'filter.regions.1.member'" in answer["message"]
    assert "'101' at 'maxResults' failed to satisfy constraint: Member must have value less" in answer["message"]


def test_what_the_engine_does_not_filter_by_is_refused_once(aws: Account) -> None:
    code, message, status = refused(aws, filter={"availabilityZones": ["us-east-1a"]})
    assert (code, status) == ("NotImplementedByTheEmbeddedEngine", 501)
    assert "availabilityZones" in message


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"filter": []}', b'{"filter": {"regions": 1}}'])
def test_a_body_that_cannot_be_read_is_refused(aws: Account, body: bytes) -> None:
    status, answer = as_json(aws, "DescribeEvents", body)
    assert (status, answer["__type"]) == (400, "SerializationException")


def test_pages_are_read_to_the_end(aws: Account) -> None:
    made = set(aws.post("/health/events/open", service="EC2", region="us-east-1", count=25)["arns"])
    pages = list(client(aws).get_paginator("describe_events").paginate(PaginationConfig={"PageSize": 10}))
    assert [len(page["events"]) for page in pages] == [10, 10, 5]
    assert {event["arn"] for page in pages for event in page["events"]} == made
    assert "nextToken" not in pages[-1]


def test_later_pages_are_of_the_moment_of_the_first(aws: Account) -> None:
    made = aws.post("/health/events/open", service="EC2", region="us-east-1", count=3)["arns"]
    api = client(aws)
    first = api.describe_events(maxResults=2, filter={"eventStatusCodes": ["open"]})
    for arn in made:
        aws.post("/health/events/close", arn=arn)
    rest = api.describe_events(maxResults=2, filter={"eventStatusCodes": ["open"]}, nextToken=first["nextToken"])
    assert {event["arn"] for event in first["events"] + rest["events"]} == set(made)


def test_pages_are_as_small_as_asked_for(aws: Account) -> None:
    aws.post("/health/events/open", service="EC2", region="us-east-1", count=5)
    aws.post("/health/pages", size=1)
    assert len(list(client(aws).get_paginator("describe_events").paginate())) == 5
    assert aws.get("/health/stats")["pages"] == 5


def test_an_unknown_token_is_refused(aws: Account) -> None:
    assert refused(aws, nextToken="AAAA")[0] == "InvalidPaginationToken"


def test_a_token_repeats_on_request(aws: Account) -> None:
    aws.post("/health/events/open", service="EC2", region="us-east-1", count=30)
    aws.post("/health/faults", kind="repeat", count=1)
    api = client(aws)
    token = api.describe_events(maxResults=10)["nextToken"]
    assert api.describe_events(maxResults=10, nextToken=token)["nextToken"] == token
    assert api.describe_events(maxResults=10, nextToken=token)["nextToken"] != token


def test_details_are_of_events_that_are_seen(aws: Account) -> None:
    arn, unknown = opened(aws), "arn:aws:health:us-east-1::event/EC2/A/B"
    answer = client(aws).describe_event_details(eventArns=[arn, unknown])
    assert [found["event"]["arn"] for found in answer["successfulSet"]] == [arn]
    assert [found["eventArn"] for found in answer["failedSet"]] == [unknown]


def test_an_account_without_a_plan_is_told_so(aws: Account) -> None:
    account = aws.of_its_own()
    account.post("/health/plan", support=False, account=account.engine.account)
    assert refused(account)[::2] == ("SubscriptionRequiredException", 400)
    assert client(aws).describe_events()["events"] == []
    account.post("/health/plan", support=True, account=account.engine.account)
    assert client(account).describe_events()["events"] == []


def test_the_passive_endpoint_lags(aws: Account) -> None:
    arn = opened(aws)
    passive = client(aws, "us-east-2")
    assert passive.describe_events()["events"] == []
    aws.post("/clock/advance", seconds=61)
    aws.post("/health/events/close", arn=arn)
    [event] = passive.describe_events()["events"]
    assert (event["arn"], event["statusCode"]) == (arn, "open")
    aws.post("/health/active", region="us-east-2")
    assert passive.describe_events()["events"][0]["statusCode"] == "closed"
    calls = aws.get("/health/stats")["calls"]
    assert calls == {"us-east-2": {"passive": 2, "ok": 1}}


def test_the_passive_endpoint_is_down_on_request(aws: Account) -> None:
    aws.post("/health/active", region="us-east-2", passive="refuses")
    assert client(aws, "us-east-2").describe_events()["events"] == []
    assert refused(aws, "us-east-1")[::2] == ("ServiceUnavailable", 503)
    assert aws.get("/health/stats")["calls"] == {"us-east-1": {"refuses": 1}, "us-east-2": {"ok": 1}}


def test_the_passive_endpoint_answers_while_the_active_one_does_not(aws: Account) -> None:
    aws.post("/health/faults", kind="error", count=1)
    assert client(aws, "us-east-2").describe_events()["events"] == []
    assert refused(aws)[2] == 500


def test_a_region_without_an_endpoint_is_refused(aws: Account) -> None:
    assert refused(aws, "eu-west-1")[0] == "InvalidSignatureException"


@pytest.mark.parametrize(
    ("kind", "code", "status"), [("throttle", "ThrottlingException", 400), ("error", "InternalFailure", 500)]
)
def test_a_fault_refuses_as_often_as_asked_for(aws: Account, kind: str, code: str, status: int) -> None:
    aws.post("/health/faults", kind=kind, count=1)
    assert refused(aws)[::2] == (code, status)
    assert client(aws).describe_events()["events"] == []


def test_a_malformed_answer_cannot_be_read(aws: Account) -> None:
    aws.post("/health/faults", kind="malformed", count=2)
    with pytest.raises(ResponseParserError):
        as_cbor(aws, "DescribeEvents")
    with pytest.raises(ValueError, match="Expecting"):
        as_json(aws, "DescribeEvents", {})


def test_no_answer_comes_until_the_client_gives_up(aws: Account) -> None:
    aws.post("/health/faults", kind="timeout", count=1)
    started = time.monotonic()
    with pytest.raises(ReadTimeoutError):
        client(aws, config=IMPATIENT).describe_events()
    assert time.monotonic() - started >= 1
    assert client(aws).describe_events()["events"] == []
    assert aws.get("/health/stats")["calls"]["us-east-1"] == {"timeout": 1, "ok": 1}


def test_other_operations_are_refused_once(aws: Account) -> None:
    with pytest.raises(ClientError, match="DescribeEventTypes"):
        client(aws).describe_event_types()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/health/events/open", {"service": "EC2"}),
        ("/health/events/open", {"service": "EC2", "region": "us-east-1", "category": "weather"}),
        ("/health/events/open", {"service": "EC2", "region": "us-east-1", "scope": "SOME"}),
        ("/health/events/open", {"service": "EC2", "region": "us-east-1", "count": 0}),
        ("/health/plan", {}),
        ("/health/active", {"region": "eu-west-1"}),
        ("/health/active", {"region": "us-east-1", "passive": "sleeps"}),
        ("/health/faults", {"kind": "flood", "count": 1}),
        ("/health/pages", {"size": 0}),
        ("/health/delivery", {"order": "random"}),
        ("/health/delivery", {"duplicates": -1}),
    ],
)
def test_a_route_that_makes_no_sense_is_refused(aws: Account, path: str, body: dict[str, Any]) -> None:
    assert aws.post(path, **body)["status"] == 400


def test_an_event_is_opened_before_and_closed_once(aws: Account) -> None:
    assert aws.post("/health/events/update", arn="arn:none")["status"] == 404
    arn = opened(aws)
    assert aws.post("/health/events/close", arn=arn) == {"arn": arn}
    assert aws.post("/health/events/close", arn=arn)["status"] == 409
