"""`AWS::SecretsManager::Secret` in a template, with a generated value where one is asked for. Stock moto lacks it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
"""

from __future__ import annotations

import json
from typing import Any

from .api_properties import called, without
from .engine import Engine
from .stack_resources import Resource, ResourceType, register

TEMPLATE_KEYS = ("SecretStringTemplate", "GenerateStringKey")


class Secret(ResourceType):
    type = "AWS::SecretsManager::Secret"
    name_property = "Name"

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        request = {**without(properties, "GenerateSecretString"), "Name": name}
        if "GenerateSecretString" in properties:
            request["SecretString"] = self._generated(properties["GenerateSecretString"])
        arn = called(self.engine, "secretsmanager", "CreateSecret", request)["ARN"]
        return Resource(arn, {"Id": arn})

    def delete(self, existing: Resource) -> None:
        self.engine.client("secretsmanager").delete_secret(
            SecretId=existing.physical_resource_id, ForceDeleteWithoutRecovery=True
        )

    def _generated(self, wanted: dict[str, Any]) -> str:
        rules = without(wanted, *TEMPLATE_KEYS)
        password: str = called(self.engine, "secretsmanager", "GetRandomPassword", rules)["RandomPassword"]
        if "GenerateStringKey" not in wanted:
            return password
        return json.dumps({**json.loads(wanted["SecretStringTemplate"]), wanted["GenerateStringKey"]: password})


def install(engine: Engine) -> None:
    register(Secret(engine))
