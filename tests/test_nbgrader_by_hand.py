"""Marks by hand, set in the results or in nbgrader's gradebook: the later one counts on both sides."""

import csv
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from nbgrader.api import Grade, Gradebook

from autograder.cli import main
from autograder.nbgrader.layout import Layout
from autograder.nbgrader.record import open_gradebook, record
from autograder.results.store import FILE_NAME, Store
from tests.conftest import REFERENCE
from tests.nbgrader_course import Course, in_cells
from tests.sample_verdicts import graded, missing, not_graded, stored

STUDENTS = ("ana", "ben", "cy")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course whose assignment nbgrader knows, with three students' folders."""
    course = Course(tmp_path_factory.mktemp("by-hand"))
    course.nbgrader("generate_assignment rnn")
    for student in STUDENTS:
        course.submit(student, course.released())
    return course


class Term:
    """A course beside the results of its grading."""

    def __init__(self, root: Path) -> None:
        self.layout, self.results = Layout(root / "course"), root / "results"

    def grade(self, *verdicts) -> list[str]:
        """Grade, with these verdicts or three others, and return what is said of marks by hand."""
        found = verdicts or (graded("ana", 0.5, "partial"), graded("ben", 0.5, "partial"), graded("cy"))
        with stored(self.results, *found) as store:
            return record(self.layout, open_gradebook(self.layout), store)[:-1]

    def mark(self, *arguments: str) -> Result:
        done = CliRunner().invoke(main, ["mark", str(self.results), *arguments], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done

    def here(self, task: str = "bptt_W", student: str = "ben") -> float:
        """The points that count in the results."""
        with Store(self.results / FILE_NAME) as store:
            (found,) = (one for one in store.each() if one.student_id == student)
        return next(one.points for one in found.tasks if one.task == task)

    def book(self) -> Gradebook:
        return Gradebook(f"sqlite:///{self.layout.root / 'gradebook.db'}")

    def there(self, task: str = "bptt_W", student: str = "ben") -> tuple[float | None, float | None, bool]:
        """The automatic and the manual score in the gradebook, and whether it waits for a person."""
        with self.book() as gradebook:
            grade: Grade = gradebook.find_grade(task, "rnn", "rnn", student)
            return grade.auto_score, grade.manual_score, grade.needs_manual_grade

    def set_there(self, points: float | None, comment: str = "") -> None:
        """Do what formgrader does when a person types a score, or deletes it."""
        with self.book() as gradebook:
            grade = gradebook.find_grade("bptt_W", "rnn", "rnn", "ben")
            grade.manual_score, grade.needs_manual_grade = points, False
            if comment:
                gradebook.find_comment("bptt_W-code", "rnn", "rnn", "ben").manual_comment = comment
            gradebook.db.commit()


@pytest.fixture
def term(released: Course, tmp_path: Path) -> Term:
    """A copy of the course, graded once; ben has 7.5 of 15 points for bptt_W."""
    shutil.copytree(released.root, tmp_path / "course")
    found = Term(tmp_path)
    assert found.grade() == []
    return found


def test_a_mark_by_hand_goes_to_the_gradebook_and_is_taken_back_there(term: Term) -> None:
    """The judge's points stay beside it on both sides; grading again changes nothing."""
    term.mark("ben", "bptt_W", "11", "--reason", "on paper")
    assert term.grade() == ["Marks by hand that went to nbgrader's gradebook (1):", "  ben, bptt_W: 11"]
    assert term.there() == (7.5, 11, False)
    assert (term.grade(), term.there(), term.here()) == ([], (7.5, 11, False), 11)
    term.mark("ben", "bptt_W", "--undo")
    assert term.grade() == ["Marks by hand that went to nbgrader's gradebook (1):", "  ben, bptt_W: none"]
    assert (term.grade(), term.there(), term.here()) == ([], (7.5, None, False), 7.5)


def test_a_mark_of_the_gradebook_counts_here_and_is_taken_back_here(term: Term) -> None:
    """The log says that it came from nbgrader, with the comment as its reason, where there is one."""
    term.set_there(13, "The derivation is right.")
    assert term.grade() == ["Marks by hand that came from nbgrader's gradebook (1):", "  ben, bptt_W: 13"]
    assert (term.grade(), term.here(), term.there()) == ([], 13, (7.5, 13, False))
    term.set_there(12)
    term.grade()
    term.set_there(None)
    assert term.grade() == ["Marks by hand that came from nbgrader's gradebook (1):", "  ben, bptt_W: none"]
    assert (term.grade(), term.here()) == ([], 7.5)
    log = [line.partition("  ")[2] for line in term.mark("--log").stdout.splitlines()]
    assert log == [
        "ben bptt_W  13  by nbgrader: The derivation is right.",
        "ben bptt_W  12  by nbgrader: The derivation is right.",
        "ben bptt_W  taken back  by nbgrader",
    ]


def test_the_later_of_two_is_right(term: Term) -> None:
    """A mark set on one side, and then another on the other side, ends as the last one on both."""
    term.mark("ben", "bptt_W", "11", "--reason", "on paper")
    term.grade()
    term.set_there(9)
    term.grade()
    assert (term.here(), term.there()[1]) == (9, 9)
    term.mark("ben", "bptt_W", "10", "--reason", "between the two")
    term.grade()
    assert (term.here(), term.there()[1]) == (10, 10)


def test_where_both_were_changed_neither_changes(term: Term) -> None:
    """The student is listed at every grading, until a person sets one side to the other."""
    term.mark("ben", "bptt_W", "11", "--reason", "on paper")
    term.set_there(13)
    listed = [
        "Changed by hand here and in nbgrader's gradebook, so left as they are (1):",
        "  ben, bptt_W: 11 here, 13 there",
    ]
    assert [term.grade(), term.grade()] == [listed, listed]
    assert (term.here(), term.there()[1]) == (11, 13)
    term.mark("ben", "bptt_W", "13", "--reason", "as the other tutor says")
    assert (term.grade(), term.here(), term.there()[1]) == ([], 13, 13)
    term.set_there(None)
    term.mark("ben", "bptt_W", "2", "--reason", "…")
    assert "  ben, bptt_W: 2 here, none there" in term.grade()


def test_what_has_no_cell_is_listed(term: Term) -> None:
    """The sum, a withheld mark, and marks of who is not in the gradebook; what it has of them stays."""
    term.mark("ben", "total", "62", "--reason", "…")
    term.mark("cy", "--withhold", "--reason", "let us talk")
    verdicts = graded("ana"), graded("ben", 0.5, "partial"), graded("cy", 0.1, "fail"), missing("eve")
    term.grade(*verdicts)
    term.mark("eve", "softmax", "5", "--reason", "ill")
    title = "Set by hand here, with no place in nbgrader's gradebook (3):"
    assert term.grade(*verdicts) == [title, "  ben, total: 62", "  cy, withheld", "  eve, softmax: 5"]
    assert term.there(student="cy") == (15, None, False)
    with term.book() as gradebook:
        assert gradebook.find_submission("rnn", "ben").score == 50


def test_a_cell_of_other_points_has_the_same_share(term: Term) -> None:
    """Where the course gives a task other points, a mark by hand is the same share of them, and comes back so."""
    with term.book() as gradebook:
        gradebook.find_grade_cell("bptt_W", "rnn", "rnn").max_score = 7.0
        gradebook.db.commit()
    term.mark("ben", "bptt_W", "11", "--reason", "on paper")
    term.grade()
    assert term.there()[1] == pytest.approx(11 / 15 * 7, abs=1e-4)
    assert (term.grade(), term.here()) == ([], 11)
    term.set_there(3.5)
    term.grade()
    assert (term.grade(), term.here()) == ([], 7.5)


def test_a_gradebook_that_was_made_anew_takes_no_mark_away(term: Term) -> None:
    """Its empty cells are nobody's decision: they get the marks by hand again."""
    term.mark("ben", "bptt_W", "11", "--reason", "on paper")
    term.grade()
    with term.book() as gradebook:
        gradebook.remove_student("ben")
    assert term.grade() == ["Marks by hand that went to nbgrader's gradebook (1):", "  ben, bptt_W: 11"]
    assert (term.grade(), term.here(), term.there()[1]) == ([], 11, 11)
    with term.book() as gradebook:
        gradebook.remove_student("ben")
        gradebook.add_student("ben")
        gradebook.add_submission("rnn", "ben")
    term.grade()
    assert (term.here(), term.there()[1]) == (11, 11)


def test_a_mark_waits_for_who_could_not_be_graded(term: Term) -> None:
    """A failure of the grader touches nothing in the gradebook, whatever was set by hand meanwhile."""
    term.mark("ben", "bptt_W", "11", "--reason", "on paper")
    term.mark("ben", "total", "70", "--reason", "on paper")
    term.grade(graded("ana"), not_graded("ben"), graded("cy"))
    assert term.there() == (7.5, None, False)
    term.grade()
    assert term.there() == (7.5, 11, False)


def test_new_work_asks_a_person_to_look(term: Term) -> None:
    """The mark by hand stays, and formgrader shows that the code's points have changed under it."""
    term.mark("ben", "bptt_W", "11", "--reason", "on paper")
    term.grade()
    term.grade(graded("ana"), graded("ben"), graded("cy"))
    assert (term.there(), term.here()) == ((15, 11, True), 11)


def test_who_is_forgotten_leaves_no_mark(term: Term) -> None:
    """`bptt forget` takes out what is remembered of the gradebook, too."""
    term.mark("ben", "bptt_W", "11", "--reason", "on paper")
    term.grade()
    assert CliRunner().invoke(main, ["forget", str(term.results), "ben"]).exit_code == 0
    assert b"ben" not in (term.results / FILE_NAME).read_bytes()


def test_the_command_grades_a_course_with_marks_of_both_sides(released: Course, tmp_path: Path) -> None:
    """`bptt grade COURSE` says what came and went, `grades.csv` has both, and nbgrader's feedback the reason."""
    root, results = tmp_path / "course", tmp_path / "results"
    shutil.copytree(released.root, root)
    for student in ("ana", "cy"):
        shutil.rmtree(root / "submitted" / student)
    shutil.copy(released.submit("ben", in_cells(released.released(), REFERENCE)), root / "submitted" / "ben" / "rnn")
    command = ["grade", str(root), "--out", str(results), "--jobs", "1"]
    assert CliRunner().invoke(main, command, catch_exceptions=False).exit_code == 0
    term = Term(tmp_path)
    term.set_there(9)
    term.mark("ben", "softmax", "4", "--reason", "said aloud")
    done = CliRunner().invoke(main, command, catch_exceptions=False)
    assert "came from nbgrader's gradebook (1):\n  ben, bptt_W: 9" in done.output
    assert "went to nbgrader's gradebook (1):\n  ben, softmax: 4" in done.output
    with (results / "grades.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert (row["bptt_W"], row["softmax"], row["score"]) == ("9", "4", "90")
    with term.book() as gradebook:
        assert gradebook.find_submission("rnn", "ben").score == 90
    assert "8, set to 4 by hand" in (root / "autograded" / "ben" / "rnn" / "rnn.ipynb").read_text()
