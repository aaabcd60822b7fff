"""The same verdicts: what the self-check says of a submission in the browser is what pytest says of it."""

import ast
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest

from autograder.handout.site import build_site
from autograder.model.settings import Limits, Settings
from autograder.submissions import Unreadable, read_source
from tests.browser import chromium
from tests.browser_site import MISSING, Notebook, open_notebook, served
from tests.conftest import SAMPLE_CLASS
from tests.desk import Student
from tests.pyodide import PYODIDE

pytestmark = [pytest.mark.thorough, pytest.mark.skipif(bool(MISSING), reason=MISSING or "it can be tried")]

# The self-check as the handout's test_rnn.py uses it, on a file that is written first.
SAY = """\
import json
from pathlib import Path
from selfcheck import CHECKS, CannotImport, explain, load, run

def say(name, text):
    file = Path("/home/pyodide", name, "rnn.py")
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    try:
        student = load(file)
    except CannotImport as problem:
        print(json.dumps("import"))
        return
    results = [run(student, check) for check in CHECKS]
    print("\\nSAID", json.dumps({r.check: [r.state, r.points, explain(r) if r.finding else ""] for r in results}))
"""


def source_of(student: str) -> str | None:
    """What a student handed in, as the text of rnn.py; None where nothing can be read."""
    for path in sorted((SAMPLE_CLASS / student).iterdir()):
        try:
            source = read_source(path, Limits().file_bytes)
        except Unreadable:
            continue
        return "\n\n".join(code for _, code in source.chunks)
    return None


SOURCES = {path.name: text for path in sorted(SAMPLE_CLASS.iterdir()) if (text := source_of(path.name)) is not None}

# Where a function ends its process there is no report of pytest's. The browser has no other process: it goes on.
ENDS_PYTEST = ("uma",)
# What is said of a table of 320 GB is the machine's own word.
OTHER_WORDS = ("viktor",)


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    """One kernel for the whole class."""
    folder = tmp_path_factory.mktemp("site") / "site"
    build_site(folder, Settings(), str(PYODIDE))
    with served(folder) as address, chromium() as browser:
        opened = open_notebook(browser.new_context(), address)
        opened.run("imports")
        opened.run("setup")
        assert opened.run("softmax-code", SAY) == ""
        yield opened


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Student:
    return Student(tmp_path_factory.mktemp("desk"))


def of_pytest(desk: Student, text: str) -> dict[str, list[object]] | None:
    """What pytest says of each check: state, points and the words of what is wrong."""
    report = desk.folder.parent / "report.xml"
    report.unlink(missing_ok=True)
    desk.hand(text).check("-q", f"--junitxml={report}")
    said = {}
    for case in ET.parse(report).iter("testcase") if report.exists() else ():
        (facts,) = (value.get("value") or "" for value in case.iter("property") if value.get("name") == "selfcheck")
        result = ast.literal_eval(facts)
        failure = case.find("failure")
        said[result["check"]] = [result["state"], result["points"], "" if failure is None else failure.text]
    return said or None


def of_browser(notebook: Notebook, student: str, text: str) -> dict[str, list[object]] | None:
    """What the self-check in the browser says."""
    said = notebook.run("softmax-check", f"say({student!r}, {text!r})")
    found = re.search(r"^SAID (.*)$", said, re.MULTILINE)
    return json.loads(found[1]) if found else None


def words(said: dict[str, list[object]]) -> dict[str, list[object]]:
    """The same without digits, whose last ones differ, and without the line at which the clock ended a loop."""
    return {
        check: [state, points, re.sub(r"[\d.e+-]+", "#", re.sub(r"(?s)(did not end within).*", r"\1", str(text)))]
        for check, (state, points, text) in said.items()
    }


@pytest.mark.parametrize("student", SOURCES)
def test_every_check_says_the_same(notebook: Notebook, desk: Student, student: str) -> None:
    """State, points and words of each check; what pytest can't import, the browser can't import either."""
    due, found = of_pytest(desk, SOURCES[student]), of_browser(notebook, student, SOURCES[student])
    assert (found is None) == (due is None and student not in ENDS_PYTEST)
    if due is not None and found is not None:
        assert len(due) > 40
        if student in OTHER_WORDS:
            due, found = ({check: facts[:2] for check, facts in said.items()} for said in (due, found))
            assert found == due
        else:
            assert words(found) == words(due)
