from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from wrasse_local.unimplemented_operations import CODE

from .builds import Project, buildspec, commands
from .helpers import Account, eventually
from .pipelines import Release, deploy_action, lambda_action, refused

LAYER = buildspec("""
    env: {variables: {VERSION: none}, exported-variables: [VERSION, FILES]}
    phases:
      build:
        commands:
          - test "$CODEBUILD_RESOLVED_SOURCE_VERSION" = "$VERSION"
          - mkdir -p layer/nodejs && cp app.js layer/nodejs/
          - cd layer && python3 -m zipfile -c ../layer.zip nodejs && cd ..
          - export FILES=$(ls)
    artifacts: {files: [layer.zip]}
""")


def build_action(project: str, **more: Any) -> dict[str, Any]:
    kind = {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"}
    return {
        "name": "Build",
        "actionTypeId": kind,
        "configuration": {"ProjectName": project},
        "inputArtifacts": [{"name": "app"}],
        "outputArtifacts": [{"name": "built"}],
        **more,
    }


def project_of(aws: Account, spec: str | None) -> Project:
    """A project for pipelines; its buildspec is in itself or (None) in its source."""
    source = {"type": "CODEPIPELINE", **({"buildspec": spec} if spec is not None else {})}
    return Project(aws, "", source=source, artifacts={"type": "CODEPIPELINE"})


def artifact(release: Release, execution: str) -> dict[str, bytes]:
    """The files of what the last build made."""
    build, *_ = [one for one in release.actions(execution) if one["actionName"] == "Build"]
    [output] = build["output"]["outputArtifacts"]
    place = output["s3location"]
    body = release.aws("s3").get_object(Bucket=place["bucket"], Key=place["key"])["Body"].read()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def error(release: Release) -> dict[str, Any]:
    details: dict[str, Any] = release.stage()["actionStates"][0]["latestExecution"]["errorDetails"]
    return details


@pytest.fixture
def release(aws: Account) -> Release:
    made = Release(aws)
    made.put_source({"app.js": "hello", "template.json": "{}"})
    return made


def test_a_layer_is_built_from_the_source_and_is_in_the_artifact(release: Release) -> None:
    project = project_of(release.aws, LAYER)
    variables = json.dumps([{"name": "VERSION", "value": "#{Source.VersionId}", "type": "PLAINTEXT"}])
    configuration = {"ProjectName": project.name, "EnvironmentVariables": variables}
    gate = lambda_action("Gate", release.aws.function(), "#{Build.VERSION} #{Build.FILES}")
    build = build_action(project.name, configuration=configuration, namespace="Build")
    release.create([build], [{**gate, "inputArtifacts": [{"name": "built"}]}])
    execution = release.start()
    release.succeed(release.job(execution))
    release.ended(execution, "Succeeded")
    made = artifact(release, execution)
    assert list(made) == ["layer.zip"]
    assert zipfile.ZipFile(io.BytesIO(made["layer.zip"])).read("nodejs/app.js") == b"hello"
    revision = release.aws("s3").head_object(Bucket=release.bucket, Key="app.zip")["VersionId"]
    [gated] = [one for one in release.actions(execution) if one["actionName"] == "Gate"]
    names = "app.js\nlayer\nlayer.zip\ntemplate.json"
    assert gated["input"]["resolvedConfiguration"]["UserParameters"] == f"{revision} {names}"
    [ran] = project.api.list_builds_for_project(projectName=project.name)["ids"]
    shown = project.shown(ran)
    assert (shown["initiator"], shown["resolvedSourceVersion"]) == (f"codepipeline/{release.name}", revision)
    assert shown["sourceVersion"].startswith(f"arn:aws:s3:::{release.store}/")
    [action] = [one for one in release.actions(execution) if one["actionName"] == "Build"]
    assert action["output"]["executionResult"]["externalExecutionId"] == ran


def test_what_is_built_is_deployed(release: Release) -> None:
    template = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    spec = json.loads(commands(f"cat > template.json <<'END'\n{template}\nEND"))
    spec["artifacts"] = {"files": ["template.json"]}
    release.put_source({"buildspec.yml": json.dumps(spec)})
    stack = f"{release.name}-app"
    deploy = {**deploy_action(stack, TemplatePath="built::template.json"), "inputArtifacts": [{"name": "built"}]}
    release.create([build_action(project_of(release.aws, None).name)], [deploy])
    release.ended(release.start(), "Succeeded")
    assert release.aws.stack(stack)["StackStatus"] == "CREATE_COMPLETE"


def test_a_failed_command_fails_the_action_and_a_retry_builds_again(release: Release) -> None:
    spec = json.loads(commands("test -e go", "cp app.js out.js"))
    spec["artifacts"] = {"files": ["out.js"]}
    project = project_of(release.aws, json.dumps(spec))
    release.create([build_action(project.name)])
    execution = release.start()
    release.ended(execution, "Failed")
    reason = "Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: Error while executing command: test -e go."
    message = f"Build terminated with state: FAILED. {reason} Reason: exit status 1"
    assert error(release) == {"code": "JobFailed", "message": message}
    latest = release.stage()["actionStates"][0]["latestExecution"]
    assert latest["externalExecutionId"] == project.api.list_builds_for_project(projectName=project.name)["ids"][0]
    spec["phases"]["build"]["commands"][0] = "true"
    source = {"type": "CODEPIPELINE", "buildspec": json.dumps(spec)}
    project.api.update_project(name=project.name, source=source)
    release.retry(execution)
    release.ended(execution, "Succeeded")
    assert artifact(release, execution) == {"out.js": b"hello"}


def test_a_stopped_build_fails_the_action(release: Release) -> None:
    project = project_of(release.aws, commands("sleep 300"))
    release.create([build_action(project.name, outputArtifacts=[])])
    execution = release.start()
    [build] = eventually(lambda: project.api.list_builds_for_project(projectName=project.name)["ids"])
    eventually(lambda: release.stage()["actionStates"][0]["latestExecution"].get("externalExecutionId") == build)
    project.api.stop_build(id=build)
    release.ended(execution, "Failed")
    assert error(release) == {"code": "JobFailed", "message": "Build terminated with state: STOPPED"}


def test_a_build_that_makes_no_artifact_where_one_is_wanted_fails(release: Release) -> None:
    project = project_of(release.aws, commands("true"))
    release.create([build_action(project.name)])
    release.ended(release.start(), "Failed")
    assert "Phase: UPLOAD_ARTIFACTS, Code: CLIENT_ERROR" in error(release)["message"]


def test_a_project_that_is_not_there_fails_the_action(release: Release) -> None:
    release.create([build_action("none")])
    release.ended(release.start(), "Failed")
    assert error(release)["message"].startswith("Error calling startBuild: Project cannot be found: arn:aws:codebuild:")
    assert "Error Code: ResourceNotFoundException" in error(release)["message"]


@pytest.mark.parametrize(
    ("variables", "code", "said"),
    [
        ("[{", "ConfigurationError", "EnvironmentVariables of the action Build"),
        ('{"name": "A"}', "ConfigurationError", "a list of objects"),
        ('[{"name": "A", "value": 1}]', "ConfigurationError", "all of them texts"),
        ('[{"name": "A", "value": "/a", "type": "PARAMETER_STORE"}]', "JobFailed", "PARAMETER_STORE"),
    ],
)
def test_variables_that_are_none_fail_the_action(release: Release, variables: str, code: str, said: str) -> None:
    project = project_of(release.aws, commands("true"))
    configuration = {"ProjectName": project.name, "EnvironmentVariables": variables}
    release.create([build_action(project.name, configuration=configuration)])
    release.ended(release.start(), "Failed")
    assert error(release)["code"] == code
    assert said in error(release)["message"]


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ({"configuration": {}}, "InvalidActionDeclarationException", "ProjectName"),
        ({"configuration": {"ProjectName": "p", "BatchEnabled": "true"}}, CODE, "BatchEnabled"),
        ({"inputArtifacts": []}, "InvalidActionDeclarationException", "needs an input artifact"),
        ({"inputArtifacts": [{"name": "app"}, {"name": "more"}]}, CODE, "not 2 to 1"),
        ({"outputArtifacts": [{"name": "a"}, {"name": "b"}]}, CODE, "not 1 to 2"),
    ],
)
def test_a_build_action_that_is_not_one_or_not_done_is_refused(
    release: Release, more: dict[str, Any], code: str, said: str
) -> None:
    assert said in refused(code, release.create, [build_action("p", **more)])
