"""`bptt report`: the pages it writes from stored results."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder.cli import main
from tests.sample_verdicts import graded, missing
from tests.test_exports import keep


def bptt(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    keep([graded("quimby"), missing("zed")])
    return tmp_path


def test_a_report_has_both_pages(here):
    """The class page and every student's feedback are written, and the class page is named at the end."""
    done = bptt("report", "results")
    assert done.exit_code == 0
    assert "report:   results/report.html" in done.stdout
    assert (here / "results/report.html").read_text().count("quimby") >= 2
    assert sorted(path.suffix for path in (here / "results/feedback").glob("quimby.*")) == [".html", ".json", ".md"]


def test_a_roster_names_who_is_absent(here):
    """With a roster the page says who of it handed in nothing; one that can't be read is a usage error."""
    (here / "roster.csv").write_text("student_id\nquimby\nnovak\n")
    assert bptt("report", "results", "--roster", "roster.csv").exit_code == 0
    assert "novak" in (here / "results/report.html").read_text()
    assert bptt("report", "results", "--roster", "nowhere.csv").exit_code == 2


def test_an_anonymous_report_names_nobody(here):
    """With --anonymous neither the page nor the terminal has an id, and no feedback page is written."""
    (here / "roster.csv").write_text("student_id\nquimby\nnovak\n")
    done = bptt("report", "results", "--anonymous", "--roster", "roster.csv")
    assert done.exit_code == 0
    for text in (done.output, (here / "results/report.html").read_text()):
        assert "quimby" not in text
        assert "novak" not in text
    assert not (here / "results/feedback").exists()


def test_who_is_on_the_roster_stays_missing(tmp_path, monkeypatch):
    """With a roster whoever handed in nothing is missing, in later runs as well, until there is something of theirs."""
    monkeypatch.chdir(tmp_path)

    def graded_as(*options: str) -> dict[str, str]:
        done = bptt("grade", "class", "--out", "results", "--jobs", "1", *options)
        assert done.exit_code == 0, done.output
        with Path("results/grades.csv").open(encoding="utf-8", newline="") as file:
            return {row["student_id"]: row["status"] for row in csv.DictReader(file)}

    Path("class/Ann Lee").mkdir(parents=True)
    Path("class/Ann Lee/rnn.py").write_text("def softmax(o):\n    return o\n")
    Path("roster.csv").write_text("Vorname;Nachname;E-Mail\nAnn;Lee;al@x.edu\nNan;Eel;ne@x.edu\n")
    assert graded_as("--roster", "roster.csv") == {"Ann Lee": "graded", "ne@x.edu": "missing"}
    Path("roster.csv").unlink()
    assert graded_as() == {"Ann Lee": "graded", "ne@x.edu": "missing"}
    Path("class/Ann Lee").rename("class/ne")
    assert graded_as() == {"al@x.edu": "missing", "ne": "graded"}
    assert bptt("grade", "class", "--out", "results", "--roster", "nowhere.csv").exit_code == 2
