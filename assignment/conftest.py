"""How pytest shows the self-check: what is still to do, and the score at the end."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from selfcheck import (
    MODULE,
    TASKS,
    CannotImport,
    Result,
    Student,
    end_at_last,
    load,
    printable,
    remarks,
    score_lines,
    stopped,
    unknown,
)

if TYPE_CHECKING:
    from collections.abc import Generator

    from _pytest.terminal import TerminalReporter

_COLOURS = {"pass": "green", "partial": "yellow", "fail": "red", "error": "red"}
_LETTERS = {"to do": "-", "waiting": "w", "not made": "n"}
_WORK = Path(__file__).with_name(f"{MODULE}.py")


@cache
def _student() -> Student:
    return load(_WORK)


@pytest.fixture(scope="session")
def student() -> Student:
    """Return your functions."""
    return _student()


@pytest.fixture(scope="session")
def quick(pytestconfig: pytest.Config) -> bool:
    """Whether some tasks were asked for by name, as in `pytest -k NAME`, and not their numerical gradients."""
    wanted = pytestconfig.getoption("keyword")
    return bool(wanted) and "numerical" not in wanted


def pytest_configure() -> None:
    """Keep the terminal for the last word on a call that can't be stopped; what pytest shows comes at the end."""
    end_at_last(os.dup(2))


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems() -> Generator[None]:
    """Say what to type where pytest can't read what stands after `-k`, such as "Task 1"."""
    try:
        yield
    except pytest.UsageError:
        tasks = [task.id for task in TASKS]
        how = f'-k takes the name of a task, or several with "or" between them: pytest -k "{" or ".join(tasks[:2])}". '
        raise pytest.UsageError(stopped(f"{how}The tasks are {', '.join(tasks)}")) from None


def pytest_collection_finish(session: pytest.Session) -> None:
    """Stop with a plain message where there is nothing to check: a name that no check has, or a file that is broken."""
    asked = unknown(session.config.getoption("keyword"))
    if asked and not session.items:
        raise pytest.UsageError(stopped("\n".join(asked)))
    try:
        _student()
    except CannotImport as problem:
        raise pytest.UsageError(stopped(str(problem))) from None


def pytest_report_teststatus(report: pytest.TestReport | pytest.CollectReport) -> tuple[str, str, str] | None:
    """Count a stub as "to do", neither passed nor failed; the same for what waits or was not made."""
    result = _result(report)
    if result is None or result.state not in _LETTERS:
        return None
    return result.state, _LETTERS[result.state], result.state.upper()


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """End with a line for each task, the total, and what else is to be said."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    results = [result for report in reports if (result := _result(report))]
    if not results:
        return
    terminalreporter.section("score on the public cases")
    also = unknown(terminalreporter.config.getoption("keyword")) + remarks(_WORK, results)
    for line in score_lines(results, also):
        colour = {_COLOURS[line.state]: True} if line.state in _COLOURS else {}
        terminalreporter.write_line(printable(line.text), **colour)


def _result(report: object) -> Result | None:
    if not isinstance(report, pytest.TestReport) or report.when != "call":
        return None
    recorded = dict(report.user_properties).get("selfcheck")
    return Result(**recorded) if isinstance(recorded, dict) else None
