from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from moto.cloudformation import parsing

from .helpers import Account


def test_an_unknown_type_is_refused_by_name(aws: Account) -> None:
    with pytest.raises(ClientError, match=r"Unrecognized resource types: \[AWS::Chime::Bell\]") as refusal:
        aws.deploy({"Topic": {"Type": "AWS::SNS::Topic"}, "Bell": {"Type": "AWS::Chime::Bell"}})
    assert refusal.value.response["Error"]["Code"] == "ValidationError"


def test_a_type_that_moto_knows_and_we_have_not_tried_is_refused(aws: Account) -> None:
    assert "AWS::Redshift::Cluster" in parsing.get_model_map()
    with pytest.raises(ClientError, match="AWS::Redshift::Cluster"):
        aws.deploy({"Cluster": {"Type": "AWS::Redshift::Cluster"}})
