"""What to type to see what layer-distributor did: the ordinary AWS CLI."""

from __future__ import annotations

from demo.layer_distributor import function
from demo.layer_distributor.places import LAYER, PREFIX


def commands(pipeline: str) -> list[str]:
    """Each ends by itself, so that all can be pasted at once."""
    region, names = function.REGION, f"{PREFIX}/{LAYER}"
    actions = "actionExecutionDetails[].[pipelineExecutionId,actionName,status]"
    return [
        f"aws codepipeline list-action-executions --pipeline-name {pipeline} --query '{actions}' --output text",
        f"aws lambda list-layer-versions --region {region} --layer-name {LAYER} "
        "--query 'LayerVersions[].[Version,Description]' --output text",
        f"aws ssm get-parameters-by-path --region {region} --path {names} "
        "--query 'Parameters[].[Name,Value]' --output text",
        f"aws lambda get-function-configuration --region {region} --function-name {function.NAME} --query Layers",
    ]
