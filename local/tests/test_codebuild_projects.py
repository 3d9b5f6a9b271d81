from __future__ import annotations

from typing import Any

import pytest

from wrasse_local.unimplemented_operations import CODE

from .builds import ENVIRONMENT, Project, buildspec, commands, context
from .helpers import Account, unique
from .pipelines import refused


def test_a_project_is_made_shown_changed_and_deleted(aws: Account) -> None:
    tags = [{"key": "branch", "value": "feature/login é"}]
    project = Project(aws, commands("echo one"), tags=tags, description="first")
    assert project.made["arn"] == f"arn:aws:codebuild:us-east-1:123456789012:project/{project.name}"
    again = project.declared(commands("true"))
    refused("ResourceAlreadyExistsException", project.api.create_project, **again)
    project.api.update_project(name=project.name, description="second")
    found = project.api.batch_get_projects(names=[project.made["arn"], project.name, "none"])
    [shown, by_name] = found["projects"]
    assert shown == by_name
    assert (shown["description"], shown["tags"], shown["timeoutInMinutes"]) == ("second", tags, 60)
    assert shown["created"] == project.made["created"] < shown["lastModified"]
    assert found["projectsNotFound"] == ["none"]
    assert project.name in project.api.list_projects()["projects"]
    build = project.run()
    project.api.delete_project(name=project.name)
    project.api.delete_project(name=project.name)
    assert project.name not in project.api.list_projects()["projects"]
    refused("ResourceNotFoundException", project.start)
    refused("ResourceNotFoundException", project.api.list_builds_for_project, projectName=project.name)
    assert project.shown(build["id"])["buildStatus"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ({"source": {"type": "GITHUB", "location": "https://github.com/a/b"}}, CODE, "source type GITHUB"),
        ({"source": {"type": "NO_SOURCE"}}, "InvalidInputException", "NO_SOURCE"),
        ({"source": {"type": "NO_SOURCE", "buildspec": "a.yml"}}, "InvalidInputException", "NO_SOURCE"),
        ({"source": {"type": "S3", "buildspec": "a.yml"}}, "InvalidInputException", "location"),
        ({"artifacts": {"type": "S3"}}, "InvalidInputException", "location"),
        ({"artifacts": {"type": "CODEPIPELINE"}}, "InvalidInputException", "CODEPIPELINE"),
        ({"secondaryArtifacts": [{"type": "NO_ARTIFACTS"}]}, CODE, "secondaryArtifacts"),
        ({"cache": {"type": "S3", "location": "b"}}, CODE, "cache S3"),
        ({"environment": {**ENVIRONMENT, "type": "WINDOWS_CONTAINER"}}, CODE, "WINDOWS_CONTAINER"),
        ({"logsConfig": {"s3Logs": {"status": "ENABLED", "location": "b"}}}, CODE, "logging in S3"),
        ({"timeoutInMinutes": 2161}, "ValidationException", "timeoutInMinutes"),
        ({"tags": [{"key": "branch", "value": "feature/\N{SNAKE}"}]}, "ValidationException", "value"),
        ({"tags": [{"key": "branch", "value": "$(touch pwned)"}]}, "ValidationException", "value"),
    ],
)
def test_a_project_that_is_not_one_or_not_done_is_refused(
    aws: Account, more: dict[str, Any], code: str, said: str
) -> None:
    names = aws("codebuild").list_projects()["projects"]
    assert said in refused(code, Project, aws, commands("true"), **more)
    assert aws("codebuild").list_projects()["projects"] == names


@pytest.mark.parametrize("kind", ["PARAMETER_STORE", "SECRETS_MANAGER"])
def test_variables_from_elsewhere_are_refused_by_name(aws: Account, kind: str) -> None:
    project = Project(aws, commands("true"))
    variable = {"name": "PASSWORD", "value": "/p", "type": kind}
    assert kind in refused(CODE, project.start, environmentVariablesOverride=[variable])


def test_an_override_that_is_not_done_is_refused_by_name(aws: Account) -> None:
    project = Project(aws, commands("true"))
    assert "privilegedModeOverride" in refused(CODE, project.start, privilegedModeOverride=True)
    assert project.api.list_builds_for_project(projectName=project.name)["ids"] == []


def test_an_operation_that_is_not_there_is_refused_by_name(aws: Account) -> None:
    project = Project(aws, commands("true"))
    assert "StartBuildBatch" in refused(CODE, project.api.start_build_batch, projectName=project.name)
    assert "us-east-1 alone" in refused(CODE, aws.engine.at("eu-west-1").client("codebuild").list_projects)


def test_builds_are_listed_the_newest_first_by_project(aws: Account) -> None:
    project, other = Project(aws, commands("true")), Project(aws, commands("true"))
    builds = [project.start() for _ in range(3)]
    apart = other.start()
    assert project.api.list_builds_for_project(projectName=project.name)["ids"] == builds[::-1]
    listed = project.api.list_builds_for_project(projectName=project.name, sortOrder="ASCENDING")["ids"]
    assert listed == builds
    assert project.api.list_builds()["ids"][:4] == [apart, *builds[::-1]]
    found = project.api.batch_get_builds(ids=[*builds, f"{project.name}:none"])
    assert [build["id"] for build in found["builds"]] == builds
    assert found["buildsNotFound"] == [f"{project.name}:none"]
    refused("ResourceNotFoundException", project.api.stop_build, id=f"{project.name}:none")
    refused("InvalidInputException", project.api.stop_build, id="none")


def test_an_account_has_projects_and_builds_of_its_own(aws: Account) -> None:
    project = Project(aws, commands('echo "$AWS_ACCESS_KEY_ID"'))
    build = project.run()
    other = aws.of_its_own()
    assert other("codebuild").list_projects()["projects"] == []
    assert other("codebuild").batch_get_builds(ids=[build["id"]])["buildsNotFound"] == [build["id"]]
    own = Project(other, commands('echo "$AWS_ACCESS_KEY_ID"'))
    assert other.engine.account in own.output(own.run())[0]


def test_a_token_makes_one_build_of_two_calls(aws: Account) -> None:
    project, token = Project(aws, commands("true")), unique("token")
    first = project.start(idempotencyToken=token)
    assert project.start(idempotencyToken=token) == first
    assert "other parameters" in refused(
        "InvalidInputException", project.start, idempotencyToken=token, timeoutInMinutesOverride=5
    )
    aws.post("/clock/advance", seconds=301)
    assert project.start(idempotencyToken=token) != first


def test_a_build_has_the_buildspec_that_it_is_started_with(aws: Account) -> None:
    project = Project(aws, commands("echo project"))
    assert project.output(project.run(buildspecOverride=commands("echo call"))) == ["call"]
    assert project.output(project.run()) == ["project"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("phases: [", "no YAML"),
        ("phases: {}", "no phases"),
        ("phases: {deploy: {commands: [a]}}", "no phase deploy"),
        ("phases: {build: {commands: [echo a: b]}}", "commands of build, number 1,"),
        ("phases: {build: {commands: echo}}", "must be a list"),
        ("phases: {build: {commands: [a], on-failure: RETRY}}", "RETRY"),
        ("phases: {build: {commands: [a], run-as: root}}", "run-as"),
        ("env: {shell: powershell.exe}\nphases: {build: {commands: [a]}}", "powershell.exe"),
        ("env: {parameter-store: {A: /a}}\nphases: {build: {commands: [a]}}", "parameter-store"),
        ("env: {secrets-manager: {A: a}}\nphases: {build: {commands: [a]}}", "secrets-manager"),
        ("phases: {build: {commands: [a]}}\nreports: {r: {files: [a]}}", "reports"),
        ("phases: {build: {commands: [a]}}\ncache: {paths: [a]}", "cache"),
        ("phases: {build: {commands: [a]}}\nbatch: {build-list: [{identifier: a}]}", "batch"),
        (
            "phases: {build: {commands: [a]}}\nartifacts: {secondary-artifacts: {a: {files: [a]}}}",
            "secondary-artifacts",
        ),
        ("phases: {build: {commands: [a]}}\nartifacts: {name: a}", "no files"),
    ],
)
def test_a_buildspec_that_is_not_one_or_not_done_fails_the_build(aws: Account, text: str, said: str) -> None:
    build = Project(aws, buildspec(text)).run()
    assert build["buildStatus"] == "FAILED"
    failed = context(build, "DOWNLOAD_SOURCE")
    assert failed["statusCode"] == "YAML_FILE_ERROR"
    assert said in failed["message"]


def test_another_version_of_the_buildspec_fails_the_build(aws: Account) -> None:
    build = Project(aws, 'version: 0.1\nphases: {build: {commands: ["true"]}}').run()
    assert "not 0.1" in context(build, "DOWNLOAD_SOURCE")["message"]
