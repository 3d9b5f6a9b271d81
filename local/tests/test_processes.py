from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from wrasse_local.processes import Children

from .helpers import eventually

LOCAL = Path(__file__).resolve().parents[1]
SHELL = "/bin/sh"


@pytest.fixture
def children() -> Iterator[Children]:
    started = Children()
    yield started
    started.stop_all(grace=0)


def test_a_child_gets_exactly_its_environment_and_its_output_goes_to_the_file(
    children: Children, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    script = 'echo "$COLOUR-$HOME"; echo problem >&2'
    child = children.spawn([SHELL, "-c", script], name="talker", env={"COLOUR": "blue"}, stdout=output)
    assert child.wait(10) == 0
    assert output.read_text().splitlines() == ["blue-", "problem"]


def test_a_program_that_is_not_there_is_an_error_at_once(children: Children) -> None:
    with pytest.raises(OSError, match="no-such-program"):
        children.spawn(["/no-such-program"], name="missing", env={})


def test_the_list_names_running_children_only(children: Children) -> None:
    ended = children.spawn([SHELL, "-c", "exit 3"], name="ended", env={})
    running = children.spawn(["/bin/sleep", "100"], name="running", env={})
    assert ended.wait(10) == 3
    assert children.list() == [{"pid": running.pid, "name": "running", "args": ["/bin/sleep", "100"]}]


def test_stopping_ends_the_whole_process_group_even_where_the_signal_is_ignored(
    children: Children, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    script = f"trap '' TERM; sleep 100 & echo $! > {pids}; echo $! >> {pids}.done; wait"
    child = children.spawn([SHELL, "-c", script], name="stubborn", env={"PATH": os.defpath})
    while not Path(f"{pids}.done").exists():
        assert child.wait(0.01) is None
    children.stop_all(grace=0)
    assert child.poll() == -signal.SIGKILL
    # The kernel ends it in its own time.
    eventually(lambda: not _runs(int(pids.read_text())))


def test_nothing_starts_after_the_stop(children: Children) -> None:
    children.stop_all()
    with pytest.raises(RuntimeError, match="stopping"):
        children.spawn([SHELL, "-c", "true"], name="late", env={})


def test_a_child_outlives_the_thread_that_asked_for_it(children: Children) -> None:
    started = []
    asker = threading.Thread(
        target=lambda: started.append(children.spawn(["/bin/sleep", "100"], name="sleeper", env={}))
    )
    asker.start()
    asker.join()
    assert started[0].wait(0.2) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can change users")
def test_a_child_of_another_user_is_that_user_without_our_groups(children: Children, tmp_path: Path) -> None:
    output = tmp_path / "out"
    child = children.spawn(["/usr/bin/id"], name="id", env={}, stdout=output, user="nobody")
    assert child.wait(10) == 0
    assert "(nobody)" in output.read_text()
    assert "root" not in output.read_text()


@pytest.mark.parametrize("user", [None, "nobody"] if os.geteuid() == 0 else [None])
def test_a_killed_engine_leaves_no_child(user: str | None) -> None:
    script = (
        "import sys; from wrasse_local.processes import Children; children = Children();"
        f"print(children.spawn(['/bin/sleep', '100'], name='s', env={{}}, user={user!r}).pid, flush=True);"
        "sys.stdin.read()"
    )
    engine = subprocess.Popen(
        [sys.executable, "-c", script], cwd=LOCAL, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert engine.stdout is not None
    pid = int(engine.stdout.readline())
    watcher = os.pidfd_open(pid)
    assert _runs(pid)
    engine.kill()
    engine.wait(10)
    assert select.select([watcher], [], [], 10)[0], "the child still runs"


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
