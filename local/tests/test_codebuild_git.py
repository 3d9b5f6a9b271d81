from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .builds import Project, commands, context
from .helpers import Account
from .pipelines import refused
from .repositories import Repository, git

SHOW = ("git rev-parse HEAD", "cat file")


class FromRepository(Project):
    """A project whose source is a repository with one commit."""

    def __init__(self, aws: Account, spec: str | None = commands(*SHOW), **source: Any) -> None:
        self.repository = Repository(aws)
        self.first = self.repository.commit(files={"file": "one\n"})
        given = {"type": "CODECOMMIT", "location": self.repository.clone_url, "buildspec": spec, **source}
        super().__init__(aws, "", source={name: value for name, value in given.items() if value is not None})


def test_a_build_has_the_repository_at_its_default_branch(aws: Account) -> None:
    project = FromRepository(
        aws, commands(*SHOW, "git log --oneline | wc -l", "echo $CODEBUILD_RESOLVED_SOURCE_VERSION")
    )
    second = project.repository.commit(files={"file": "two\n"})
    build = project.run()
    assert project.output(build) == [second, "two", "2", second]
    assert build["resolvedSourceVersion"] == second
    assert "sourceVersion" not in build
    assert build["source"]["location"] == project.repository.clone_url


@pytest.mark.parametrize("depth", [0, 1])
def test_a_build_has_the_commit_branch_or_tag_that_it_is_started_with(aws: Account, depth: int) -> None:
    project = FromRepository(aws, gitCloneDepth=depth)
    repository, branch = project.repository, "feature/#{x}-\N{SNAKE}"
    repository.branch(branch)
    second = repository.commit(branch, {"file": "two\n"})
    repository.commit(branch, {"file": "three\n"})
    git(repository.folder(), "tag", "-a", "-m", "words", "v1", second)
    for version in (second, "v1", "refs/tags/v1"):
        build = project.run(sourceVersion=version)
        assert project.output(build) == [second, "two"]
        assert (build["sourceVersion"], build["resolvedSourceVersion"]) == (version, second)
    for version in (branch, f"refs/heads/{branch}"):
        assert project.output(project.run(sourceVersion=version))[1:] == ["three"]


def test_a_clone_is_as_deep_as_the_project_wants(aws: Account) -> None:
    project = FromRepository(aws, commands("git log --oneline | wc -l"), gitCloneDepth=2)
    for number in range(3):
        project.repository.commit(files={"file": str(number)})
    assert project.output(project.run()) == ["2"]


def test_a_build_packs_the_files_of_its_commit(aws: Account) -> None:
    pack = "git archive --format=zip -o $TMPDIR/source.zip $CODEBUILD_RESOLVED_SOURCE_VERSION"
    shown = "python3 -c 'import sys, zipfile; print(*zipfile.ZipFile(sys.argv[1]).namelist())' $TMPDIR/source.zip"
    project = FromRepository(aws, commands(pack, shown))
    assert project.output(project.run(sourceVersion=project.first)) == ["file"]


def test_variables_of_the_call_reach_a_build_beside_its_version(aws: Account) -> None:
    text = "$(touch pwned) `id` \N{SNAKE}"
    project = FromRepository(aws, commands('printf "%s\\n" "$WRASSE_BRANCH"', *SHOW))
    build = project.run(
        sourceVersion=project.first, environmentVariablesOverride=[{"name": "WRASSE_BRANCH", "value": text}]
    )
    assert project.output(build) == [text, project.first, "one"]


def test_a_buildspec_is_the_commit_s_own_where_the_project_has_none(aws: Account) -> None:
    project = FromRepository(aws, None)
    commit = project.repository.commit(files={"buildspec.yml": commands("echo mine")})
    assert project.output(project.run()) == ["mine"]
    assert project.run(sourceVersion=project.first)["buildStatus"] == "FAILED"
    assert project.output(project.run(sourceVersion=commit)) == ["mine"]


def test_a_version_that_is_not_there_fails_the_download(aws: Account) -> None:
    project = FromRepository(aws)
    repository = project.repository
    repository.branch("work")
    gone = repository.commit("work")
    repository.delete("work")

    def failure(**more: Any) -> dict[str, str]:
        build = project.run(**more)
        assert build["buildStatus"] == "FAILED"
        return context(build, "DOWNLOAD_SOURCE")

    said = "reference not found for primary source and source version work"
    assert failure(sourceVersion="work") == {"statusCode": "CLIENT_ERROR", "message": said}
    for commit in (gone, "1" * 40):
        said = f"object not found for primary source and source version {commit}"
        assert failure(sourceVersion=commit)["message"] == said
    repository.api.delete_repository(repositoryName=repository.name)
    assert failure()["message"] == "repository not found for primary source"


def test_an_empty_repository_fails_the_download(aws: Account) -> None:
    repository = Repository(aws)
    source = {"type": "CODECOMMIT", "location": repository.clone_url, "buildspec": commands("true")}
    build = Project(aws, "", source=source).run()
    assert context(build, "DOWNLOAD_SOURCE")["message"] == "reference not found for primary source"


def test_a_project_s_version_is_its_builds_own_unless_they_have_another(aws: Account) -> None:
    project = FromRepository(aws)
    project.repository.commit(files={"file": "two\n"})
    project.api.update_project(name=project.name, sourceVersion=project.first)
    assert project.output(project.run())[1:] == ["one"]
    assert project.output(project.run(sourceVersion="main"))[1:] == ["two"]


@pytest.mark.parametrize("location", ["", "repository", "https://github.com/a/b"])
def test_a_location_that_is_no_repository_of_codecommit_is_refused(aws: Account, location: str) -> None:
    source = {"type": "CODECOMMIT", "location": location, "buildspec": commands("true")}
    assert "CodeCommit" in refused("InvalidInputException", Project, aws, "", source=source)


def test_a_build_s_clone_is_gone_with_the_build(aws: Account) -> None:
    project = FromRepository(aws)
    build = project.run()
    assert not Path(aws.engine.state, "codebuild", build["id"].split(":")[1]).exists()


def test_a_project_with_a_limit_refuses_more_builds(aws: Account, tmp_path: Path) -> None:
    project = Project(aws, commands(f"until [ -e {tmp_path}/go ]; do sleep 0.05; done"), concurrentBuildLimit=2)
    assert project.made["concurrentBuildLimit"] == 2
    running = [project.start(), project.start()]
    assert project.name in refused("AccountLimitExceededException", project.start)
    assert len(project.api.list_builds_for_project(projectName=project.name)["ids"]) == 2
    (tmp_path / "go").touch()
    assert [project.ended(build)["buildStatus"] for build in running] == ["SUCCEEDED"] * 2
    assert project.run()["buildStatus"] == "SUCCEEDED"
    (tmp_path / "go").unlink()
    changed = project.api.update_project(name=project.name, concurrentBuildLimit=-1)["project"]
    assert "concurrentBuildLimit" not in changed
    running = [project.start() for _ in range(3)]
    (tmp_path / "go").touch()
    assert [project.ended(build)["buildStatus"] for build in running] == ["SUCCEEDED"] * 3
    refused("InvalidInputException", Project, aws, commands("true"), concurrentBuildLimit=0)
