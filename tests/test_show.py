"""`bptt show`: one student's feedback in the terminal."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder.cli import main
from autograder.model.settings import Settings, TaskSettings
from autograder.results.store import FILE_NAME, Store
from tests.sample_verdicts import graded, missing
from tests.test_exports import keep

ODD = "Łucja O'Neil-Wójcik"


def show(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["show", "results", *arguments], catch_exceptions=False)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    keep([graded("birch", 0.5, "partial"), graded("maria.lopez_4711"), graded(ODD), missing("zed")])
    return tmp_path


def test_all_feedback_is_what_the_students_page_says():
    """The sum, each task and what was said of it."""
    shown = show("birch").stdout
    assert "50 of 100 points" in shown
    assert "Task 14: many_to_many" in shown
    assert "the slope of tanh is missing" in shown


def test_of_one_task_nothing_else_is_shown():
    """Its points and findings, and no other task."""
    shown = show("birch", "bptt_W").stdout
    assert "Task 7: bptt_W: partial, 7.5 of 15" in shown
    assert "the slope of tanh is missing" in shown
    assert "softmax" not in shown


def test_a_function_stands_for_its_task():
    """bptt_b is half of a task that is not called so."""
    assert "Task 9: bptt_bias" in show("birch", "bptt_b").stdout


def test_who_handed_in_nothing_is_told_so():
    """There is no task to show: what is said of the whole is, whichever task was asked for."""
    assert "nothing was handed in" in show("zed").stdout
    done = show("zed", "softmax")
    assert done.exit_code == 0
    assert "nothing was handed in" in done.stdout


@pytest.mark.parametrize(
    ("typed", "near"),
    [("birhc", "birch"), ("BIRCH", "birch"), ("lopez", "maria.lopez_4711"), ("Lucja ONeil-Wojcik", ODD)],
)
def test_a_wrong_name_is_refused_with_those_that_come_near(typed, near):
    """Letters in another order, capitals, a part of the id, no accents."""
    done = show(typed)
    assert done.exit_code == 2
    assert f"nobody in these results is called {typed}: did you mean {near}?" in done.stderr


def test_a_name_like_no_other_is_refused_without_a_guess():
    """Nothing is offered that nobody can have meant."""
    done = show("qqqqqqqq")
    assert done.exit_code == 2
    assert "did you mean" not in done.stderr


def test_a_wrong_task_is_refused_with_those_that_come_near():
    """Near ones are named; where none is, all are."""
    done = show("birch", "btpp_W")
    assert done.exit_code == 2
    assert "there is no task btpp_W: did you mean bptt_W" in done.stderr
    assert "the tasks are softmax, cross_entropy" in show("birch", "zzzzz").stderr


def test_a_task_that_is_switched_off_is_told_from_one_that_is_none(here):
    """It exists, and is not graded in these results."""
    with Store(here / "off" / FILE_NAME) as store:
        store.start_run(Settings(tasks={"bptt_W": TaskSettings(enabled=False)}), ["birch"])
        store.save("birch", "key", graded("birch"))
    done = CliRunner().invoke(main, ["show", "off", "birch", "bptt_W"])
    assert done.exit_code == 2
    assert "bptt_W is switched off in these results" in done.stderr
