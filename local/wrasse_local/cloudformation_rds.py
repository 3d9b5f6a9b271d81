"""`AWS::RDS::DBSubnetGroup` in a template, through the API, so that its checks apply. Names are lower case, as on AWS.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbsubnetgroup.html
"""

from __future__ import annotations

from typing import Any

from .api_properties import called
from .engine import Engine
from .stack_resources import Resource, ResourceType, register


class DBSubnetGroup(ResourceType):
    type = "AWS::RDS::DBSubnetGroup"
    name_property = "DBSubnetGroupName"

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        name = name.lower()
        called(self.engine, "rds", "CreateDBSubnetGroup", {**properties, "DBSubnetGroupName": name})
        return Resource(name)

    def delete(self, existing: Resource) -> None:
        self.engine.client("rds").delete_db_subnet_group(DBSubnetGroupName=existing.physical_resource_id)


def install(engine: Engine) -> None:
    register(DBSubnetGroup(engine))
