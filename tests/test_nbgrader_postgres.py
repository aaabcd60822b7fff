"""The gradebook in Postgres, as nbgrader takes it by URL. Skipped where there is no Postgres server."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.config import Settings
from autograder.nbgrader.layout import Layout
from autograder.nbgrader.record import open_gradebook, record
from tests.nbgrader_course import Course
from tests.sample_verdicts import graded

pytest.importorskip("psycopg")
INITDB, PG_CTL = shutil.which("initdb"), shutil.which("pg_ctl")
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
    """The URL in the course's config is where the points go, and a person's marks stay there too."""
    course = Course(tmp_path)
    course.configure(f"c.CourseDirectory.db_url = {url!r}\n")
    course.nbgrader("generate_assignment rnn")
    for student in ("ana", "ben"):
        course.submit(student, course.released())
    layout = Layout(course.root)
    verdicts = [graded("ana"), graded("ben", 0.5, "partial")]
    record(layout, open_gradebook(layout), verdicts, Settings())
    with Gradebook(url) as gradebook:
        assert gradebook.find_submission("rnn", "ana").score == 100
        gradebook.find_grade("bptt_W", "rnn", "rnn", "ben").manual_score = 12.0
        gradebook.db.commit()
    record(layout, open_gradebook(layout), verdicts, Settings())
    with Gradebook(url) as gradebook:
        assert gradebook.find_submission("rnn", "ben").score == pytest.approx(50 - 7.5 + 12)
    assert not (course.root / "gradebook.db").exists()
