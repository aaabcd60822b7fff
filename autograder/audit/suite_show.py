"""What a suite of tests let through and what it rejected: tables for people, JSON for programs."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table

from autograder.audit.candidates import Candidate, Telling, by_function, telling
from autograder.audit.suite import Result, Suite
from autograder.reports.terminal import say


@dataclass(frozen=True)
class SuiteReport:
    """What came of a suite."""

    suite: Suite
    results: Sequence[Result]
    seconds: float

    @property
    def rejected(self) -> list[Result]:
        """The right submissions that it rejects."""
        return [result for result in self.results if not result.candidate.wrong and result.failed]

    @cached_property
    def let_through(self) -> dict[Candidate, Telling | None]:
        """The wrong submissions that it accepts, each with what would tell."""
        accepted = [result.candidate for result in self.results if result.candidate.wrong and not result.failed]
        return {candidate: telling(candidate) for candidate in accepted}

    def functions(self) -> Iterator[tuple[str, int, list[Candidate]]]:
        """Yield each function, how many mistakes it has, and those that are let through."""
        for function, candidates in by_function(result.candidate for result in self.results if result.candidate.wrong):
            yield function, len(candidates), [candidate for candidate in candidates if candidate in self.let_through]

    @property
    def found_fault(self) -> bool:
        """Whether the suite does anything but accept what is right and reject what is wrong."""
        return bool(self.rejected or self.let_through)


def show_suite(console: Console, report: SuiteReport) -> None:
    """Print which mistakes a suite lets through, with an input that tells, and which right styles it rejects."""
    asked, counts = report.suite.asked, [0, 0]
    numbers = (Column(name, justify="right") for name in ("mistakes", "let through"))
    table = Table("function", *numbers, "", box=SIMPLE_HEAD)
    for function, mistakes, missed in report.functions():
        named = function in asked
        counts = [counts[0] + named * mistakes, counts[1] + named * len(missed)]
        table.add_row(function, str(mistakes), str(len(missed)), "" if named else "not named in the suite")
    console.print(table)
    for function, _, missed in report.functions():
        if missed and function in asked:
            say(console, f"{function} lets through:")
            for candidate in missed:
                tells = report.let_through[candidate]
                say(console, f"  {candidate.name}: {candidate.what}")
                say(console, f"    {tells.call}: {tells.what}" if tells else "    no case of ours shows it")
    right = [result for result in report.results if not result.candidate.wrong]
    for result in report.rejected:
        test, why = next(iter(result.failed.items()))
        say(console, f"rejects {result.candidate.name}, which is right: {test} says {why}")
    say(
        console,
        f"{report.suite.label}: {len(report.suite.tests)} tests. Of {counts[0]} mistakes in functions that it names "
        f"it lets {counts[1]} through; of {len(right)} right styles it rejects {len(report.rejected)}. "
        f"{report.seconds:.0f} s.",
    )


def write_suite_json(path: Path, report: SuiteReport) -> None:
    """Write everything that was found, the inputs that tell in full.

    Raises:
        OSError: the file can't be written.
    """
    content: dict[str, Any] = {
        "suite": report.suite.label,
        "tests": report.suite.tests,
        "seconds": round(report.seconds, 1),
        "functions": [
            {
                "function": name,
                "named": name in report.suite.asked,
                "mistakes": mistakes,
                "let_through": [candidate.name for candidate in missed],
            }
            for name, mistakes, missed in report.functions()
        ],
        "tells": {candidate.name: tells and asdict(tells) for candidate, tells in report.let_through.items()},
        "rejected": {result.candidate.name: dict(result.failed) for result in report.rejected},
        "caught": {
            result.candidate.name: [*result.failed]
            for result in report.results
            if result.candidate.wrong and result.failed
        },
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
