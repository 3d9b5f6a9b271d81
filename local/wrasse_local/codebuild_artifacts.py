"""What a build takes in and gives out: its source, unpacked; its artifacts, found by patterns, packed and stored.

AWS: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.artifacts.files
https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectArtifacts.html
The patterns have `*` (within a folder), `?` and `**` (any folders); they find files, hidden ones too, and do not follow
links to folders. An archive that leads out of the source's folder, by a name or by a link, fails the build.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from .codebuild_buildspec import Artifacts
from .codebuild_records import CODEPIPELINE, S3, Build, Failed, StoredObject

CLIENT_ERROR = "CLIENT_ERROR"
PERMISSIONS = 0o777
COPY_BYTES = 1 << 20
NOTHING_FOUND = "no matching artifact paths found"


def source_of(build: Build) -> StoredObject | None:
    """Where the source is; None for a build without one."""
    if build.source_type == S3:
        bucket, _, key = str(build.project["source"]["location"]).partition("/")
        return StoredObject(bucket, key, build.source_version)
    return build.source


def download(s3: Any, place: StoredObject, folder: Path, scratch: Path) -> None:
    """The source: an archive, unpacked, or a folder (a key that ends with a slash) as it is."""
    if place.key.endswith("/"):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=place.bucket, Prefix=place.key):
            for one in page.get("Contents", []):
                name = one["Key"].removeprefix(place.key)
                if name and not name.endswith("/"):
                    target = folder / _inside(name)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    _save(s3, StoredObject(place.bucket, one["Key"]), target)
        return
    archive = scratch / "source.zip"
    _save(s3, place, archive)
    unpack(archive, folder)
    archive.unlink()


def unpack(path: Path, folder: Path) -> None:
    """Unpacks an archive with its permissions and links."""
    links: list[tuple[Path, str]] = []
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                target, mode = folder / _inside(entry.filename), entry.external_attr >> 16
                if stat.S_ISLNK(mode):
                    links.append((target, os.fsdecode(archive.read(entry))))
                    continue
                archive.extract(entry, folder)
                if mode & PERMISSIONS and not entry.is_dir():
                    target.chmod(mode & PERMISSIONS)
        # Last, so that no file is written through one.
        for target, text in links:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(text)
    except (zipfile.BadZipFile, OSError, RuntimeError) as error:
        raise Failed(CLIENT_ERROR, f"the source cannot be unpacked: {error}") from error
    for target, text in links:
        if not Path(os.path.realpath(target)).is_relative_to(os.path.realpath(folder)):
            raise Failed(CLIENT_ERROR, f"the source's link {target.name} leads out of its folder: {text}")


def found(source: Path, wanted: Artifacts) -> dict[str, Path]:
    """The files by the names that they have in the artifact."""
    bases = [source]
    if wanted.base:
        pattern = _pattern(wanted.base)
        folders = (Path(folder) for folder, _, _ in os.walk(source))
        bases = sorted(folder for folder in folders if pattern.fullmatch(folder.relative_to(source).as_posix()))
        if not bases:
            raise Failed(CLIENT_ERROR, f"no matching base directory path found for {wanted.base}")
    patterns = [_pattern(one) for one in wanted.files]
    files: dict[str, Path] = {}
    for base in bases:
        for name in _files(base):
            if any(pattern.fullmatch(name) for pattern in patterns):
                files[PurePosixPath(name).name if wanted.discard_paths else name] = base / name
    if not files:
        raise Failed(CLIENT_ERROR, NOTHING_FOUND)
    return files


def upload(s3: Any, build: Build, files: dict[str, Path], name: str | None, scratch: Path) -> dict[str, Any]:
    """Stores the artifact where project or pipeline want it; answers what the build says of it."""
    declared = build.project["artifacts"]
    if declared["type"] == CODEPIPELINE:
        assert build.destination is not None
        return _upload_archive(s3, build.destination, files, scratch)
    key = _key(build, declared, name)
    place = StoredObject(declared["location"], key)
    if declared.get("packaging") == "ZIP":
        return _upload_archive(s3, place, files, scratch)
    for path, file in files.items():
        _store(s3, StoredObject(place.bucket, f"{key}/{path}" if key else path), file)
    return {"location": place.arn}


def _key(build: Build, declared: dict[str, Any], name: str | None) -> str:
    """`<path>/<build id>/<name>`, of which the build's id is there only if asked for."""
    namespace = build.uuid if declared.get("namespaceType") == "BUILD_ID" else ""
    name = name if declared.get("overrideArtifactName") and name else declared.get("name") or build.project_name
    return "/".join(part.strip("/") for part in (declared.get("path") or "", namespace, name) if part.strip("/"))


def _upload_archive(s3: Any, place: StoredObject, files: dict[str, Path], scratch: Path) -> dict[str, Any]:
    path = scratch / "artifact.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for name, file in sorted(files.items()):
            archive.write(file, name)
    _store(s3, place, path)
    with path.open("rb") as packed:
        sha256 = hashlib.file_digest(packed, "sha256").hexdigest()
        packed.seek(0)
        md5 = hashlib.file_digest(packed, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    return {"location": place.arn, "sha256sum": sha256, "md5sum": md5}


def _save(s3: Any, place: StoredObject, target: Path) -> None:
    version = {"VersionId": place.version} if place.version else {}
    body = s3.get_object(Bucket=place.bucket, Key=place.key, **version)["Body"]
    with target.open("wb") as file:
        shutil.copyfileobj(body, file, COPY_BYTES)


def _store(s3: Any, place: StoredObject, path: Path) -> None:
    with path.open("rb") as body:
        s3.put_object(Bucket=place.bucket, Key=place.key, Body=body)


def _files(base: Path) -> Iterator[str]:
    for folder, _, names in os.walk(base):
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file():
                yield path.relative_to(base).as_posix()


def _pattern(glob: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob.removeprefix("./").rstrip("/") or ".")
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(words.get(part) or re.escape(part) for part in parts), re.DOTALL)


def _inside(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\0" in name:
        raise Failed(CLIENT_ERROR, f"the source has the name {name!r}, which leads out of its folder")
    return name
