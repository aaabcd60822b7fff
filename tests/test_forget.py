"""`bptt forget`: everything that is kept of one student goes, and nothing of anybody else's."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder.cli import main
from autograder.model.settings import Settings
from autograder.results.marking import Wish, set_marks
from autograder.results.matching import Row
from autograder.results.roster import absent, forget_in_roster, remember, remembered
from autograder.results.store import FILE_NAME, Store
from tests.sample_verdicts import graded, missing, stored

FILES = [
    ["file", "student_id", "what became of it"],
    ["benedikt/rnn.py", "benedikt", "graded"],
    ["'=b/x.py", "'=benedikt", "graded"],
    ["odd"],
    ["stray.csv", "", "belongs to nobody"],
    ["zoe/rnn.py", "zoe", "graded"],
]


def forget(student: str) -> Result:
    return CliRunner().invoke(main, ["forget", "results", student], catch_exceptions=False)


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Results of three, with a trial, pairs, and a list of files; "gone" was graded and is not in the class now."""
    monkeypatch.chdir(tmp_path)
    results = Path("results")
    with stored(results, graded("benedikt"), graded("zoe"), graded("gone")) as store:
        set_marks(store, [Wish(who, "softmax", "1", f"about {who}") for who in ("benedikt", "zoe")])
        remember(store, [Row(ids=(who,), shown=who) for who in ("benedikt", "zoe", "absent")])
    with stored(results, graded("benedikt"), graded("zoe"), missing("=benedikt")):
        pass
    assert CliRunner().invoke(main, ["report", "results"], catch_exceptions=False).exit_code == 0
    for name in ("trial/feedback/benedikt.md", "similar.html", "similar.csv", "notes.txt"):
        (results / name).parent.mkdir(parents=True, exist_ok=True)
        (results / name).write_text("by benedikt" if name != "notes.txt" else "my own")
    with (results / "files.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(FILES)
    return results


def test_nothing_is_left_of_one_and_all_of_the_others(results: Path) -> None:
    """Pages, rows, marks by hand, the trial and pairs; what is nobody's of these stays as it is."""
    forget("=benedikt")
    done = forget("benedikt")
    assert done.exit_code == 0
    assert done.stdout.startswith(
        "benedikt is taken out of results. Copies and exports made before still have the marks."
    )
    left = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}
    assert [path for path, content in left.items() if b"benedikt" in content or "benedikt" in path.name] == []
    assert {"zoe.md", "zoe.html", "zoe.json", "notes.txt", "report.html"} <= {path.name for path in left}
    assert not (results / "trial").exists()
    with (results / "files.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [FILES[0], *FILES[3:]]
    assert b"\r" not in left[results / "files.csv"]
    with (results / "grades.csv").open(encoding="utf-8", newline="") as file:
        assert [row["student_id"] for row in csv.DictReader(file)] == ["zoe"]
    with Store(results / FILE_NAME) as store:
        assert [entry.student_id for entry in store.log()] == ["zoe"]
        assert [row.shown for row in remembered(store)] == ["zoe", "absent"]
        assert store.finished


def test_who_is_in_no_class_any_more_can_be_forgotten(results: Path) -> None:
    """Their verdict was kept for the day they come back; a name that nobody has is refused."""
    assert forget("gone").exit_code == 0
    with Store(results / FILE_NAME) as store:
        assert store.gone() == []
    for name in ("gone", "stranger"):
        done = forget(name)
        assert (done.exit_code, f"nobody in these results is called {name}" in done.stderr) == (2, True)


def test_results_without_files_of_a_run_are_no_obstacle(results: Path) -> None:
    """Neither a list of files, nor a trial, nor pairs have to be there."""
    (results / "files.csv").unlink()
    assert forget("benedikt").exit_code == 0
    assert not (results / "files.csv").exists()
    assert forget("zoe").exit_code == 0


def test_a_roster_loses_the_rows_of_one(tmp_path: Path) -> None:
    """By any of the ids of the row, also where that one never handed in."""
    rows = [Row(ids=("s1", "ana@x.edu"), names=("Ana B",), shown="Ana B"), Row(ids=("s2",), names=("Ben C",))]
    with Store(tmp_path / FILE_NAME) as store:
        store.start_run(Settings(), [])
        for student, left in (("ana@x.edu", rows[1:]), ("Ana B", rows[1:]), ("s2", rows[:1]), ("nobody", rows)):
            remember(store, rows)
            forget_in_roster(store, student)
            assert remembered(store) == left
        remember(store, [])
        assert (remembered(store), store.fact("roster")) == ([], "")


def test_a_roster_that_is_remembered_says_who_is_missing(tmp_path: Path) -> None:
    """And of whom that can't be said, with the reason; without a roster nobody is."""
    rows = [Row(ids=(one,), shown=one) for one in ("ana", "jane@a.edu", "jane@b.edu", "zoe")]
    with Store(tmp_path / FILE_NAME) as store:
        store.start_run(Settings(), [])
        assert absent(store, ["ana"]) == ([], [])
        remember(store, rows)
        missed, told = absent(store, ["ana", "jane", "stray"])
    doubt = "On the roster, and not beyond doubt among those who handed in"
    assert missed == ["zoe"]
    assert told == [f"{doubt}: {who} (fits jane, but not beyond doubt)" for who in ("jane@a.edu", "jane@b.edu")]
