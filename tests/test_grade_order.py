"""What is asked of `bptt grade`: which options contradict each other, and which settings and secret are in force."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from autograder.cases.secret import RequestError
from autograder.commands.order import Order, course_to_grade, settings_and_secret
from autograder.model.settings import LateRule, RepeatedMistakes, Settings

DUE = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
SECRET = "a secret of more than sixteen letters"


def order(folder: Path, out: str = "results", **options: Any) -> Order:
    (folder / "class").mkdir(exist_ok=True)
    return Order(folder / "class", folder / out, **options)


NAMED = {
    "by name": 'use_engine(get_config(), settings="own.toml", secret="own.txt")',
    "in order": 'nbgrader.use_engine(get_config(), "rnn", "own.toml", "own.txt")',
    "as options": 'c.BpttKit.settings_file = "own.toml"\nc.BpttKit.secret_file = "own.txt"',
}
UNNAMED = {
    "no Python": "use_engine(",
    "not as they are": "use_engine(c, settings=SETTINGS, secret=SECRET)",
    "of another": 'other(c, settings="own.toml", secret="own.txt")',
}


def course(folder: Path, config: str = NAMED["by name"]) -> Path:
    """Make a course of nbgrader's with settings and a secret of its own."""
    (folder / "submitted" / "ana" / "rnn").mkdir(parents=True)
    (folder / "own.toml").write_text("seed = 7\n")
    (folder / "own.txt").write_text(f"own: {SECRET}\n")
    (folder / "nbgrader_config.py").write_text(f"c = get_config()\n{config}\n")
    return folder


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"jobs": 2, "scheduler": "tcp://somewhere"}, "--jobs is about this machine"),
    ({"students": ("ana",), "regrade": True}, "give one of the two"),
    ({"trial": True, "students": ("ana",)}, "leave them out"),
    ({"trial": True, "regrade": True}, "leave them out"),
    ({"out": "class"}, "is inside"),
    ({"out": "class/results"}, "choose another --out"),
    ({"out": "class/../class/x"}, "choose another --out"),
    ({"jobs": 2}, ""),
    ({"jobs": 2, "scheduler": "local"}, ""),
    ({"scheduler": "tcp://somewhere"}, ""),
    ({"students": ("ana",)}, ""),
    ({"regrade": True}, ""),
    ({"trial": True}, ""),
    ({"out": "class-results"}, ""),
]


@pytest.mark.parametrize(("options", "words"), REFUSED)
def test_what_contradicts_itself_is_refused(tmp_path: Path, options: dict[str, Any], words: str) -> None:
    """Each with what to leave out; each option alone is fine."""
    if words:
        with pytest.raises(RequestError, match=words):
            course_to_grade(order(tmp_path, **options))
    else:
        assert course_to_grade(order(tmp_path, **options)) is None


def test_results_may_lie_in_a_course_but_not_among_its_submissions(tmp_path: Path) -> None:
    """There they would be taken for a student."""
    folder = course(tmp_path / "course")
    for given in (folder, folder / "submitted"):
        found = course_to_grade(Order(given, folder / "results"))
        assert found is not None
        assert (found.root, found.students()) == (folder, ["ana"])
    with pytest.raises(RequestError, match="is inside"):
        course_to_grade(Order(folder, folder / "submitted" / "results"))


def test_what_is_given_goes_before_the_course_s_own(tmp_path: Path) -> None:
    """Settings and secret each for itself; without either there is no secret."""
    folder = course(tmp_path / "course")
    (tmp_path / "given.toml").write_text("seed = 8\n")
    (tmp_path / "given.txt").write_text(f"given: {SECRET}\n")
    of_course = course_to_grade(Order(folder, tmp_path / "results"))
    for config, seed in ((None, 7), (tmp_path / "given.toml", 8)):
        for secret, whose in ((None, "own"), (tmp_path / "given.txt", "given")):
            asked = Order(folder, tmp_path / "results", config=config, secret_file=secret)
            settings, found = settings_and_secret(asked, of_course)
            assert (settings.seed, found) == (seed, f"{whose}: {SECRET}".encode())
    assert settings_and_secret(order(tmp_path), None) == (Settings(), None)
    (tmp_path / "short.txt").write_text("short")
    with pytest.raises(RequestError, match="has 5 bytes, and at least 16 are expected"):
        settings_and_secret(order(tmp_path, secret_file=tmp_path / "short.txt"), None)


@pytest.mark.parametrize("way", [*NAMED, *UNNAMED])
def test_a_course_names_its_files_in_its_config(tmp_path: Path, way: str) -> None:
    """In any way that nbgrader knows; the config is not run, so that only names that stand in it as they are count."""
    folder = course(tmp_path / "course", (NAMED | UNNAMED)[way])
    found = course_to_grade(Order(folder, tmp_path / "results"))
    assert found is not None
    assert found.own == ((folder / "own.toml", folder / "own.txt") if way in NAMED else (None, None))


def test_a_trial_has_no_say_on_points(tmp_path: Path) -> None:
    """It writes elsewhere, under a name that no other command takes for results, and takes nothing for lateness."""
    (tmp_path / "c.toml").write_text("seed = 8\n[late]\ndue = 2026-11-20T23:00:00Z\n[repeated_mistakes]\nshare = 0.5\n")
    asked, trial = (order(tmp_path, config=tmp_path / "c.toml", trial=trial) for trial in (False, True))
    assert (asked.results, asked.store) == (tmp_path / "results", tmp_path / "results" / "results.sqlite")
    assert (trial.results, trial.store) == (tmp_path / "results/trial", tmp_path / "results/trial/trial.sqlite")
    assert settings_and_secret(asked, None)[0].late.due == DUE
    settings, _ = settings_and_secret(trial, None)
    assert (settings.seed, settings.late, settings.repeated_mistakes) == (8, LateRule(), RepeatedMistakes())
