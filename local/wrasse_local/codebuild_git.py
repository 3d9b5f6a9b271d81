"""A build's source in CodeCommit or at another host: a clone with all of its history, at one commit.

AWS: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html (sourceVersion)
The version is a commit's id, a branch, a tag or a full reference; without one it is the default branch. The clone has a
detached `HEAD` and is of the folder that `codecommit` or `git_host` keeps. The words for what is not there are
CodeBuild's own.
"""

from __future__ import annotations

from pathlib import Path

from . import codecommit, git_host
from .codebuild_artifacts import CLIENT_ERROR
from .codebuild_records import CODECOMMIT, Build, Failed
from .codecommit_git import HEADS, TAGS, GitError, run
from .codecommit_records import COMMIT_ID, Repository
from .git_host import HostedRepository


def download(build: Build, folder: Path) -> None:
    """Clones the source into an empty folder, and tells the build which commit it is."""
    source = build.project["source"]
    if build.source_type == CODECOMMIT:
        repository: Repository | HostedRepository | None = codecommit.repository_at(build.account, source["location"])
    else:
        repository = git_host.repository_at(source["location"])
    if repository is None:
        raise _not_found("repository", build)
    commit = _commit(repository, build)
    depth = source.get("gitCloneDepth") or 0
    try:
        if depth:
            run("init", "--quiet", "--template=", str(folder))
            run("-C", str(folder), "remote", "add", "origin", str(repository.git.folder))
            run("-C", str(folder), "fetch", "--quiet", f"--depth={depth}", "origin", commit)
        else:
            words = ("--no-local", "--no-checkout", "--template=")
            run("clone", "--quiet", *words, str(repository.git.folder), str(folder))
        run("-C", str(folder), "checkout", "--quiet", "--detach", commit)
    except GitError as error:
        # A commit to which no branch leads any more is not in a clone.
        raise _not_found("object", build) from error
    build.resolved_version = commit


def _commit(repository: Repository | HostedRepository, build: Build) -> str:
    refs, version = repository.git.refs(), build.source_version or repository.default_branch or ""
    for ref in (version, HEADS + version, TAGS + version):
        if ref in refs:
            return repository.git.peeled(refs[ref])
    if COMMIT_ID.fullmatch(version):
        return version
    raise _not_found("reference", build)


def _not_found(what: str, build: Build) -> Failed:
    version = f" and source version {build.source_version}" if build.source_version else ""
    return Failed(CLIENT_ERROR, f"{what} not found for primary source{version}")
