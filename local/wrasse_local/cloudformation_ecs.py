"""ECS clusters and task definitions in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ECS.html
Stock moto's task definition keeps containers, volumes and memory, and drops CPU, roles, network mode, platform and
tags. A changed task definition is a new revision; the old one is deregistered.
"""

from __future__ import annotations

from typing import Any

from .api_properties import called
from .engine import Engine
from .stack_resources import Resource, ResourceType, register


class Cluster(ResourceType):
    type = "AWS::ECS::Cluster"
    name_property = "ClusterName"

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        made = called(self.engine, "ecs", "CreateCluster", {**properties, "ClusterName": name})["cluster"]
        return Resource(name, {"Arn": made["clusterArn"]})

    def delete(self, existing: Resource) -> None:
        self.engine.client("ecs").delete_cluster(cluster=existing.physical_resource_id)


class TaskDefinition(ResourceType):
    type = "AWS::ECS::TaskDefinition"

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        request = {"Family": name, **properties}
        arn = called(self.engine, "ecs", "RegisterTaskDefinition", request)["taskDefinition"]["taskDefinitionArn"]
        return Resource(arn, {"TaskDefinitionArn": arn})

    def delete(self, existing: Resource) -> None:
        self.engine.client("ecs").deregister_task_definition(taskDefinition=existing.physical_resource_id)


def install(engine: Engine) -> None:
    for kind in (Cluster, TaskDefinition):
        register(kind(engine))
