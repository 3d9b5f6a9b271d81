"""What to type to see what branch-environments did: the ordinary AWS CLI."""

from __future__ import annotations

from demo.branch_environments.repository import NAME


def commands(prefix: str, bucket: str) -> list[str]:
    """Each ends by itself, so that all can be pasted at once."""
    return [
        f"aws codecommit list-branches --repository-name {NAME}",
        f"aws codebuild list-projects --query \"projects[?starts_with(@, '{prefix}-')]\" --output text",
        f"aws s3 ls --recursive s3://{bucket}",
    ]
