"""What `bptt grade` says beside the marks. The grader is a stand-in."""

import shutil
from pathlib import Path

from tests.test_cli import GRADE, StandIn, bptt, folder, grader

__all__ = ["folder", "grader"]  # fixtures

LATE = "[late]\ndue = 2026-11-20T23:00:00Z\n[late.extensions]\nbne = 2026-11-21T23:00:00Z\ncy = 2026-11-21T23:00:00Z\n"


def test_what_the_instructor_should_know_is_said(grader: StandIn, folder: Path) -> None:
    """Settings without effect, names that nobody has, rows that may be somebody's; then who left, and one student."""
    Path("c.toml").write_text(LATE)
    Path("roster.csv").write_text("email\nana@a.edu\nana@b.edu\nben@a.edu\ncy@a.edu\nzoe@a.edu\n")
    done = bptt(*GRADE, "--config", "c.toml", "--roster", "roster.csv")
    assert "class has no times of handing in, so nothing is late (times: Gradescope, nbgrader)" in done.stderr
    assert "[late.extensions] has bne, and nobody in the class is called that: did you mean ben?" in done.stderr
    assert "has cy, and nobody" not in done.stderr
    assert "Graded once" not in done.stderr
    doubts = [line for line in done.stderr.splitlines() if line.startswith("On the roster, and not beyond doubt")]
    assert [line.rpartition(": ")[2].partition(" ")[0] for line in doubts] == ["ana@a.edu", "ana@b.edu"]
    assert "4 students: 3 graded, 1 missing." in done.stdout
    Path("nobody.csv").write_text("email\n")
    for name in ("ben", "cy"):
        shutil.rmtree(folder / "class" / name)
    said = bptt(*GRADE, "--roster", "nobody.csv").stderr
    assert "Graded once, but not in class any more, so not in the results: ben, cy, zoe@a.edu" in said
    assert "[late] is not what it was" in said
    assert "has no times" not in said
    Path("c.toml").write_text("[tasks.softmax]\npoints = 20\n")
    assert "1 student would be graded anew into results" in bptt(*GRADE, "--config", "c.toml").stderr
