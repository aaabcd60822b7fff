"""The gradebook in Postgres, as nbgrader takes it by URL. Skipped where there is no server: `make postgres`."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.cli import main
from autograder.nbgrader.layout import Layout
from autograder.nbgrader.record import open_gradebook, record
from tests.conftest import REFERENCE
from tests.nbgrader_course import Course, in_cells
from tests.sample_verdicts import graded, stored

pytest.importorskip("psycopg")
pytestmark = pytest.mark.thorough
# Debian keeps the programs of each version out of the way of all others.
PLACES = os.pathsep.join(
    [os.environ["PATH"], *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))]
)
INITDB, PG_CTL = shutil.which("initdb", path=PLACES), shutil.which("pg_ctl", path=PLACES)
# The server refuses to run as root.
SERVER_USER = "nobody" if os.geteuid() == 0 else None


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server of its own, which listens on a socket in a folder of its own."""
    if INITDB is None or PG_CTL is None:
        pytest.skip("no Postgres server on this machine")
    # A socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as name:
        folder = Path(name)
        if SERVER_USER:
            shutil.chown(folder, SERVER_USER)

        def run(*command: str) -> None:
            subprocess.run(command, check=True, user=SERVER_USER, cwd=folder, stdout=subprocess.DEVNULL)

        run(INITDB, "-D", str(folder / "data"), "-U", "teacher", "-A", "trust", "-N")
        options = f"-k {folder} -c listen_addresses='' -F"
        run(PG_CTL, "-D", str(folder / "data"), "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgresql+psycopg://teacher@/postgres?host={folder}"
        finally:
            run(PG_CTL, "-D", str(folder / "data"), "-m", "immediate", "stop")


def test_points_in_postgres(url: str, tmp_path: Path) -> None:
    """The URL in the course's config is where both commands put the points, and a person's marks stay there too."""
    course = Course(tmp_path)
    course.configure(f"c.CourseDirectory.db_url = {url!r}\n")
    course.nbgrader("generate_assignment rnn")
    for student in ("ana", "ben"):
        course.submit(student, course.released())
    layout = Layout(course.root)
    verdicts = [graded("ana"), graded("ben", 0.5, "partial")]
    with stored(tmp_path / "first", *verdicts) as store:
        record(layout, open_gradebook(layout), store)
    with Gradebook(url) as gradebook:
        assert gradebook.find_submission("rnn", "ana").score == 100
        gradebook.find_grade("bptt_W", "rnn", "rnn", "ben").manual_score = 12.0
        gradebook.db.commit()
    with stored(tmp_path / "first", *verdicts) as store:
        record(layout, open_gradebook(layout), store)
    with Gradebook(url) as gradebook:
        assert gradebook.find_submission("rnn", "ben").score == pytest.approx(50 - 7.5 + 12)
    course.submit("cy", in_cells(course.released(), REFERENCE))
    done = CliRunner().invoke(main, ["grade", str(course.root), "--out", str(tmp_path / "results"), "--jobs", "1"])
    assert done.exit_code == 0, done.output
    with Gradebook(url) as gradebook:
        scores = {student: gradebook.find_submission("rnn", student).score for student in ("ana", "ben", "cy")}
    assert scores == {"ana": 0, "ben": 12, "cy": 100}  # stubs, a person's mark beside them, and the reference
    course.nbgrader("autograde rnn --force")
    with Gradebook(url) as gradebook:
        assert {s: gradebook.find_submission("rnn", s).score for s in scores} == scores
    assert not (course.root / "gradebook.db").exists()
