"""What to type to see what log-archive did: the ordinary AWS CLI."""

from __future__ import annotations

from demo.context import keys
from demo.log_archive.archive import ERRORS, GIVEN_UP, LOGS
from demo.log_archive.groups import STOREFRONT
from demo.look_around import exports


def commands(bucket: str, machine: str, subscriber: str, group: str, theirs: str) -> list[str]:
    """Each ends by itself, so that all can be pasted at once. `theirs` is a log group of another account.

    The last ones make a plan: a dry run of the subscriber, its tally, and its line for every log group.
    """
    last = f"aws s3api list-objects-v2 --bucket {bucket} --prefix {LOGS} --query 'Contents[-1].Key' --output text"
    plan = f"aws stepfunctions start-execution --state-machine-arn {machine} --input '{{\"dryRun\": true}}'"
    described = 'aws stepfunctions describe-execution --execution-arn "$plan" --output text'
    log_group = f"aws lambda get-function-configuration --function-name {subscriber} --query LoggingConfig.LogGroup"
    log = f'aws logs filter-log-events --log-group-name "$({log_group} --output text)"'
    filters = "aws logs describe-subscription-filters --log-group-name"
    other_account = "; ".join(exports({name.upper(): value for name, value in keys(STOREFRONT).items()}))
    return [
        f"aws s3 ls --recursive --human-readable s3://{bucket}/{LOGS}",
        f'aws s3 cp "s3://{bucket}/$({last})" - | gunzip | head -n 5',
        *(f"aws s3 ls --recursive s3://{bucket}/{prefix}" for prefix in (ERRORS, GIVEN_UP)),
        f"{filters} {group}",
        # A subshell: the next command is one of the central account again.
        f"({other_account}; {filters} {theirs})",
        f"plan=$({plan} --query executionArn --output text)",
        f'while [ "$({described} --query status)" = RUNNING ]; do sleep 1; done',
        f"{described} --query output",
        f"{log} --query 'events[].[message]' --output text | grep -o '\"group\":.*\"dry_run\":true'",
    ]
