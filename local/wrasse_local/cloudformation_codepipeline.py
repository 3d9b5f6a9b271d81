"""`AWS::CodePipeline::Pipeline` in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codepipeline-pipeline.html
`Ref` is the name, `Fn::GetAtt` knows `Version`. A change of the name makes a new pipeline. Stock moto has no such type.
"""

from __future__ import annotations

from typing import Any

from .api_properties import as_text, called, without
from .engine import Engine
from .stack_resources import Resource, ResourceType, register

TRANSITIONS = "DisableInboundStageTransitions"
RESTART = "RestartExecutionOnUpdate"
TAGS = "Tags"
APART = (TRANSITIONS, RESTART, TAGS)
IN_PLACE = frozenset(
    {
        "ArtifactStore",
        TRANSITIONS,
        "ExecutionMode",
        "PipelineType",
        RESTART,
        "RoleArn",
        "Stages",
        TAGS,
        "Triggers",
        "Variables",
    }
)


class Pipeline(ResourceType):
    type = "AWS::CodePipeline::Pipeline"
    name_property = "Name"
    takes_stack_tags = True
    known = frozenset({"ArtifactStores", "Name", *IN_PLACE})
    replaced_by = frozenset({"Name"})
    in_place = IN_PLACE
    removable = frozenset({TRANSITIONS, "ExecutionMode", "PipelineType", RESTART, TAGS, "Triggers", "Variables"})

    def create(self, name: str, properties: dict[str, Any]) -> Resource:
        pipeline = {**without(properties, *APART), "Name": name}
        tags = {TAGS: properties[TAGS]} if TAGS in properties else {}
        made = called(self.engine, "codepipeline", "CreatePipeline", {"Pipeline": pipeline, **tags})
        self._set_transitions(name, [], properties)
        return Resource(name, {"Version": str(made["pipeline"]["version"])})

    def update(self, existing: Resource, properties: dict[str, Any]) -> Resource:
        name = existing.physical_resource_id
        self._set_tags(name, existing.properties.get(TAGS, []), properties.get(TAGS, []))
        if without(properties, TAGS) == without(existing.properties, TAGS):
            return existing
        pipeline = {**without(properties, *APART), "Name": name}
        made = called(self.engine, "codepipeline", "UpdatePipeline", {"Pipeline": pipeline})
        self._set_transitions(name, existing.properties.get(TRANSITIONS, []), properties)
        if as_text(properties.get(RESTART, False)) == "true":
            self.engine.client("codepipeline").start_pipeline_execution(name=name)
        return Resource(name, {"Version": str(made["pipeline"]["version"])})

    def delete(self, existing: Resource) -> None:
        self.engine.client("codepipeline").delete_pipeline(name=existing.physical_resource_id)

    def _set_tags(self, name: str, before: list[dict[str, str]], wanted: list[dict[str, str]]) -> None:
        api = self.engine.client("codepipeline")
        arn = f"arn:aws:codepipeline:{self.engine.region}:{self.engine.account}:{name}"
        left = {tag["Key"] for tag in wanted}
        if gone := [tag["Key"] for tag in before if tag["Key"] not in left]:
            api.untag_resource(resourceArn=arn, tagKeys=gone)
        if wanted != before:
            called(self.engine, "codepipeline", "TagResource", {"ResourceArn": arn, TAGS: wanted})

    def _set_transitions(self, name: str, before: list[dict[str, str]], properties: dict[str, Any]) -> None:
        api, kind = self.engine.client("codepipeline"), "Inbound"
        wanted = {one["StageName"]: one["Reason"] for one in properties.get(TRANSITIONS, [])}
        for stage, reason in wanted.items():
            api.disable_stage_transition(pipelineName=name, stageName=stage, transitionType=kind, reason=reason)
        for one in before:
            if one["StageName"] not in wanted:
                api.enable_stage_transition(pipelineName=name, stageName=one["StageName"], transitionType=kind)


def install(engine: Engine) -> None:
    register(Pipeline(engine))
