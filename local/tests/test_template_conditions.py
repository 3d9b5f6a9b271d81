from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from .helpers import Account, outputs

TEMPLATE = """
Parameters:
  Text: {{Type: String, Default: ""}}
  Number: {{Type: Number, Default: 30}}
Conditions:
  Given: !Not [!Equals [!Ref Text, ""]]
  Thirty: !Equals [!Ref Number, 30]
  Asked: {condition}
Resources: {{Queue: {{Type: AWS::SQS::Queue}}}}
Outputs: {{Answer: {{Value: !If [Asked, "yes", "no"]}}}}
"""


@pytest.mark.parametrize(
    ("condition", "parameters", "answer"),
    [
        ("!Equals [!Ref Number, 30]", {}, "yes"),
        ("!Equals [!Ref Number, 30]", {"Number": "30"}, "yes"),
        ('!Equals [!Ref Number, "30"]', {}, "yes"),
        ("!Equals [!Ref Number, 0]", {"Number": "0"}, "yes"),
        ("!Equals [!Ref Number, 1]", {"Number": "0"}, "no"),
        ("!Equals [true, 'true']", {}, "yes"),
        ("!Equals [!Ref Text, A]", {"Text": "a"}, "no"),
        ("!Or [!Condition Given, !Condition Thirty]", {}, "yes"),
        ("!Or [!Condition Given, !Condition Thirty]", {"Number": "1"}, "no"),
        ("!And [!Condition Given, !Condition Thirty]", {"Text": "a"}, "yes"),
        ("!And [!Condition Given, !Condition Thirty]", {}, "no"),
        ("!Not [!Condition Thirty]", {}, "no"),
        ("!Not [{Condition: Given}]", {}, "yes"),
        ("!Condition Given", {"Text": "a"}, "yes"),
        ("!Or [!Not [!Condition Thirty], !And [!Condition Given, !Equals [a, a]]]", {"Text": "a"}, "yes"),
    ],
)
def test_a_condition_holds_as_on_aws(aws: Account, condition: str, parameters: dict[str, str], answer: str) -> None:
    stack = aws.deploy_text(TEMPLATE.format(condition=condition), parameters=parameters)
    assert outputs(stack) == {"Answer": answer}


@pytest.mark.parametrize(
    "condition", ["!Xor [!Condition Given, !Condition Thirty]", "!Not [!Condition Missing]", "text"]
)
def test_what_is_not_a_condition_is_refused(aws: Account, condition: str) -> None:
    with pytest.raises(ClientError, match="Template format error"):
        aws.deploy_text(TEMPLATE.format(condition=condition))
