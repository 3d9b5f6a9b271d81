"""The pipelines of the demo are those that the manual tells to make."""

from __future__ import annotations

import json
import shlex

import botocore.session
from botocore.validate import ParamValidator

from demo.context import REPOSITORY
from demo.health_gate import forwarders
from demo.health_gate.pipelines import EUROPE, PIPELINES, declaration

MANUAL = (REPOSITORY / "docs" / "health-gate.md").read_text()
ROLE = "arn:aws:iam::123456789012:role/shop-pipelines"


def test_each_is_one_that_codepipeline_takes() -> None:
    model = botocore.session.get_session().get_service_model("codepipeline").operation_model("CreatePipeline")
    for pipeline in PIPELINES:
        given = {"pipeline": declaration(pipeline, ROLE, "gate")}
        assert ParamValidator().validate(given, model.input_shape).generate_report() == ""


def test_the_gate_is_asked_as_in_the_manual_before_anything_is_deployed() -> None:
    source, gate, deploy = (stage["actions"][0] for stage in declaration(EUROPE, ROLE, "gate")["stages"])
    parameters = json.loads(gate["configuration"]["UserParameters"])
    assert parameters.pop("regions") == ["eu-west-1"]
    assert json.dumps(parameters).replace("shop-europe", "shop") in MANUAL
    assert gate["configuration"]["FunctionName"] == "gate"
    assert (source["outputArtifacts"], deploy["configuration"]["StackName"]) == (
        deploy["inputArtifacts"],
        "shop-europe",
    )


def test_the_forwarders_are_deployed_as_in_the_manual() -> None:
    in_the_manual = MANUAL[MANUAL.index("aws cloudformation deploy") :].partition("\ndone")[0].replace("\\\n", " ")
    words = shlex.split(in_the_manual.replace("$region", "us-west-2").replace("$HEALTH_BUS_ARN", "arn"))
    assert forwarders.command("us-west-2", "arn") == words
    assert (REPOSITORY / forwarders.TEMPLATE).is_file()
