"""What `bptt grade` says beside the marks. The grader is a stand-in."""

import shutil
from pathlib import Path

from tests.test_cli import GRADE, StandIn, bptt, folder, grader, hand_in

__all__ = ["folder", "grader"]  # fixtures

LATE = "[late]\ndue = 2026-11-20T23:00:00Z\n[late.extensions]\nbne = 2026-11-21T23:00:00Z\ncy = 2026-11-21T23:00:00Z\n"


def test_what_the_instructor_should_know_is_said(grader: StandIn, folder: Path) -> None:
    """Settings that have no effect, names that nobody has, and who is not in the class any more; each once it is so."""
    Path("c.toml").write_text(LATE)
    said = bptt(*GRADE, "--config", "c.toml").stderr
    assert "class has no times of handing in, so nothing is late (times: Gradescope, nbgrader)" in said
    assert "[late.extensions] has bne, and nobody in the class is called that: did you mean ben?" in said
    assert "has cy, and nobody" not in said
    assert "Graded once" not in said
    shutil.rmtree(folder / "class" / "cy")
    said = bptt(*GRADE).stderr
    assert "Graded once, but not in class any more, so not in the results: cy" in said
    assert "[late] is not what it was" in said
    assert "has no times" not in said


def test_who_may_be_on_the_roster_is_told_and_not_called_missing(grader: StandIn, folder: Path) -> None:
    """Two addresses with one local part fit one student."""
    Path("roster.csv").write_text("email\nana@a.edu\nana@b.edu\nben@a.edu\ncy@a.edu\nzoe@a.edu\n")
    done = bptt(*GRADE, "--roster", "roster.csv")
    doubts = [line for line in done.stderr.splitlines() if line.startswith("On the roster, and not beyond doubt")]
    assert [line.rpartition(": ")[2].partition(" ")[0] for line in doubts] == ["ana@a.edu", "ana@b.edu"]
    assert "4 students: 3 graded, 1 missing." in done.stdout


def test_one_student_is_one(grader: StandIn, folder: Path) -> None:
    """Not "1 students"; and what would change nothing is asked of nobody."""
    for name in ("ben", "cy"):
        shutil.rmtree(folder / "class" / name)
    bptt(*GRADE)
    Path("c.toml").write_text("[tasks.softmax]\npoints = 20\n")
    assert "1 student would be graded anew into results" in bptt(*GRADE, "--config", "c.toml").stderr
    hand_in(folder, "ana", "break")
    assert bptt(*GRADE).exit_code == 1
    assert bptt(*GRADE, "--config", "c.toml").exit_code == 1  # who was not graded has no mark that could change
