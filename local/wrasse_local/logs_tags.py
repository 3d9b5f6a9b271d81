"""Tags of log groups and destinations, also by the Resource Groups Tagging API.

AWS: https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
Resource types are `logs:log-group` and `logs:destination`; a `ResourceARNList` of up to 100 ARNs goes without pages and
without tag filters. Tagging what does not exist is a ResourceNotFoundException:
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html
Stock moto spells the type differently, looks at every resource for a list of ARNs, and tags anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.core.resource_tagging import TaggedResource, iter_taggable_backends, match_resource_type
from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import LogsBackend
from moto.logs.responses import LogsResponse
from moto.resourcegroupstaggingapi.exceptions import ResourceGroupsTaggingAPIError
from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend
from moto.resourcegroupstaggingapi.responses import ResourceGroupsTaggingAPIResponse

from .engine import Engine

ARN_LIMIT = 100
NOT_WITH_ARNS = ("PaginationToken", "ResourcesPerPage", "TagsPerPage", "TagFilters")


def install(engine: Engine) -> None:
    LogsBackend.iter_tagged_resources = _tagged
    for operation in ("tag_resource", "untag_resource", "list_tags_for_resource"):
        setattr(LogsResponse, operation, _of_existing(getattr(LogsResponse, operation)))
    _look_arns_up()


def _tagged(backend: Any) -> Iterator[TaggedResource]:
    for arn, tags in backend.tagger.tags.copy().items():
        yield _resource(arn, tags)


def _of_existing(serve: Any) -> Any:
    def served(response: Any) -> Any:
        arn, backend = response._get_param("resourceArn"), response.logs_backend
        name = arn.partition(":log-group:")[2]
        if name not in backend.groups and arn not in backend.destinations:
            raise ResourceNotFoundException("The specified resource does not exist.")
        return serve(response)

    return served


def _look_arns_up() -> None:
    find, serve = ResourceGroupsTaggingAPIBackend.get_resources, ResourceGroupsTaggingAPIResponse.get_resources

    def get_resources(backend: Any, resource_arn_list: list[str] | None = None, **more: Any) -> Any:
        if not resource_arn_list:
            return find(backend, **more)
        found = _of_arns(backend, set(resource_arn_list))
        return None, [
            entry for entry in found if match_resource_type(entry.resource_type, more["resource_type_filters"])
        ]

    def checked(response: Any) -> Any:
        arns = response._get_param("ResourceARNList") or []
        beside = [name for name in NOT_WITH_ARNS if response._get_param(name)]
        if len(arns) > ARN_LIMIT or (arns and beside):
            why = f"ResourceARNList takes up to {ARN_LIMIT} ARNs, and none of {', '.join(NOT_WITH_ARNS)} beside it"
            raise ResourceGroupsTaggingAPIError("InvalidParameterException", why)
        return serve(response)

    ResourceGroupsTaggingAPIBackend.get_resources = get_resources
    ResourceGroupsTaggingAPIResponse.get_resources = checked


def _of_arns(backend: Any, arns: set[str]) -> Iterator[TaggedResource]:
    for service in iter_taggable_backends(backend.account_id, backend.region_name):
        if isinstance(service, LogsBackend):
            found = (_resource(arn, service.tagger.tags[arn]) for arn in arns & service.tagger.tags.keys())
        else:
            found = (entry for entry in service.iter_tagged_resources() if entry.arn in arns)
        yield from (entry for entry in found if entry.tags)


def _resource(arn: str, tags: dict[str, str]) -> TaggedResource:
    return TaggedResource(arn=arn, tags=dict(tags), resource_type=f"logs:{arn.split(':')[5]}")
