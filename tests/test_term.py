"""A term with the marks: what is refused, what is remembered. The grader is a stand-in."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from autograder.cli import main
from autograder.commands.order import Order
from autograder.commands.watch import watch
from autograder.reports.screen import Screen
from autograder.results.store import FILE_NAME, Store
from tests.test_cli import GRADE, StandIn, bptt, folder, grader, hand_in

__all__ = ["folder", "grader"]  # fixtures


def rows(path: Path = Path("results/grades.csv")) -> dict[str, dict[str, str]]:
    return {row["student_id"]: row for row in csv.DictReader(io.StringIO(path.read_text()))}


def test_other_settings_are_refused_until_regrade(grader: StandIn, folder: Path) -> None:
    """A run that would change marks says why and how many, writes nothing, and goes on when told to."""
    bptt(*GRADE)
    before = (folder / "results" / "grades.csv").read_bytes()
    Path("c.toml").write_text("seed = 7\n")
    done = bptt(*GRADE, "--config", "c.toml")
    assert done.exit_code == 2
    assert "3 students would be graded anew" in done.stderr
    assert "seed: 0, now 7" in done.stderr
    assert "--regrade" in done.stderr
    assert (folder / "results" / "grades.csv").read_bytes() == before
    assert bptt(*GRADE, "--config", "c.toml", "--student", "ana").exit_code == 2
    assert bptt(*GRADE, "--regrade", "--student", "ana").exit_code == 2
    done = bptt(*GRADE, "--config", "c.toml", "--regrade")
    assert done.exit_code == 0
    assert "0 of 3 students have another mark." in done.stdout
    assert bptt(*GRADE, "--config", "c.toml").exit_code == 0


def test_an_interrupted_regrade_goes_on_and_exports_nothing(grader: StandIn, folder: Path) -> None:
    """Marks of two settings never leave together; the same command goes on without being told again."""
    bptt(*GRADE)
    Path("c.toml").write_text("[tasks.softmax]\npoints = 20\n")
    hand_in(folder, "ben", "pass")
    hand_in(folder, "cy", "stop")
    assert bptt(*GRADE, "--config", "c.toml", "--regrade").exit_code == 130
    done = bptt("export", "csv", "results", "--out", "x.csv")
    assert (done.exit_code, Path("x.csv").exists()) == (2, False)
    assert "mixes settings: 2 of 3 marks" in done.stderr
    hand_in(folder, "cy", "pass")
    assert bptt(*GRADE, "--config", "c.toml").exit_code == 0


def test_one_student_is_graded_anew_and_nobody_else(grader: StandIn, folder: Path) -> None:
    """Those who are named, whatever is stored; a name that nobody has is refused with the nearest."""
    bptt(*GRADE)
    hand_in(folder, "ben", "pass")
    hand_in(folder, "dora", "pass")
    assert bptt(*GRADE, "--student", "ana").exit_code == 0
    assert grader.graded == ["ana"]
    assert (rows()["ben"]["score"], "dora" in rows()) == ("0", False)
    done = bptt(*GRADE, "--student", "anna")
    assert done.exit_code == 2
    assert "did you mean ana?" in done.stderr
    bptt(*GRADE)
    assert (rows()["ben"]["score"], rows()["dora"]["score"]) == ("100", "100")


def test_a_class_is_watched(grader: StandIn, folder: Path) -> None:
    """What is handed in or changed is graded; between looks without a change there is no run."""
    graded_then: list[list[str]] = []

    def pause(_: float) -> None:
        graded_then.append(grader.graded)
        grader.graded = []
        if len(graded_then) == 2:
            hand_in(folder, "dora", "pass")
        if len(graded_then) == 3:
            raise KeyboardInterrupt

    console = Console(file=io.StringIO())
    with pytest.raises(KeyboardInterrupt):
        watch(Order(folder / "class", folder / "results", jobs=1), Screen(console, console), pause)
    assert graded_then == [["ana", "ben", "cy"], [], ["dora"]]


def test_a_course_is_watched_by_what_is_handed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What grading writes into an nbgrader course starts no other run; a new notebook does."""
    runs: list[int] = []
    (tmp_path / "submitted").mkdir()
    (tmp_path / "nbgrader_config.py").write_text("")

    def grade(order: Order, _: Screen) -> bool:
        runs.append(len(runs))
        (order.folder / "gradebook.db").write_text(f"run {len(runs)}")
        return True

    def pause(_: float) -> None:
        if len(pauses) == 2:
            (tmp_path / "submitted" / "ana").mkdir()
        pauses.append(len(runs))
        if len(pauses) == 5:
            raise KeyboardInterrupt

    pauses: list[int] = []
    monkeypatch.setattr("autograder.commands.watch.grade_folder", grade)
    console = Console(file=io.StringIO())
    with pytest.raises(KeyboardInterrupt):
        watch(Order(tmp_path, tmp_path / "results"), Screen(console, console), pause)
    assert pauses == [1, 1, 1, 2, 2]


def test_a_roster_is_remembered(grader: StandIn, folder: Path) -> None:
    """Who is on it and handed in nothing is missing, in later runs too, until there is work."""
    Path("roster.csv").write_text("student_id\nana\neve\n")
    bptt(*GRADE, "--roster", "roster.csv")
    assert rows()["eve"]["status"] == "missing"
    bptt(*GRADE)
    assert rows()["eve"]["status"] == "missing"
    hand_in(folder, "eve", "pass")
    bptt(*GRADE)
    assert (rows()["eve"]["status"], len(rows())) == ("graded", 4)


def test_a_mark_by_hand_is_set_shown_and_taken_back(grader: StandIn, folder: Path) -> None:
    """It counts at once, everywhere, and the log keeps all of it."""
    bptt(*GRADE)
    before = (folder / "results" / "grades.csv").read_bytes()
    assert bptt("mark", "results", "ben", "bptt_W", "9,5", "--reason", "on <paper>", "--by", "tutor").exit_code == 0
    assert (rows()["ben"]["bptt_W"], rows()["ben"]["score"]) == ("9.5", "9.5")
    page = (folder / "results" / "feedback" / "ben.html").read_text()
    assert "0, set to 9.5 by hand (tutor, " in page
    assert "on &lt;paper&gt;" in page
    (task,) = [
        one for one in json.loads((folder / "results" / "feedback" / "ben.json").read_text())["tasks"] if one["hand"]
    ]
    assert (task["task"], task["hand"]["judged"], task["hand"]["reason"]) == ("bptt_W", 0, "on <paper>")
    assert "ben bptt_W  9.5  by tutor: on <paper>" in bptt("mark", "results").stdout
    bptt(*GRADE)
    assert rows()["ben"]["bptt_W"] == "9.5"
    assert bptt("mark", "results", "ben", "bptt_W", "--undo").exit_code == 0
    assert (folder / "results" / "grades.csv").read_bytes() == before
    assert bptt("mark", "results").stdout == "No mark was set by hand.\n"
    assert len(bptt("mark", "results", "--log").stdout.splitlines()) == 2


def test_a_withheld_mark_is_shown_to_nobody(grader: StandIn, folder: Path) -> None:
    """It has a status of its own, no points anywhere, and comes back."""
    bptt(*GRADE)
    assert bptt("mark", "results", "ana", "--withhold", "--reason", "a talk first").exit_code == 0
    assert (rows()["ana"]["status"], rows()["ana"]["score"], rows()["ana"]["softmax"]) == ("withheld", "", "")
    assert "a talk first" in (folder / "results" / "feedback" / "ana.md").read_text()
    assert "100" not in (folder / "results" / "feedback" / "ana.md").read_text().partition("of 100")[0]
    bptt("mark", "results", "ana", "--withhold", "--undo")
    assert rows()["ana"]["score"] == "100"


REFUSED = {
    ("ben", "bptt_W", "9"): "needs a reason",
    ("ben", "bptt_W", "-1", "--reason", "x"): "expected a number from 0 to 15",
    ("ben",): "what is to be set?",
    ("ben", "bptt_W", "--reason", "x"): "what is to be set?",
    ("ben", "bptt_W", "--withhold", "--reason", "x"): "takes no task",
    ("ben", "--from", "m.csv"): "reads students, tasks and points from the file",
}


@pytest.mark.parametrize("arguments", REFUSED)
def test_what_can_be_no_mark_is_refused(arguments: tuple[str, ...], grader: StandIn, folder: Path) -> None:
    """Each with what was found and what is expected; nothing changes."""
    bptt(*GRADE)
    before = (folder / "results" / FILE_NAME).read_bytes(), (folder / "results" / "grades.csv").read_bytes()
    done = bptt("mark", "results", *arguments)
    assert done.exit_code == 2
    assert REFUSED[arguments] in " ".join(done.stderr.split())
    assert ((folder / "results" / FILE_NAME).read_bytes(), (folder / "results" / "grades.csv").read_bytes()) == before


def test_a_file_of_marks_is_taken_whole_or_not_at_all(grader: StandIn, folder: Path) -> None:
    """As a spreadsheet writes it, with semicolons and commas; each error is told with its row."""
    bptt(*GRADE)
    Path("m.csv").write_text("student;task;points;reason\nben;softmax;3,5;late proof\nbne;softmax;3;x\nben;x;1;y\n")
    done = bptt("mark", "results", "--from", "m.csv")
    assert done.exit_code == 2
    assert "m.csv, row 3: nobody in these results is called bne" in done.stderr
    assert "m.csv, row 4: 'x' is no task" in done.stderr
    assert rows()["ben"]["softmax"] == "0"
    Path("m.csv").write_text("student;task;points;reason\nben;softmax;3,5;late proof\nana;total;99;slip\n")
    assert bptt("mark", "results", "--from", "m.csv").exit_code == 0
    assert (rows()["ben"]["softmax"], rows()["ana"]["score"]) == ("3.5", "99")
    Path("m.csv").write_bytes("student,task,points,reason\nben,softmax,3,Größe\n".encode("cp1252"))
    assert "or save it as CSV UTF-8" in bptt("mark", "results", "--from", "m.csv").stderr


def test_who_is_forgotten_is_nowhere(grader: StandIn, folder: Path) -> None:
    """Verdict, marks by hand, pages and rows go; the others stay."""
    bptt(*GRADE)
    bptt("mark", "results", "ben", "softmax", "3", "--reason", "a private matter")
    assert bptt("forget", "results", "bne").exit_code == 2
    assert bptt("forget", "results", "ben").exit_code == 0
    assert list(rows()) == ["ana", "cy"]
    left = b"".join(path.read_bytes() for path in (folder / "results").rglob("*") if path.is_file())
    assert b"ben" not in left
    assert b"a private matter" not in left
    with Store(folder / "results" / FILE_NAME) as store:
        assert [one.student_id for one in store.each()] == ["ana", "cy"]


def test_who_is_forgotten_has_no_due_time_of_their_own(grader: StandIn, folder: Path) -> None:
    """The settings that are kept, and run.json, lose it; those of others stay."""
    times = "ben = 2026-11-22T23:00:00Z\ncy = 2026-11-23T23:00:00Z"
    Path("c.toml").write_text(f"[late]\ndue = 2026-11-20T23:00:00Z\n[late.extensions]\n{times}\n")
    bptt(*GRADE, "--config", "c.toml")
    assert bptt("forget", "results", "ben").exit_code == 0
    left = b"".join(path.read_bytes() for path in (folder / "results").rglob("*") if path.is_file())
    assert b"ben" not in left
    assert [*json.loads((folder / "results" / "run.json").read_text())["late"]["extensions"]] == ["cy"]
    assert [*rows()] == ["ana", "cy"]


def test_help_names_what_a_term_needs() -> None:
    """The commands are found where a person looks."""
    text = CliRunner().invoke(main, ["--help"]).stdout
    assert all(f"  {name} " in text for name in ("mark", "forget", "grade", "diff"))


def test_whose_work_is_gone_keeps_the_mark_though_a_roster_knows_them(grader: StandIn, folder: Path) -> None:
    """A wrong or partial folder makes nobody's mark a 0; it is told, and the mark comes back into use by itself."""
    Path("roster.csv").write_text("student_id\nana\nben\ncy\neve\n")
    bptt(*GRADE, "--roster", "roster.csv")
    shutil.rmtree(folder / "class" / "ana")
    done = bptt(*GRADE)
    assert "Graded once, and not found now; their marks stay as they are: ana" in done.stderr
    assert (rows()["ana"]["score"], rows()["ana"]["status"], rows()["eve"]["status"]) == ("100", "graded", "missing")
    hand_in(folder, "ana", "pass")
    bptt(*GRADE)
    assert rows()["ana"]["score"] == "100"


def test_who_is_forgotten_is_not_on_the_roster_either(grader: StandIn, folder: Path) -> None:
    """Nor do they come back as missing."""
    Path("roster.csv").write_text("student_id\nana\nzenobia\n")
    bptt(*GRADE, "--roster", "roster.csv")
    assert bptt("forget", "results", "zenobia").exit_code == 0
    bptt(*GRADE)
    assert "zenobia" not in rows()
    assert b"zenobia" not in (folder / "results" / FILE_NAME).read_bytes()


def test_a_withheld_mark_is_no_failure_of_the_grader(grader: StandIn, folder: Path) -> None:
    """Feedback and exports say that a person withholds it."""
    bptt(*GRADE)
    bptt("mark", "results", "ana", "--withhold", "--reason", "a talk first")
    text = (folder / "results" / "feedback" / "ana.md").read_text()
    assert "withheld by a person" in text
    assert "could not be graded" not in text
    done = bptt("export", "gradescope", "results", "--out", "g")
    assert "ana: withheld by a person" in done.stderr


def test_a_rule_for_late_work_that_is_left_out_is_told(grader: StandIn, folder: Path) -> None:
    """It needs no --regrade, and is not silent."""
    tree = folder / "tree" / "ana" / "rnn"
    tree.mkdir(parents=True)
    (tree / "rnn.py").write_text("pass")
    (tree / "timestamp.txt").write_text("2026-11-21 10:00:00 UTC")
    Path("c.toml").write_text("[late]\ndue = 2026-11-20T23:00:00Z\n")
    command = ("grade", "tree", "--out", "late", "--jobs", "1")
    bptt(*command, "--config", "c.toml")
    assert rows(Path("late/grades.csv"))["ana"]["score"] == "90"
    done = bptt(*command)
    assert done.exit_code == 0
    assert "[late] is not what it was in the last run: other penalties for 1 students" in done.stderr


def test_an_export_never_replaces_the_results(grader: StandIn, folder: Path) -> None:
    """The store is no place for an export, even with --force."""
    bptt(*GRADE)
    done = bptt("export", "json", "results", "--out", "results/results.sqlite", "--force")
    assert (done.exit_code, "holds the results themselves" in done.stderr) == (2, True)
    assert bptt("report", "results").exit_code == 0
