"""The report of an audit: tables for people, JSON for programs."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from autograder.audit.run import Report
from autograder.audit.tally import Downstream, Tally
from autograder.reports.terminal import say

# Faults shown in full; the JSON file has them all.
_SHOWN = 20


def _named(count: Callable[[Tally], int]) -> Callable[[Tally], str]:
    """Show a count of diagnoses where some were due."""
    return lambda tally: str(count(tally)) if tally.diagnosed else "-"


_COUNTS: tuple[tuple[str, Callable[[Tally], str]], ...] = (
    ("checked", lambda tally: str(tally.checked)),
    ("left out", lambda tally: str(tally.left_out)),
    ("right tasks", lambda tally: str(tally.right_tasks)),
    ("wrong tasks", lambda tally: str(tally.wrong_tasks)),
    ("false rejects", lambda tally: str(tally.false_rejects)),
    ("false accepts", lambda tally: str(tally.false_accepts)),
    ("marks lost", lambda tally: f"{round(tally.marks_lost, 4):g}"),
    ("flagged", lambda tally: str(tally.flagged) if tally.part in ("styles", "rewrites") else "-"),
    ("imprecise", lambda tally: str(tally.apart)),
    ("named rightly", _named(lambda tally: tally.right)),
    ("named wrongly", _named(lambda tally: tally.wrong)),
    ("not named", _named(lambda tally: tally.missing)),
)


@contextmanager
def report_shares(console: Console) -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal how far an audit is; yield what to call with (shares done, shares in all)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("auditing", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def show_report(console: Console, report: Report) -> None:
    """Print what was counted, which targets are met, and the first of what went wrong."""
    tallies = [tally for tally in report.totals.values() if tally.checked or tally.left_out]
    counts = Table(Column(no_wrap=True), *_right(*(tally.part for tally in tallies)), box=SIMPLE_HEAD)
    for what, count in _COUNTS:
        row = [count(tally) for tally in tallies]
        if set(row) != {"-"}:
            counts.add_row(what, *row)
    console.print(counts)
    table = Table("target", *_right("bound", "found"), "", box=SIMPLE_HEAD)
    for target in report.targets:
        table.add_row(target.what, target.bound, target.shown, "met" if target.met else "missed")
    console.print(table)
    _show_followed(console, [one for tally in tallies for one in tally.followed])
    say(console, f"{extent(report)}, in {report.seconds:.0f} s.")
    if report.distinct_pairs:
        say(console, "Left out: pairs that on these cases are no different from one mistake, or from what is right.")
    faults = [fault for tally in tallies for fault in tally.faults]
    for fault in faults[:_SHOWN]:
        say(console, f"  {fault}")
    if len(faults) > _SHOWN:
        say(console, f"  and {len(faults) - _SHOWN} more: --json FILE has them all")


def _show_followed(console: Console, followed: Sequence[Downstream]) -> None:
    """Print what each known mistake costs in the tasks that build on it, and how much follow-through gives back."""
    if not followed:
        return
    table = Table("known mistake upstream", *_right("lost further down", "given back", "share"), box=SIMPLE_HEAD)
    for one in followed:
        table.add_row(one.mistake, f"{one.lost:g}", f"{round(one.given_back, 2):g}", f"{one.given_back / one.lost:.0%}")
    console.print(table)


def extent(report: Report) -> str:
    """Say how much was audited."""
    size, checked = report.size, {part: tally.checked for part, tally in report.totals.items()}
    seeds = "1 seed" if size.seeds == 1 else f"{size.seeds} seeds"
    often = min(size.seeds, size.seeds_per_pair)
    pairs = f"; {report.distinct_pairs} pairs, each on {often} or more" if report.distinct_pairs else ""
    return f"{seeds}{pairs}; {checked['mutants']} mutants and {checked['pairs of mutants']} pairs of them, each on one"


def write_json(path: Path, report: Report) -> None:
    """Write everything that is shown, and every fault.

    Raises:
        OSError: the file can't be written.
    """
    content = {
        "met": report.met,
        "seconds": round(report.seconds, 1),
        "size": asdict(report.size) | {"pairs": report.distinct_pairs},
        "targets": [asdict(target) for target in report.targets],
        "parts": [asdict(tally) for tally in report.totals.values()],
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _right(*headers: str) -> list[Column]:
    return [Column(header, justify="right") for header in headers]
