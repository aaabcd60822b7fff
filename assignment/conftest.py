"""How pytest shows the self-check: what is still to do, and the score at the end."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from selfcheck import CannotImport, Result, Student, load, printable, score_lines, stopped

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

_COLOURS = {"pass": "green", "partial": "yellow", "fail": "red", "error": "red"}
_LETTERS = {"to do": "-", "waiting": "w", "not made": "n"}


@cache
def _student() -> Student:
    return load(Path(__file__).with_name("rnn.py"))


@pytest.fixture(scope="session")
def student() -> Student:
    """Return your functions."""
    return _student()


@pytest.fixture(scope="session")
def quick(pytestconfig: pytest.Config) -> bool:
    """Whether some tasks were asked for by name, as in `pytest -k bptt_W`, and not their numerical gradients."""
    wanted = pytestconfig.getoption("keyword")
    return bool(wanted) and "numerical" not in wanted


def pytest_collection_modifyitems() -> None:
    """Stop with a plain message where rnn.py cannot be imported: no check could say more."""
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
    """End with a line for each task, and the total."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    results = [result for report in reports if (result := _result(report))]
    if not results:
        return
    terminalreporter.section("score on the public cases")
    for line in score_lines(results):
        colour = {_COLOURS[line.state]: True} if line.state in _COLOURS else {}
        terminalreporter.write_line(printable(line.text), **colour)


def _result(report: object) -> Result | None:
    if not isinstance(report, pytest.TestReport) or report.when != "call":
        return None
    recorded = dict(report.user_properties).get("selfcheck")
    return Result(**recorded) if isinstance(recorded, dict) else None
