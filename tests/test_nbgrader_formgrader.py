"""nbgrader's formgrader on a course of this kit, in a browser. Skipped where there is no Chromium."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.error import URLError

import pytest

from autograder.config import Settings
from autograder.nbgrader.layout import Layout
from autograder.nbgrader.record import open_gradebook, record
from tests.nbgrader_course import Course
from tests.sample_verdicts import graded

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
EXTENSIONS = {"nbgrader.server_extensions.formgrader": True}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with two graded students, and the feedback page of one."""
    course = Course(tmp_path_factory.mktemp("formgrader"))
    course.nbgrader("generate_assignment rnn")
    for student in ("ana", "ben"):
        course.submit(student, course.released())
    layout = Layout(course.root)
    record(layout, open_gradebook(layout), [graded("ana"), graded("ben", 0.5, "partial")], Settings())
    course.nbgrader("generate_feedback rnn --student ben")
    return course


@pytest.fixture(scope="module")
def server(course: Course) -> Iterator[str]:
    """A Jupyter server in the course's folder, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = course.home / "server"
    config.mkdir()
    settings = {"ServerApp": {"jpserver_extensions": EXTENSIONS, "allow_root": True, "open_browser": False}}
    (config / "jupyter_server_config.json").write_text(json.dumps(settings), encoding="utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | {"HOME": str(course.home), "JUPYTER_CONFIG_DIR": str(config), "PATH": path}
    command = [sys.executable, "-m", "jupyter_server", f"--port={port}", "--IdentityProvider.token="]
    process = subprocess.Popen(command, cwd=course.root, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/formgrader"
    try:
        wait_for(f"{url}/api/assignments", process)
        yield url
    finally:
        process.terminate()
        process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            assert process.poll() is None
            time.sleep(0.2)
    pytest.fail(f"no answer from {url}")


def page(url: str, tmp_path: Path) -> str:
    """The text that a browser shows, once the page's scripts have run."""
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'browser'}"]
    command += ["--virtual-time-budget=10000", "--dump-dom", url]
    dom = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=120).stdout
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", dom, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_formgrader_lists_the_submissions(server: str, tmp_path: Path) -> None:
    """The list of submissions has every student as graded, with the score."""
    text = page(f"{server}/manage_submissions/rnn", tmp_path)
    assert re.search(r"ana \S.*?graded 100 / 100", text)
    assert re.search(r"ben \S.*?graded 50 / 100", text)


def test_a_browser_shows_a_feedback_page(course: Course, tmp_path: Path) -> None:
    """The feedback page of a student shows points, reasons and figures."""
    path = course.root / "feedback" / "ben" / "rnn" / "rnn.html"
    text = page(path.as_uri(), tmp_path)
    assert "rnn (Score: 50.0 / 100.0)" in text
    assert "Task 7: bptt_W: partial, 7.5 of 15 For the tanh network" in text
    assert "the slope of tanh is missing" in text
