"""What a command writes and shows of results, how errors end it, and what an interrupted one says."""

import io
import json
import logging
import os
from pathlib import Path

import click
import pytest
from rich.console import Console

from autograder.assignment import AssignmentError
from autograder.cases.case_sets import NoCases
from autograder.cases.secret import RequestError
from autograder.commands.common import plain_errors, resumable, show_logged
from autograder.commands.outputs import refresh, show_results, usable_cpus, write_results, write_trial
from autograder.model.failures import WorkersFailed
from autograder.model.settings import Settings
from autograder.model.settings_file import ConfigError
from autograder.nbgrader.layout import CourseError
from autograder.reports.screen import Screen
from autograder.results.marking import Wish, set_marks
from autograder.results.sheet import SheetError
from autograder.results.store import FILE_NAME, Store, StoreError
from autograder.sandbox.host.errors import SelfTestFailed, Unprotected
from autograder.submissions import NoSubmissions
from tests.sample_verdicts import graded, missing, not_graded, stored

PAGES = {f"{who}{ending}" for who in ("ana", "ben") for ending in (".html", ".md", ".json")}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A class of two."""
    with stored(tmp_path / "results", graded("ana"), missing("ben")):
        return tmp_path / "results"


def screen() -> tuple[Screen, io.StringIO]:
    file = io.StringIO()
    return Screen(Console(file=file, width=200), Console(file=file, width=200)), file


def pages(results: Path) -> set[str]:
    return {path.name for path in (results / "feedback").iterdir()}


def test_results_are_grades_pages_and_how_they_came(results: Path) -> None:
    """The marks come back; every file is there, and says the same."""
    with Store(results / FILE_NAME) as store:
        marks = write_results(results, store)
    assert [(one.student_id, one.score) for one in marks] == [("ana", 100), ("ben", 0)]
    assert (results / "grades.csv").read_text().splitlines()[1].startswith("ana,100,")
    assert pages(results) == PAGES
    assert "ana" in (results / "report.html").read_text()
    assert json.loads((results / "run.json").read_text())["schema"] == "bptt-kit/run/v1"


def test_a_mark_by_hand_is_shown_where_it_is_of(results: Path) -> None:
    """Grades and the class page for all, and the page of that student alone."""
    with Store(results / FILE_NAME) as store:
        write_results(results, store)
        for name in PAGES:
            (results / "feedback" / name).write_text("old")
        set_marks(store, [Wish("ben", "softmax", "3", "on paper", "tutor")])
        refresh(results, store, {"ben"})
    assert (results / "grades.csv").read_text().splitlines()[2].startswith("ben,3,100,missing,3,")
    assert (results / "feedback" / "ana.md").read_text() == "old"
    assert "on paper" in (results / "feedback" / "ben.md").read_text()
    assert "ben" in (results / "report.html").read_text()


def test_a_trial_is_feedback_without_points(tmp_path: Path) -> None:
    """For people alone; who left has no page any more; whom the grader failed on is told."""
    shown, file = screen()
    with stored(tmp_path, graded("ana"), graded("ben", 0.5, "partial")) as store:
        assert write_trial(tmp_path, store, shown)
    assert pages(tmp_path) == PAGES - {"ana.json", "ben.json"}
    assert "of 100" not in "".join(path.read_text() for path in (tmp_path / "feedback").iterdir())
    assert not (tmp_path / "grades.csv").exists()
    with stored(tmp_path, graded("ana"), not_graded("cy", "it broke")) as store:
        assert not write_trial(tmp_path, store, shown)
    assert pages(tmp_path) == {"ana.html", "ana.md", "cy.html", "cy.md"}
    assert "so that they got no feedback (1):\n  cy: it broke\n" in file.getvalue()
    assert file.getvalue().count(f"the results are as they were. feedback: {tmp_path / 'feedback'}") == 2


def test_a_run_ends_with_where_everything_is(results: Path) -> None:
    """What there is of it, below the table and the line about the sandbox."""
    shown, file = screen()
    (results / "grades.csv").touch()
    (results / "feedback").mkdir()
    show_results(results, [graded("ana")], Settings(), "a sandbox", shown)
    lines = file.getvalue().splitlines()
    assert lines[-3:] == ["a sandbox", f"grades:   {results / 'grades.csv'}", f"feedback: {results / 'feedback'}"]
    show_results(results, [graded("ana")], Settings(), "", shown)
    assert "Task 1: softmax" in file.getvalue()
    assert file.getvalue().splitlines()[-3].startswith("1 student: 1 graded.")


def test_a_folder_that_takes_no_file_is_told_with_what_becomes_of_the_work(results: Path) -> None:
    """The verdicts are kept."""
    (results / "grades.csv").mkdir()
    with (
        Store(results / FILE_NAME) as store,
        pytest.raises(StoreError, match=r"grades\.csv can't be written: .*\. The verdicts are kept: mend this and run"),
    ):
        write_results(results, store)


def test_as_many_processes_as_processors_that_may_be_used() -> None:
    """Not as many as there are."""
    assert usable_cpus() == len(os.sched_getaffinity(0))


# --- errors ----------------------------------------------------------------------------------------

ASKED_WRONGLY = (
    *(AssignmentError, NoCases, ConfigError, RequestError),
    *(SheetError, CourseError, NoSubmissions, Unprotected),
)
FAILED = {
    StoreError: "why",
    WorkersFailed: "why",
    SelfTestFailed: "nothing was run, for the sandbox does not hold: why",
}


@pytest.mark.parametrize("kind", [*ASKED_WRONGLY, *FAILED])
def test_an_error_that_a_person_can_mend_is_one_message(kind: type[Exception]) -> None:
    """Status 2 where something was asked for wrongly, 1 where it failed; anything else is a bug, and shows itself."""
    with pytest.raises(click.ClickException) as caught, plain_errors():
        raise kind("why")
    assert caught.value.message == FAILED.get(kind, "why")
    assert caught.value.exit_code == (1 if kind in FAILED else 2)
    with pytest.raises(ZeroDivisionError), plain_errors():
        raise ZeroDivisionError


def test_ctrl_c_says_what_became_of_the_work(capsys: pytest.CaptureFixture[str]) -> None:
    """And ends as a shell expects of an interrupted program."""
    with pytest.raises(SystemExit) as caught, resumable():
        raise KeyboardInterrupt
    assert caught.value.code == 130
    assert capsys.readouterr().err == "\nInterrupted. What was graded is kept: the same command goes on from there.\n"


def test_what_the_engine_logs_is_beside_the_results(capsys: pytest.CaptureFixture[str]) -> None:
    """Once, however often that is asked for."""
    log = logging.getLogger("autograder")
    before = log.handlers, log.level
    try:
        show_logged()
        show_logged()
        logging.getLogger("autograder.cases").info("a case set is made")
    finally:
        log.handlers, log.level = before
    assert capsys.readouterr() == ("", "a case set is made\n")
