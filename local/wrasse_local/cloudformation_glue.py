"""Glue databases and tables in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-glue-table.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-glue-database.html
`Ref` is the name, which is lower case. Stock moto has the API, and no such types.
"""

from __future__ import annotations

from typing import Any, ClassVar

from .api_properties import called
from .engine import Engine
from .stack_resources import Resource, ResourceType, register


class Catalogued(ResourceType):
    """What has its name and all else in one property, the API's input."""

    input: ClassVar[str]
    word: ClassVar[str]

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        name = properties[self.input].get("Name", name.lower())
        self._put("Create", {**properties, self.input: {**properties[self.input], "Name": name}})
        return Resource(name)

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        name = existing.physical_resource_id
        if properties[self.input].get("Name", name) != name:
            raise ValueError(f"the engine does not rename an existing {self.type}")
        named = {**properties, self.input: {**properties[self.input], "Name": name}}
        self._put("Update", {**named, **({"Name": name} if self.word == "Database" else {})})
        return existing

    def _put(self, verb: str, request: dict[str, Any]) -> None:
        called(self.engine, "glue", verb + self.word, request)


class Database(Catalogued):
    type = "AWS::Glue::Database"
    input, word = "DatabaseInput", "Database"
    known = frozenset({"CatalogId", "DatabaseInput"})
    replaced_by = frozenset({"CatalogId"})
    in_place = frozenset({"DatabaseInput"})

    def delete(self, existing: Resource) -> None:
        self.engine.client("glue").delete_database(Name=existing.physical_resource_id)


class Table(Catalogued):
    type = "AWS::Glue::Table"
    input, word = "TableInput", "Table"
    known = frozenset({"CatalogId", "DatabaseName", "TableInput"})
    replaced_by = frozenset({"CatalogId", "DatabaseName"})
    in_place = frozenset({"TableInput"})

    def delete(self, existing: Resource) -> None:
        database = existing.properties["DatabaseName"]
        self.engine.client("glue").delete_table(DatabaseName=database, Name=existing.physical_resource_id)


def install(engine: Engine) -> None:
    for kind in (Database, Table):
        register(kind(engine))
