"""What to type to see what health-gate did: the ordinary AWS CLI."""

from __future__ import annotations

from demo.health_gate.pipelines import PIPELINES, WEB


def commands(table: str, watch: str) -> list[str]:
    """Each ends by itself, so that all can be pasted at once."""
    actions = "actionExecutionDetails[].[pipelineExecutionId,actionName,status]"
    blocks = '{":pk": {"S": "BLOCK"}}'
    group = (
        f"aws lambda get-function-configuration --function-name {watch} --query LoggingConfig.LogGroup --output text"
    )
    return [
        f"aws codepipeline list-action-executions --pipeline-name {WEB.name} --query '{actions}' --output text",
        *(
            f"aws codepipeline get-pipeline-state --name {pipeline.name} --query 'stageStates[1].actionStates'"
            for pipeline in PIPELINES
        ),
        f"aws dynamodb query --table-name {table} --key-condition-expression 'pk = :pk' "
        f"--expression-attribute-values '{blocks}' --query 'Items[].[state.S,reason.S]' --output text",
        f"aws logs filter-log-events --log-group-name \"$({group})\" --query 'events[].[message]' --output text "
        """| grep -o '"outcome".*"reason":"[^"]*"'""",
    ]
