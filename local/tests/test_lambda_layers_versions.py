from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .health import client
from .helpers import Account, unique
from .layers import layer_zip, published


def numbers(aws: Account, name: str, **options: Any) -> list[int]:
    """The numbers in the order of the list, from all of its pages."""
    pages = client(aws, service="lambda").get_paginator("list_layer_versions").paginate(LayerName=name, **options)
    return [version["Version"] for page in pages for version in page["LayerVersions"]]


def deleted(aws: Account, name: str, *versions: int) -> None:
    for number in versions:
        answer = aws("lambda").delete_layer_version(LayerName=name, VersionNumber=number)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_a_publication_says_all_of_its_version(aws: Account) -> None:
    name, data = unique("layer"), layer_zip({"python/a.py": "A = 1"})
    made = published(
        aws,
        name,
        data,
        Description="words",
        LicenseInfo="MIT",
        CompatibleRuntimes=["python3.12"],
        CompatibleArchitectures=["arm64", "x86_64"],
    )
    arn = f"arn:aws:lambda:us-east-1:123456789012:layer:{name}"
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert (made["LayerArn"], made["LayerVersionArn"], made["Version"]) == (arn, f"{arn}:1", 1)
    assert (made["Description"], made["LicenseInfo"]) == ("words", "MIT")
    assert (made["CompatibleRuntimes"], made["CompatibleArchitectures"]) == (["python3.12"], ["arm64", "x86_64"])
    assert made["Content"]["CodeSha256"] == base64.b64encode(hashlib.sha256(data).digest()).decode()
    assert made["Content"]["CodeSize"] == len(data)
    created = datetime.strptime(made["CreatedDate"], "%Y-%m-%dT%H:%M:%S.%f%z")
    assert abs((created - aws.engine.clock.now().astimezone(UTC)).total_seconds()) < 600


def test_a_version_is_found_by_number_and_by_arn(aws: Account) -> None:
    name = unique("layer")
    made = published(aws, name, Description="words")
    api = aws("lambda")
    for found in (
        api.get_layer_version(LayerName=name, VersionNumber=1),
        api.get_layer_version(LayerName=made["LayerArn"], VersionNumber=1),
        api.get_layer_version_by_arn(Arn=made["LayerVersionArn"]),
    ):
        assert {**found, "ResponseMetadata": None} == {**made, "ResponseMetadata": None}


def test_a_number_is_never_used_again(aws: Account) -> None:
    name = unique("layer")
    assert [published(aws, name)["Version"] for _ in range(3)] == [1, 2, 3]
    deleted(aws, name, 3)
    assert published(aws, name)["Version"] == 4
    deleted(aws, name, 1, 2, 4)
    assert numbers(aws, name) == []
    assert published(aws, name)["Version"] == 5


def test_regions_and_accounts_count_apart(aws: Account) -> None:
    name, other = unique("layer"), aws.of_its_own()
    published(aws, name)
    assert published(aws, name, region="eu-west-1")["Version"] == 1
    assert published(other, name)["Version"] == 1
    deleted(aws, name, 1)
    assert client(aws, "eu-west-1", "lambda").get_layer_version(LayerName=name, VersionNumber=1)["Version"] == 1
    assert other("lambda").get_layer_version(LayerName=name, VersionNumber=1)["Version"] == 1


def test_simultaneous_publications_have_different_numbers(aws: Account) -> None:
    name, api = unique("layer"), client(aws, service="lambda")
    content = {"ZipFile": layer_zip({"a": "a"})}
    with ThreadPoolExecutor(8) as pool:
        made = pool.map(lambda _: api.publish_layer_version(LayerName=name, Content=content)["Version"], range(40))
    assert sorted(made) == list(range(1, 41))


def test_the_same_content_is_a_version_each_time(aws: Account) -> None:
    name, data = unique("layer"), layer_zip({"a": "a"})
    first, second = published(aws, name, data), published(aws, name, data)
    assert (first["Version"], second["Version"]) == (1, 2)
    assert first["Content"]["CodeSha256"] == second["Content"]["CodeSha256"]


def test_a_list_has_the_newest_first_in_pages(aws: Account) -> None:
    name, api = unique("layer"), aws("lambda")
    for number in range(1, 13):
        published(aws, name, Description=f"number {number}")
    deleted(aws, name, 11)
    assert numbers(aws, name) == [12, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert numbers(aws, name, PaginationConfig={"PageSize": 4}) == numbers(aws, name)
    first = api.list_layer_versions(LayerName=name, MaxItems=4)
    assert [version["Version"] for version in first["LayerVersions"]] == [12, 10, 9, 8]
    assert "Content" not in first["LayerVersions"][0]
    assert first["LayerVersions"][0]["Description"] == "number 12"
    # What changes between two pages neither hides nor repeats a version.
    published(aws, name)
    deleted(aws, name, 8)
    rest = api.list_layer_versions(LayerName=name, Marker=first["NextMarker"])
    assert [version["Version"] for version in rest["LayerVersions"]] == [7, 6, 5, 4, 3, 2, 1]
    assert "NextMarker" not in rest


def test_a_page_has_fifty_at_most(aws: Account) -> None:
    name, data = unique("layer"), layer_zip({"a": "a"})
    for _ in range(51):
        published(aws, name, data)
    page = aws("lambda").list_layer_versions(LayerName=name)
    assert len(page["LayerVersions"]) == 50
    assert len(numbers(aws, name)) == 51


def test_a_layer_that_is_not_there_has_no_versions(aws: Account) -> None:
    assert numbers(aws, "nothing") == []


def test_lists_are_narrowed_by_runtime_and_architecture(aws: Account) -> None:
    account = aws.of_its_own()
    name, other = unique("layer"), unique("layer")
    published(account, name, CompatibleRuntimes=["python3.12"], CompatibleArchitectures=["arm64"])
    published(account, name, CompatibleRuntimes=["nodejs22.x"])
    published(account, other)
    assert numbers(account, name, CompatibleRuntime="python3.12") == [1]
    assert numbers(account, name, CompatibleArchitecture="x86_64") == []
    api = account("lambda")
    layers = api.list_layers()["Layers"]
    assert [(layer["LayerName"], layer["LatestMatchingVersion"]["Version"]) for layer in layers] == [
        (name, 2),
        (other, 1),
    ]
    [matching] = api.list_layers(CompatibleRuntime="python3.12")["Layers"]
    assert matching["LatestMatchingVersion"]["Version"] == 1
    assert matching["LayerArn"].endswith(f":layer:{name}")
    pages = api.get_paginator("list_layers").paginate(PaginationConfig={"PageSize": 1})
    assert [layer["LayerName"] for page in pages for layer in page["Layers"]] == [name, other]
    deleted(account, other, 1)
    assert [layer["LayerName"] for layer in api.list_layers()["Layers"]] == [name]


def test_deleting_what_is_not_there_is_no_error(aws: Account) -> None:
    name = unique("layer")
    deleted(aws, name, 1)
    published(aws, name)
    deleted(aws, name, 9)
    deleted(aws, name, 1)
    deleted(aws, name, 1)


@pytest.mark.parametrize("number", [2, 1_000_000])
def test_a_version_that_is_not_there_is_said_so(aws: Account, number: int) -> None:
    name = unique("layer")
    arn = published(aws, name)["LayerArn"]
    api = aws("lambda")
    calls: list[Callable[[], Any]] = [
        lambda: api.get_layer_version(LayerName=name, VersionNumber=number),
        lambda: api.get_layer_version_by_arn(Arn=f"{arn}:{number}"),
    ]
    for call in calls:
        with pytest.raises(api.exceptions.ResourceNotFoundException) as refusal:
            call()
        assert refusal.value.response["Error"]["Message"] == "The resource you requested does not exist."


def test_a_version_of_another_region_is_not_there(aws: Account) -> None:
    arn = published(aws, region="eu-west-1")["LayerVersionArn"]
    with pytest.raises(ClientError) as refusal:
        aws("lambda").get_layer_version_by_arn(Arn=arn)
    assert refusal.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_a_number_below_one_is_refused(aws: Account) -> None:
    with pytest.raises(ClientError) as refusal:
        aws("lambda").get_layer_version(LayerName="layer", VersionNumber=0)
    assert refusal.value.response["Error"]["Code"] == "InvalidParameterValueException"


def test_another_account_s_layer_is_not_changed(aws: Account) -> None:
    other = aws.of_its_own()
    arn = published(other)["LayerArn"]
    calls: list[Callable[[], Any]] = [
        lambda: published(aws, arn),
        lambda: aws("lambda").delete_layer_version(LayerName=arn, VersionNumber=1),
        lambda: aws("lambda").list_layer_versions(LayerName=arn),
    ]
    for call in calls:
        with pytest.raises(ClientError) as refusal:
            call()
        assert refusal.value.response["Error"]["Code"] == "AccessDeniedException"
    assert numbers(other, arn) == [1]
