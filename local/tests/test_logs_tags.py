from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .helpers import Account, unique


@pytest.fixture
def account(aws: Account) -> Account:
    return aws.of_its_own()


def arn(account: Account, group: str) -> str:
    return f"arn:aws:logs:us-east-1:{account.engine.account}:log-group:{group}"


def found(account: Account, **request: Any) -> dict[str, dict[str, str]]:
    pages = account("resourcegroupstaggingapi").get_paginator("get_resources").paginate(**request)
    return {
        entry["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in entry["Tags"]}
        for page in pages
        for entry in page["ResourceTagMappingList"]
    }


def test_tags_of_a_new_group_and_those_put_later_are_one(account: Account) -> None:
    group = account.log_group(tags={"a": "1", "b": "2"})
    account("logs").tag_resource(resourceArn=arn(account, group), tags={"b": "3"})
    account("logs").untag_resource(resourceArn=arn(account, group), tagKeys=["a"])
    assert account("logs").list_tags_for_resource(resourceArn=arn(account, group))["tags"] == {"b": "3"}


def test_groups_are_found_by_tag_and_by_type(account: Account) -> None:
    tagged, other = account.log_group(tags={"team": "blue"}), account.log_group(tags={"team": "red"})
    account.log_group()
    by_type = found(account, ResourceTypeFilters=["logs:log-group"])
    assert by_type == {arn(account, tagged): {"team": "blue"}, arn(account, other): {"team": "red"}}
    assert found(account, TagFilters=[{"Key": "team", "Values": ["blue"]}]) == {arn(account, tagged): {"team": "blue"}}


def test_a_list_of_arns_finds_those_that_have_tags(account: Account) -> None:
    bucket = unique("tagged")
    account("s3").create_bucket(Bucket=bucket)
    account("s3").put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
    groups = [account.log_group(tags={"n": str(number)}) for number in range(2)]
    arns = [arn(account, group) for group in [*groups, account.log_group(), "/not/there"]]
    assert found(account, ResourceARNList=arns[1:]) == {arns[1]: {"n": "1"}}
    assert found(account, ResourceARNList=[f"arn:aws:s3:::{bucket}"]) == {f"arn:aws:s3:::{bucket}": {"k": "v"}}


@pytest.mark.parametrize(
    "request_",
    [
        {"ResourceARNList": ["a"], "ResourcesPerPage": 10},
        {"ResourceARNList": ["a"], "TagFilters": [{"Key": "k"}]},
    ],
)
def test_a_list_of_arns_goes_without_pages_and_tag_filters(account: Account, request_: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as error:
        account("resourcegroupstaggingapi").get_resources(**request_)
    assert error.value.response["Error"]["Code"] == "InvalidParameterException"


def test_a_new_group_does_not_have_the_tags_of_a_deleted_one(account: Account) -> None:
    name = account.log_group(tags={"old": "1"})
    account("logs").delete_log_group(logGroupName=name)
    account("logs").create_log_group(logGroupName=name)
    assert account("logs").list_tags_for_resource(resourceArn=arn(account, name))["tags"] == {}


@pytest.mark.parametrize("end", ["", ":*"])
def test_what_does_not_exist_is_not_tagged(account: Account, end: str) -> None:
    with pytest.raises(account("logs").exceptions.ResourceNotFoundException):
        account("logs").tag_resource(resourceArn=arn(account, "/not/there") + end, tags={"a": "b"})


def test_fifty_arns_of_ten_thousand_tagged_groups_take_no_second(account: Account) -> None:
    owner = account.engine.account
    account.post("/logs/groups", prefix="/t/", count=10_000, tags={"a": "b"}, account=owner)
    arns = [arn(account, f"/t/{number:05d}") for number in range(50)]
    started = time.perf_counter()
    for _ in range(10):
        assert len(found(account, ResourceARNList=arns)) == 50
    taken = (time.perf_counter() - started) / 10
    assert taken < 1, f"{taken * 1000:.1f} ms a call"
