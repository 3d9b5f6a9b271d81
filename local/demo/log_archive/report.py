"""What the demo of log-archive shows: tables of groups, runs, folders and counts."""

from __future__ import annotations

from collections import Counter

from demo.log_archive.archive import Folder, Found
from demo.log_archive.delivery import Decoder
from demo.log_archive.groups import ACCOUNTS, Group
from demo.log_archive.reckoning import Reckoning
from demo.log_archive.subscriptions import Run
from demo.output import Output

SAMPLE_WIDTH, SAMPLE_LINES = 130, 2


def show_groups(output: Output, groups: list[Group]) -> None:
    """How many there are, and each that should not be archived."""
    numbers = Counter(group.account for group in groups)
    output.table(("account", "log groups"), [(account, numbers[account]) for account in ACCOUNTS])
    output.line()
    show_fates(output, "should not be archived", {group: group.fate.value for group in groups if not group.archived})


def show_fates(output: Output, title: str, fates: dict[Group, str]) -> None:
    """Groups, each with what is said of it."""
    output.table((title, "account", ""), [(group.name, group.account, fate) for group, fate in fates.items()])


def show_runs(output: Output, runs: dict[str, Run]) -> None:
    """The subscriber's own tallies."""
    names = ("groups", "wanted", "subscribed", "excluded", "conflicts", "errors")
    lines = [(account, run.status, *map(run.count, names), f"{run.asked_seconds:g} s") for account, run in runs.items()]
    output.table(("account", "run", *names, "asked for waits of"), lines)


def show_folders(output: Output, found: Found) -> None:
    """The archive's folders, with their sum."""
    folders = dict(sorted(found.folders.items()))
    lines = [folder_line(name, folder) for name, folder in folders.items()]
    output.table(("folder", "objects", "events", "bytes", "compressed", ""), [*lines, folder_line("all", found.total)])


def folder_line(name: str, folder: Folder) -> tuple[object, ...]:
    """A folder's numbers, and how many times smaller its objects are than its lines."""
    times = f"{folder.bytes / max(1, folder.compressed):.1f} x"
    return (name, folder.objects, folder.events, folder.bytes, folder.compressed, times)


def show_samples(output: Output, groups: list[Group], found: Found) -> None:
    """An event of each kind, as the archive has it; its tabs become spaces and long lines end early."""
    chosen: dict[str, int] = {}
    for group in groups:
        if group.number in found.samples:
            chosen.setdefault(group.kind, group.number)
    for number in chosen.values():
        lines = found.samples[number].decode().replace("\t", "  ").splitlines()
        for line in lines[:SAMPLE_LINES]:
            output.line(line if len(line) <= SAMPLE_WIDTH else f"{line[:SAMPLE_WIDTH]}...")


def show_reckoning(output: Output, reckoning: Reckoning, others: int) -> None:
    """Where every event is."""
    output.table(
        ("events", ""),
        [
            ("written to subscribed log groups", reckoning.written),
            ("archived, as they were written", reckoning.archived),
            ("in the error store", reckoning.in_error_store),
            ("archived more than once", reckoning.duplicates),
            ("archived, but not as written", reckoning.altered),
            ("archived, but should not be", reckoning.strangers),
            ("archived besides, logged by the fleet itself", others),
        ],
    )
    say = output.bad if reckoning.lost else output.good
    say(f"Lost: {reckoning.lost}")


def show_decoder(output: Output, decoder: Decoder, lines: int) -> None:
    """What the decoder took for the archive's lines."""
    seconds = decoder.milliseconds / 1000
    output.text(
        f"The decoder was invoked {decoder.invocations} times and ran for {seconds:.2f} s in all, cold starts and what "
        f"it waited for the engine included, for {lines:,} bytes of lines. {decoder.reingested} records did not fit "
        "into an answer of 6 MiB and went through the stream once more, in smaller parts."
    )
