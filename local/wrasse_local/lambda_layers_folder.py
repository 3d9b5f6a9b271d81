"""A function's `/opt`: the files of its layers in one folder, and the variables by which runtimes find them.

AWS unpacks the layers into `/opt`, a later one over an earlier one, and has its folders in the search paths:
https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html#packaging-layers-paths
Mounting there would need rights that not every user has, so the folder is below the engine's state, made once for each
list of contents, and `WRASSE_OPT` names it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

PERMISSIONS = 0o777
OPT = PurePosixPath("/opt")
# Search path, and the folders of a layer that stand in it before what is there already.
SEARCH_PATHS = {
    "PATH": ("bin",),
    "LD_LIBRARY_PATH": ("lib",),
    "PYTHONPATH": ("python", "python/lib/python3.*/site-packages"),
    "NODE_PATH": ("nodejs/node_modules", "nodejs/node*/node_modules"),
}
_unpacking = threading.Lock()


def merged(zips: Sequence[Path], below: Path) -> Path | None:
    """The folder with the files of those archives; the same one for the same archives, None for none at all."""
    if not zips:
        return None
    names = "\n".join(path.name for path in zips)
    target = below / f"opt-{hashlib.sha256(names.encode()).hexdigest()[:24]}"
    with _unpacking:
        if not target.is_dir():
            scratch = Path(tempfile.mkdtemp(dir=below))
            try:
                scratch.chmod(0o755)
                for path in zips:
                    _unpack(path, scratch)
                scratch.rename(target)
            except BaseException:
                shutil.rmtree(scratch, ignore_errors=True)
                raise
    return target


def environment(opt: Path, variables: dict[str, str]) -> dict[str, str]:
    """The variables of a function that has these layers."""
    paths = {}
    for name, folders in SEARCH_PATHS.items():
        found = [str(path) for folder in folders for path in sorted(opt.glob(folder))]
        paths[name] = ":".join([*found, *([variables[name]] if variables.get(name) else [])])
    return {**variables, **{name: path for name, path in paths.items() if path}, "WRASSE_OPT": str(opt)}


def _unpack(archive_path: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive_path) as archive:
        for entry in archive.infolist():
            path = _place(folder, PurePosixPath(entry.filename), is_folder=entry.is_dir())
            mode = entry.external_attr >> 16
            if entry.is_dir():
                path.mkdir(exist_ok=True)
            elif stat.S_ISLNK(mode):
                path.symlink_to(_link(archive.read(entry).decode(), PurePosixPath(entry.filename)))
            else:
                with archive.open(entry) as source, path.open("xb") as file:
                    shutil.copyfileobj(source, file)
                if mode & PERMISSIONS:
                    path.chmod(mode & PERMISSIONS)


def _place(folder: Path, name: PurePosixPath, *, is_folder: bool) -> Path:
    """Where an entry goes: its folder is there, and nothing in its place but a folder of a folder's name.

    ValueError for a place that is outside.
    """
    path = folder / name
    if name.is_absolute() or ".." in name.parts or not path.parent.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"the entry {name} of a layer leads out of it")
    for parent in [*path.parents][: len(name.parts) - 1][::-1]:
        if not parent.is_dir():
            parent.unlink(missing_ok=True)
            parent.mkdir()
    if path.is_dir() and not path.is_symlink() and not is_folder:
        shutil.rmtree(path)
    elif not path.is_dir() or path.is_symlink():
        path.unlink(missing_ok=True)
    return path


def _link(target: str, link: PurePosixPath) -> str:
    """Where a link leads: one into `/opt` stays in the folder."""
    if not PurePosixPath(target).is_relative_to(OPT):
        return target
    return os.path.relpath(target, OPT / link.parent)
