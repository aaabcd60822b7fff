"""Runs the commands of a page in docs/, and compares what they print with what the page shows.

A page has ```console blocks: a line that begins with "$ " is a command, what follows it is its output. A line "…"
stands for any lines. `$ cat FILE` of a file that is not there yet makes it, as the page shows it. Commands of `bptt`
run in this process, all others in a shell. The test of a page makes the folder that its commands run in.
"""

import contextlib
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from autograder.cli import main
from autograder.model import loading

ANY = "…"
_COLUMNS = "100"
#: A slow machine has more of it.
_PROGRESS = r"(?:graded \d+ of \d+[,;]|proving the case set:) .*"
#: What varies from run to run and from machine to machine.
_VARIES = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(\+\d\d:\d\d)?"), "TIME"),
    (re.compile(r"by hand \(([^,()]*), \d{4}-\d\d-\d\d\)"), r"by hand (\1, DAY)"),
    (re.compile(r"\b\d+(\.\d+)? ?s\b"), "SECONDS"),
    (re.compile(r"\b[0-9a-f]{8,}\b"), "HASH"),
    (re.compile(r"^Sandbox: .*$", re.MULTILINE), "SANDBOX"),
    (re.compile(rf"^{_PROGRESS}\n|\n{_PROGRESS}\Z", re.MULTILINE), ""),
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
)


@dataclass(frozen=True)
class Step:
    """A command of a page, and what the page says that it prints."""

    command: str
    shown: str
    line: int  # where it stands


def steps(page: Path) -> Iterator[Step]:
    """Yield the commands of a page in their order."""
    text = page.read_text(encoding="utf-8")
    for block in re.finditer(r"^```console\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        first = text.count("\n", 0, block.start(1)) + 1  # lines are counted from 1
        lines = block.group(1).splitlines()
        starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            after = next(n for n in range(start, end) if not lines[n].endswith("\\")) + 1
            command = "\n".join(lines[start:after]).removeprefix("$ ")
            yield Step(command, "\n".join(lines[after:end]).strip("\n"), first + start)


def printed(step: Step, folder: Path) -> tuple[int, str]:
    """Run a command in a folder; return its exit status, and what it prints on both streams."""
    words = shlex.split(step.command.replace("\\\n", ""), comments=True)
    if words[0] == "cat" and not (folder / words[1]).exists():
        (folder / words[1]).write_text(step.shown + "\n", encoding="utf-8")
    with contextlib.chdir(folder):
        if words[0] == "bptt" and "--check" not in words:  # that one starts a program, which writes past the runner
            loading._in_use.clear()  # a command is not told which assignment the one before had
            done = CliRunner(env={"COLUMNS": _COLUMNS}).invoke(
                main, words[1:], prog_name="bptt", catch_exceptions=False
            )
            return done.exit_code, done.output.strip("\n")
        here = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": _COLUMNS}
        ran = subprocess.run(step.command, shell=True, env=here, check=False, capture_output=True, text=True)
        return ran.returncode, (ran.stdout + ran.stderr).strip("\n")


def fits(shown: str, came: str) -> bool:
    """Whether an output is what a page shows, but for what varies."""
    for varying, word in _VARIES:
        shown, came = varying.sub(word, shown), varying.sub(word, came)
    pattern = [r"(?:.*\n)*" if line == ANY else re.escape(f"{line}\n") for line in shown.splitlines()]
    return re.fullmatch("".join(pattern), f"{came}\n" if came else "") is not None


def check(page: Path, folder: Path) -> None:
    """Run a page in a folder, and fail at the first command that prints something else, or ends otherwise.

    A command fails where its output has a line of an error or of failed checks, and nowhere else.
    """
    for step in steps(page):
        status, came = printed(step, folder)
        assert fits(step.shown, came), (
            f"{page.name}:{step.line}: $ {step.command}\n{came}\n--- the page has\n{step.shown}"
        )
        failed = "Error: " in came or re.search(r"^\d+ failed", came, re.MULTILINE) is not None
        assert bool(status) == failed, f"{page.name}:{step.line}: $ {step.command} ended with {status}\n{came}"


def renew(page: Path, folder: Path) -> None:
    """Write what commands print now into a page; an output of which it leaves lines out stays as it is."""
    lines, more = page.read_text(encoding="utf-8").splitlines(), 0
    for step in steps(page):
        _, came = printed(step, folder)
        if ANY in step.shown.splitlines() or fits(step.shown, came):
            continue
        start = step.line + more + step.command.count("\n")
        old, new = len(step.shown.splitlines()), came.splitlines()
        lines[start : start + old] = new
        more += len(new) - old
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")
