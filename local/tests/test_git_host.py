from __future__ import annotations

import base64
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from .builds import Project, commands, context
from .helpers import Account, unique
from .pipelines import refused
from .repositories import git

CONNECTION = "arn:aws:codeconnections:us-east-1:123456789012:connection/1"
AUTH = {"type": "CODECONNECTIONS", "resource": CONNECTION}
TOKEN = "ghp_secret"


class Hosted:
    """A repository with one commit, and a person's clone of it."""

    def __init__(self, aws: Account, folder: Path) -> None:
        self.name = f"acme/{unique('shop')}"
        made = aws.post("/git-host", repository=self.name, token=TOKEN)
        self.url, self.clone = str(made["url"]), folder / "clone"
        git(folder, "clone", "--quiet", made["folder"], str(self.clone))
        self.first = self.push("main", "one\n")

    def push(self, branch: str, text: str) -> str:
        git(self.clone, "checkout", "--quiet", "-B", branch)
        (self.clone / "file").write_text(text)
        git(self.clone, "add", "file")
        git(self.clone, "commit", "--quiet", "-m", "words")
        git(self.clone, "push", "--quiet", "origin", branch)
        return git(self.clone, "rev-parse", "HEAD")

    def get(self, url: str, authorization: str) -> tuple[int, str, bytes]:
        request = urllib.request.Request(url, headers={"Authorization": authorization})
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.headers["content-type"], answer.read()
        except urllib.error.HTTPError as error:
            return error.code, "", b""


@pytest.fixture
def hosted(aws: Account, tmp_path: Path) -> Hosted:
    return Hosted(aws, tmp_path)


def basic(token: str) -> str:
    return "Basic " + base64.b64encode(f"x-access-token:{token}".encode()).decode()


def test_branches_are_listed_to_who_has_the_token(hosted: Hosted) -> None:
    second = hosted.push("feature/\N{SNAKE}", "two\n")
    url = f"{hosted.url}/info/refs?service=git-upload-pack"
    status, kind, body = hosted.get(url, basic(TOKEN))
    assert (status, kind) == (200, "application/x-git-upload-pack-advertisement")
    assert body.startswith(b"001e# service=git-upload-pack\n0000")
    assert body.endswith(b"0000")
    assert b"symref=HEAD:refs/heads/main" in body
    for commit, branch in ((hosted.first, "main"), (second, "feature/\N{SNAKE}")):
        assert f"{commit} refs/heads/{branch}\n".encode() in body
    assert hosted.get(url, basic("another"))[0] == 401
    assert hosted.get(url.replace(hosted.name, "acme/none"), basic(TOKEN))[0] == 401


def test_git_itself_clones_from_it(hosted: Hosted, tmp_path: Path) -> None:
    url = hosted.url.replace("http://", f"http://x-access-token:{TOKEN}@")
    git(tmp_path, "clone", "--quiet", url, str(tmp_path / "another"))
    assert (tmp_path / "another" / "file").read_text() == "one\n"
    with pytest.raises(subprocess.CalledProcessError):
        git(tmp_path, "ls-remote", url.replace(TOKEN, "another"))


def test_a_file_of_a_commit_is_read_as_it_is(hosted: Hosted) -> None:
    hosted.push("main", "two\n")
    api = hosted.url.removesuffix(f"{hosted.name}.git") + f"api/v3/repos/{hosted.name}/contents"
    assert hosted.get(f"{api}/file?ref={hosted.first}", f"Bearer {TOKEN}")[::2] == (200, b"one\n")
    assert hosted.get(f"{api}/none?ref={hosted.first}", f"Bearer {TOKEN}")[0] == 404
    assert hosted.get(f"{api}/file?ref={hosted.first}", "Bearer another")[0] == 401


@pytest.mark.parametrize("kind", ["GITHUB", "GITHUB_ENTERPRISE", "GITLAB"])
def test_a_build_clones_by_a_connection(aws: Account, hosted: Hosted, kind: str) -> None:
    source = {"type": kind, "location": hosted.url, "auth": AUTH, "gitCloneDepth": 1, "buildspec": commands("cat file")}
    project = Project(aws, "", source=source)
    second = hosted.push("work", "two\n")
    assert project.output(project.run()) == ["one"]
    build = project.run(sourceVersion=second)
    assert (project.output(build), build["resolvedSourceVersion"]) == (["two"], second)
    assert context(project.run(sourceVersion="none"), "DOWNLOAD_SOURCE")["statusCode"] == "CLIENT_ERROR"


def test_a_repository_that_nobody_has_fails_the_download(aws: Account) -> None:
    source = {"type": "GITHUB", "location": "https://github.com/a/b.git", "auth": AUTH, "buildspec": commands("true")}
    build = Project(aws, "", source=source).run()
    assert context(build, "DOWNLOAD_SOURCE")["message"] == "repository not found for primary source"


def test_a_source_at_another_host_has_a_clone_url_and_a_connection(aws: Account, hosted: Hosted) -> None:
    def source(**more: Any) -> dict[str, Any]:
        return {"type": "GITHUB", "location": hosted.url, "auth": AUTH, "buildspec": commands("true"), **more}

    assert "clone URL" in refused("InvalidInputException", Project, aws, "", source=source(location=hosted.name))
    with pytest.raises(Exception, match="CODECONNECTIONS"):
        Project(aws, "", source=source(auth={"type": "OAUTH"}))


@pytest.mark.parametrize("body", [{}, {"repository": "shop", "token": "t"}, {"repository": "a/../b", "token": "t"}])
def test_a_repository_needs_a_full_name_and_a_token(aws: Account, body: dict[str, str]) -> None:
    assert "git-host needs" in aws.post("/git-host", **body)["error"]
