from __future__ import annotations

import io
import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from wrasse_local.codebuild_artifacts import found, unpack
from wrasse_local.codebuild_buildspec import Artifacts
from wrasse_local.codebuild_records import Failed

from .builds import Project, buildspec, commands, context, phases
from .helpers import Account, unique
from .pipelines import refused, zipped_files


def bucket(aws: Account) -> str:
    name = unique("bucket")
    aws("s3").create_bucket(Bucket=name)
    return name


def read(aws: Account, bucket: str, key: str) -> dict[str, str]:
    """The files of an archive in a bucket."""
    body = aws("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def keys(aws: Account, bucket: str) -> list[str]:
    return [one["Key"] for one in aws("s3").list_objects_v2(Bucket=bucket).get("Contents", [])]


FILES = ("top.txt", ".hidden", "out/a.js", "out/b.txt", "out/deep/c.js", "out2/d.js")


@pytest.mark.parametrize(
    ("files", "more", "names"),
    [
        (["**/*"], {}, sorted(FILES)),
        (["*"], {}, [".hidden", "top.txt"]),
        (["out/*"], {}, ["out/a.js", "out/b.txt"]),
        (["out/**/*.js"], {}, ["out/a.js", "out/deep/c.js"]),
        (["out/**/*"], {"discard_paths": True}, ["a.js", "b.txt", "c.js"]),
        (["**/*"], {"base": "out"}, ["a.js", "b.txt", "deep/c.js"]),
        (["**/*.js"], {"base": "out*"}, ["a.js", "d.js", "deep/c.js"]),
        (["./top.txt", "no-such-file"], {}, ["top.txt"]),
        (["to?.txt"], {}, ["top.txt"]),
    ],
)
def test_patterns_find_files(tmp_path: Path, files: list[str], more: dict[str, Any], names: list[str]) -> None:
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(name)
    assert sorted(found(tmp_path, Artifacts(files, **more))) == names


def test_what_no_pattern_finds_fails_the_build(aws: Account) -> None:
    destination = bucket(aws)
    artifacts = {"type": "S3", "location": destination, "packaging": "ZIP"}
    text = "phases: {build: {commands: [mkdir dist]}}\nartifacts: {files: ['**/*'], base-directory: %s}"
    for base, said in (
        ("dist", "no matching artifact paths found"),
        ("no", "no matching base directory path found for no"),
    ):
        project = Project(aws, "version: 0.2\n" + text % base, artifacts=artifacts)
        build = project.run()
        assert build["buildStatus"] == "FAILED"
        assert context(build, "UPLOAD_ARTIFACTS") == {"statusCode": "CLIENT_ERROR", "message": said}
    assert keys(aws, destination) == []


def test_a_source_in_s3_becomes_an_artifact_in_s3(aws: Account) -> None:
    place, destination = bucket(aws), bucket(aws)
    aws("s3").put_bucket_versioning(Bucket=place, VersioningConfiguration={"Status": "Enabled"})
    spec = buildspec("""
        env: {variables: {STAGE: live}}
        phases: {build: {commands: [cp in.txt out.txt]}}
        artifacts: {files: [out.txt], name: "app-$STAGE.zip"}
    """)
    files = {"in.txt": "old", "buildspec.yml": spec}
    old = aws("s3").put_object(Bucket=place, Key="src/app.zip", Body=zipped_files(files))["VersionId"]
    aws("s3").put_object(Bucket=place, Key="src/app.zip", Body=zipped_files({**files, "in.txt": "new"}))
    source = {"type": "S3", "location": f"{place}/src/app.zip"}
    artifacts = {
        "type": "S3",
        "location": destination,
        "path": "builds",
        "namespaceType": "BUILD_ID",
        "packaging": "ZIP",
        "overrideArtifactName": True,
    }
    project = Project(aws, "", source=source, artifacts=artifacts)
    build = project.run()
    key = f"builds/{build['id'].split(':')[1]}/app-live.zip"
    assert build["artifacts"]["location"] == f"arn:aws:s3:::{destination}/{key}"
    assert len(build["artifacts"]["sha256sum"]) == 64
    assert read(aws, destination, key) == {"out.txt": "new"}
    before = project.run(sourceVersion=old)
    assert read(aws, destination, f"builds/{before['id'].split(':')[1]}/app-live.zip") == {"out.txt": "old"}


def test_an_artifact_that_is_not_packed_is_a_folder_of_its_files(aws: Account) -> None:
    destination, place = bucket(aws), bucket(aws)
    aws("s3").put_object(Bucket=place, Key="site/a/b.txt", Body=b"b")
    source = {"type": "S3", "location": f"{place}/site/", "buildspec": commands("echo x > a/c.txt")}
    spec = json.loads(source["buildspec"])
    spec["artifacts"] = {"files": ["**/*"]}
    source["buildspec"] = json.dumps(spec)
    project = Project(aws, "", source=source, artifacts={"type": "S3", "location": destination, "name": "site"})
    project.run()
    assert keys(aws, destination) == ["site/a/b.txt", "site/a/c.txt"]


@pytest.mark.parametrize("key", ["gone.zip", "broken.zip"])
def test_a_source_that_cannot_be_read_fails_the_build(aws: Account, key: str) -> None:
    place = bucket(aws)
    aws("s3").put_object(Bucket=place, Key="broken.zip", Body=b"no archive")
    project = Project(aws, "", source={"type": "S3", "location": f"{place}/{key}", "buildspec": commands("true")})
    build = project.run()
    assert phases(build)["DOWNLOAD_SOURCE"] == "FAILED"
    assert context(build, "DOWNLOAD_SOURCE")["statusCode"] == "CLIENT_ERROR"
    assert "BUILD" not in phases(build)


def archive(tmp_path: Path, *entries: tuple[str, int, str]) -> Path:
    path = tmp_path / "source.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, mode, text in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            packed.writestr(entry, text)
    return path


def test_an_archive_keeps_permissions_and_links(tmp_path: Path) -> None:
    link = ("bin/run", stat.S_IFLNK | 0o777, "../tool.sh")
    path, folder = archive(tmp_path, ("tool.sh", stat.S_IFREG | 0o755, "#!/bin/sh"), link), tmp_path / "src"
    unpack(path, folder)
    assert (folder / "tool.sh").stat().st_mode & 0o777 == 0o755
    assert (folder / "bin/run").read_text() == "#!/bin/sh"


@pytest.mark.parametrize(
    "entries",
    [
        [("../out", stat.S_IFREG | 0o644, "x")],
        [("{victim}", stat.S_IFREG | 0o644, "x")],
        [("link", stat.S_IFLNK | 0o777, "../..")],
        [("here", stat.S_IFLNK | 0o777, "."), ("link", stat.S_IFLNK | 0o777, "here/..")],
        [("link", stat.S_IFLNK | 0o777, "."), ("link/x", stat.S_IFREG | 0o644, "x")],
    ],
)
def test_an_archive_that_leads_out_of_its_folder_is_refused(
    tmp_path: Path, entries: list[tuple[str, int, str]]
) -> None:
    folder, victim = tmp_path / "deep" / "src", tmp_path / "deep" / "out"
    folder.mkdir(parents=True)
    victim.write_text("kept")
    victim.chmod(0o600)
    named = [(name.format(victim=victim), mode, text) for name, mode, text in entries]
    with pytest.raises(Failed):
        unpack(archive(tmp_path, *named), folder)
    assert (victim.read_text(), victim.stat().st_mode & 0o777) == ("kept", 0o600)


def test_a_project_whose_source_is_a_pipeline_is_not_started_by_hand(aws: Account) -> None:
    source = {"type": "CODEPIPELINE", "buildspec": commands("true")}
    project = Project(aws, "", source=source, artifacts={"type": "CODEPIPELINE"})
    assert "CODEPIPELINE" in refused("InvalidInputException", project.start)
