from __future__ import annotations

from typing import Any

import pytest

from wrasse_local.stack_order import in_order


def uses(value: Any) -> dict[str, Any]:
    return {"Type": "T", "Properties": {"P": [{"Q": value}]}}


@pytest.mark.parametrize(
    "user",
    [
        uses({"Ref": "Base"}),
        uses({"Fn::GetAtt": ["Base", "Arn"]}),
        uses({"Fn::GetAtt": "Base.Outputs.Arn"}),
        uses({"Fn::Sub": "x ${Base.Arn} y"}),
        uses({"Fn::Sub": ["${x}", {"x": {"Ref": "Base"}}]}),
        uses({"Fn::If": ["C", {"Ref": "Base"}, "n"]}),
        {"Type": "T", "DependsOn": "Base"},
        {"Type": "T", "DependsOn": ["Base"]},
    ],
)
def test_a_resource_comes_after_what_it_names(user: dict[str, Any]) -> None:
    assert in_order({"A": user, "Base": {"Type": "T"}}) == ["Base", "A"]


def test_a_parameter_and_a_literal_are_no_resources() -> None:
    assert in_order({"A": uses({"Fn::Sub": "${!Base} ${AWS::Region} ${P}"}), "Base": {"Type": "T"}}) == ["A", "Base"]
