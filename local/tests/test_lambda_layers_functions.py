"""Functions that use layers: which ones they may have, and what they see of them when they run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from wrasse_local import lambda_layers_functions

from .health import client
from .helpers import BOOTSTRAP, ECHO, Account, role_of, unique, zipped
from .layers import layer_zip, published

# A function that imports a module of its layer and runs a tool of it.
USER = """
import subprocess
def handle(event):
    import greeting
    said = subprocess.run(["greet", event], capture_output=True, text=True, check=True).stdout
    return [greeting.WORD, said, os.environ["AWS_REGION"], os.environ["WRASSE_OPT"]]
"""
GREETING = layer_zip(
    {"python/greeting.py": "WORD = 'hello'\n", "bin/greet": "#!/bin/sh\necho hello, $1\n"}, {"bin/greet": 0o755}
)
MODULE = "def handle(event):\n    import module\n    return module.WORD"


def function(aws: Account, layers: list[str], handler: str = USER, region: str = "us-east-1", **settings: Any) -> str:
    """Makes a function with layers in a region; returns its name."""
    name = unique("function")
    client(aws, region, "lambda").create_function(
        FunctionName=name,
        Role=role_of(aws("iam")),
        Runtime="provided.al2023",
        Handler="bootstrap",
        Code={"ZipFile": zipped(BOOTSTRAP.format(handler=handler))},
        Layers=layers,
        **settings,
    )
    return name


def invoked(aws: Account, name: str, event: object = None, region: str = "us-east-1") -> Any:
    answer = client(aws, region, "lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    payload = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, payload
    return payload


def layer(aws: Account, files: dict[str, str], region: str = "us-east-1") -> str:
    return str(published(aws, data=layer_zip(files), region=region)["LayerVersionArn"])


def refused(aws: Account, layers: list[str], **settings: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refusal:
        function(aws, layers, **settings)
    error = refusal.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_a_function_runs_with_the_files_of_its_layer(aws: Account, region: str) -> None:
    arn = published(aws, data=GREETING, region=region)["LayerVersionArn"]
    name = function(aws, [arn], region=region)
    word, said, seen, opt = invoked(aws, name, "wrasse", region)
    assert (word, said, seen) == ("hello", "hello, wrasse\n", region)
    assert (Path(opt) / "bin" / "greet").stat().st_mode & 0o777 == 0o755
    assert Path(opt).is_relative_to(aws.engine.state)


def test_a_function_of_another_region_has_its_log_and_its_clients_there(aws: Account) -> None:
    name = function(
        aws, [], "def handle(event):\n    print('here', flush=True)\n    return dict(os.environ)", "eu-west-1"
    )
    variables = invoked(aws, name, region="eu-west-1")
    assert variables["AWS_REGION"] == variables["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert "WRASSE_OPT" not in variables
    events = client(aws, "eu-west-1", "logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
    assert "here" in [event["message"] for event in events]


def test_a_failure_destination_is_of_the_function_s_region(aws: Account) -> None:
    name = function(aws, [], "def handle(event):\n    raise Error('No', 'never')", "eu-west-1")
    queues = client(aws, "eu-west-1", "sqs")
    url = queues.create_queue(QueueName=name)["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    api = client(aws, "eu-west-1", "lambda")
    destination = {"OnFailure": {"Destination": arn}}
    api.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0, DestinationConfig=destination)
    api.invoke(FunctionName=name, InvocationType="Event", Payload=b"{}")
    [message] = queues.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    assert json.loads(message["Body"])["responsePayload"]["errorType"] == "No"


def test_a_later_layer_lies_over_an_earlier_one(aws: Account) -> None:
    first = layer(aws, {"python/module.py": "WORD = 'first'\n", "python/other.py": "WORD = 'other'\n"})
    second = layer(aws, {"python/module.py": "WORD = 'second'\n"})
    handler = "def handle(event):\n    import module, other\n    return [module.WORD, other.WORD]"
    assert invoked(aws, function(aws, [first, second], handler)) == ["second", "other"]
    assert invoked(aws, function(aws, [second, first], handler)) == ["first", "other"]


def test_the_search_paths_begin_with_the_layer_s_folders(aws: Account) -> None:
    files = {
        "bin/a": "a",
        "lib/a": "a",
        "python/lib/python3.12/site-packages/module.py": "WORD = 'site'\n",
        "nodejs/node_modules/a": "a",
    }
    own = {"Variables": {"NODE_PATH": "/own", "PATH": "/usr/bin:/bin"}}
    name = function(aws, [layer(aws, files)], "def handle(event):\n    return dict(os.environ)", Environment=own)
    variables = invoked(aws, name)
    opt = variables["WRASSE_OPT"]
    assert variables["PATH"] == f"{opt}/bin:/usr/bin:/bin"
    assert variables["LD_LIBRARY_PATH"] == f"{opt}/lib"
    assert variables["PYTHONPATH"] == f"{opt}/python:{opt}/python/lib/python3.12/site-packages"
    assert variables["NODE_PATH"] == f"{opt}/nodejs/node_modules:/own"


def test_a_layer_brings_the_runtime_where_the_function_has_none(aws: Account) -> None:
    runtime = layer_zip({"bootstrap": BOOTSTRAP.format(handler=ECHO)}, {"bootstrap": 0o755})
    arn = published(aws, data=runtime)["LayerVersionArn"]
    name = unique("function")
    aws("lambda").create_function(
        FunctionName=name,
        Role=role_of(aws("iam")),
        Runtime="provided.al2023",
        Handler="h",
        Code={"ZipFile": layer_zip({"a": "a"})},
        Layers=[arn],
    )
    assert invoked(aws, name, "echo") == "echo"


def test_a_deleted_version_stays_with_its_functions(aws: Account) -> None:
    made = published(aws, data=layer_zip({"python/module.py": "WORD = 'kept'\n"}))
    arn = made["LayerVersionArn"]
    name = function(aws, [arn], MODULE)
    aws("lambda").delete_layer_version(LayerName=made["LayerArn"], VersionNumber=1)
    assert invoked(aws, name) == "kept"
    aws("lambda").update_function_configuration(FunctionName=name, Description="a new sandbox")
    assert invoked(aws, name) == "kept"
    [shown] = aws("lambda").get_function_configuration(FunctionName=name)["Layers"]
    assert shown == {"Arn": arn, "CodeSize": made["Content"]["CodeSize"]}
    assert refused(aws, [arn]) == ("InvalidParameterValueException", f"Layer version {arn} does not exist.")


def test_other_layers_need_a_new_sandbox(aws: Account) -> None:
    first, second = (layer(aws, {"python/module.py": f"WORD = '{word}'\n"}) for word in ("first", "second"))
    name = function(aws, [first], MODULE)
    assert invoked(aws, name) == "first"
    aws("lambda").update_function_configuration(FunctionName=name, Layers=[second])
    assert invoked(aws, name) == "second"


def test_all_functions_and_their_versions_show_their_layers(aws: Account) -> None:
    account = aws.of_its_own()
    made = published(account)
    shown = {"Arn": made["LayerVersionArn"], "CodeSize": made["Content"]["CodeSize"]}
    name, api = function(account, [made["LayerVersionArn"]]), account("lambda")
    api.publish_version(FunctionName=name)
    api.update_function_configuration(FunctionName=name, Layers=[])
    found = {each["Version"]: each["Layers"] for each in api.list_functions(FunctionVersion="ALL")["Functions"]}
    assert found == {"$LATEST": [], "1": [shown]}


def test_five_layers_are_the_most(aws: Account) -> None:
    arns = [layer(aws, {f"file-{number}": "a"}) for number in range(6)]
    function(aws, arns[:5])
    assert refused(aws, arns) == ("InvalidParameterValueException", "Cannot reference more than 5 layers.")


def test_a_layer_of_another_region_is_refused(aws: Account) -> None:
    arn = layer(aws, {"a": "a"}, region="eu-west-1")
    assert refused(aws, [arn]) == (
        "InvalidParameterValueException",
        "Layers are not in the same region as the function. Layers are expected to be in region us-east-1.",
    )


def test_a_layer_without_a_version_is_refused(aws: Account) -> None:
    assert refused(aws, [layer(aws, {"a": "a"}).rpartition(":")[0]])[0] == "ValidationException"


def test_two_versions_of_a_layer_are_refused(aws: Account) -> None:
    name = unique("layer")
    arns = [published(aws, name)["LayerVersionArn"] for _ in range(2)]
    assert refused(aws, arns)[1].startswith("Two different versions of the same layer are not allowed")


def test_another_account_s_layer_needs_its_permission(aws: Account) -> None:
    made, other = published(aws, data=GREETING), aws.of_its_own()
    arn = made["LayerVersionArn"]
    assert refused(other, [arn])[0] == "AccessDeniedException"
    aws("lambda").add_layer_version_permission(
        LayerName=made["LayerArn"],
        VersionNumber=1,
        StatementId="s",
        Action="lambda:GetLayerVersion",
        Principal=other.engine.account,
    )
    assert invoked(other, function(other, [arn]), "other")[0] == "hello"


def test_code_and_layers_have_a_size_together(aws: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    code = len(BOOTSTRAP.format(handler=USER))
    files = {f"file-{number}": "a" * 100 for number in range(2)}
    arns = [layer(aws, {name: text}) for name, text in files.items()]
    monkeypatch.setattr(lambda_layers_functions, "UNZIPPED_LIMIT", code + 200)
    name = function(aws, arns)
    monkeypatch.setattr(lambda_layers_functions, "UNZIPPED_LIMIT", code + 199)
    message = (
        f"Function code combined with layers exceeds the maximum allowed size of {code + 199} bytes. "
        f"The actual size is {code + 200} bytes."
    )
    assert refused(aws, arns) == ("InvalidParameterValueException", message)
    with pytest.raises(ClientError, match="exceeds the maximum"):
        aws("lambda").update_function_configuration(FunctionName=name, Layers=arns)


def test_a_refused_update_changes_nothing(aws: Account) -> None:
    arn = layer(aws, {"a": "a"})
    name, api = function(aws, [arn]), aws("lambda")
    with pytest.raises(ClientError):
        api.update_function_configuration(FunctionName=name, Description="new", Layers=[f"{arn}0"])
    found = api.get_function_configuration(FunctionName=name)
    assert (found["Description"], [used["Arn"] for used in found["Layers"]]) == ("", [arn])
