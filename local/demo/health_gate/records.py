"""The gate's table, as a person reads and writes it: the layout is that of docs/health-gate.md."""

from __future__ import annotations

from typing import Any

from demo.context import Context

Item = dict[str, dict[str, Any]]


def partition(context: Context, table: str, name: str) -> list[Item]:
    """All items of a kind."""
    pages = context.client("dynamodb").get_paginator("query")
    values = {":pk": {"S": name}}
    found = pages.paginate(TableName=table, KeyConditionExpression="pk = :pk", ExpressionAttributeValues=values)
    return [item for page in found for item in page["Items"]]


def forwarders(context: Context, table: str) -> list[str]:
    """The regions that were heard of."""
    return [item["sk"]["S"] for item in partition(context, table, "FORWARDER")]


def is_recorded(context: Context, table: str, arn: str) -> bool:
    """Whether health-watch has written an event down."""
    return any(item["arn"]["S"] == arn for item in partition(context, table, "EVENT"))


def blocks(context: Context, table: str) -> dict[str, str]:
    """What became of each execution that was blocked."""
    return {item["execution"]["S"]: item["state"]["S"] for item in partition(context, table, "BLOCK")}


def override(context: Context, table: str, pipeline: str, principal: str, reason: str, until: str) -> None:
    """Lets a pipeline pass until a time, as `2026-11-20T12:00:00Z`."""
    texts = {"pk": "OVERRIDE", "sk": pipeline, "principal": principal, "reason": reason, "until": until}
    context.client("dynamodb").put_item(TableName=table, Item={name: {"S": text} for name, text in texts.items()})
