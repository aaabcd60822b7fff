"""`bptt export feedback`: one zip of everybody's page, under the names that Canvas or Moodle knows."""

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder.cli import main
from autograder.exports.csv import write_files
from autograder.submissions import FileNote
from tests.sample_verdicts import graded, missing, not_graded
from tests.test_exports import keep


def export(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["export", "feedback", "results", "--out", "f.zip", *arguments])


def names() -> list[str]:
    with zipfile.ZipFile("f.zip") as archive:
        assert archive.testzip() is None
        return archive.namelist()


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def came(*files: tuple[str, str, str], others=()) -> None:
    """Keep results of a download in which these files were found: (file, student, what became of it)."""
    keep([graded(student) for student in dict.fromkeys(student for _, student, _ in files)] + list(others))
    write_files(Path("results/files.csv"), [FileNote(*file) for file in files])


def test_canvas_gets_pages_under_the_names_of_the_graded_files(here):
    """Of several files of a student the graded one names the page; late ones and zips are no exception."""
    came(
        ("doejane_4711_90210_notes.txt", "doejane_4711", "not looked at"),
        ("doejane_4711_90211_rnn.py", "doejane_4711", "graded"),
        ("roelee_LATE_4712_90212_work.zip/rnn.ipynb", "roelee_4712", "graded"),
    )
    assert export("--for", "canvas").exit_code == 0
    assert names() == ["doejane_4711_90211_rnn.html", "roelee_LATE_4712_90212_work.html"]
    with zipfile.ZipFile("f.zip") as archive:
        assert b"Feedback for roelee_4712" in archive.read(names()[1])


def test_an_anonymous_download_goes_back_without_names(here):
    """Nothing but Canvas's own token is in the names and on the page."""
    came(("anon_x7Kq2_90210_rnn.py", "anon_x7Kq2", "graded"))
    assert export("--for", "canvas").exit_code == 0
    assert names() == ["anon_x7Kq2_90210_rnn.html"]


def test_moodle_gets_pages_by_folder_and_flat_ones_by_name(here):
    """Whichever of its two downloads was graded; letters stay as they are."""
    came(
        ("Jane Doe_4711_assignsubmission_file/rnn.py", "Jane Doe_4711", "graded"),
        ("Łu_Roe_4712_assignsubmission_file_my_rnn.py", "Łu_Roe_4712", "graded"),
        ("Participant_4713_assignsubmission_file_/rnn.py", "Participant_4713", "graded"),
    )
    assert export("--for", "moodle").exit_code == 0
    assert set(names()) == {
        "Jane Doe_4711_assignsubmission_file/feedback.html",
        "Łu_Roe_4712_assignsubmission_file_feedback.html",
        "Participant_4713_assignsubmission_file_/feedback.html",
    }


def test_folders_need_no_download(here):
    """A folder for each student who has a mark, and numbers in place of names where that is asked for."""
    keep([graded("ana"), missing("zed"), not_graded("bo")])
    done = export("--for", "folders")
    assert done.exit_code == 0
    assert sorted(names()) == ["ana/feedback.html", "zed/feedback.html"]
    assert "No mark, and no page (1):\n  bo" in done.stderr
    assert export("--for", "folders", "--anonymous", "--force").exit_code == 0
    assert "ana/feedback.html" not in names()


def test_a_student_whose_name_there_is_unknown_is_told(here):
    """The file is written, and the status says that somebody is not in it; who handed in nothing has no page."""
    came(("doejane_4711_90211_rnn.py", "doejane_4711", "graded"), others=[graded("wanda"), missing("zed")])
    done = export("--for", "canvas")
    assert done.exit_code == 1
    assert "No page, for no file has such a name (1):\n  wanda" in done.stderr
    assert names() == ["doejane_4711_90211_rnn.html"]


@pytest.mark.parametrize("system", ["canvas", "moodle"])
def test_results_of_another_kind_are_refused(here, system):
    """A class that was no download has no names there; nothing is written."""
    keep([graded("ana")])
    done = export("--for", system)
    assert done.exit_code == 2
    assert "--for folders works for all" in done.stderr
    assert not Path("f.zip").exists()


def test_a_system_belongs_to_feedback_and_feedback_to_a_system(here):
    """Each without the other is a usage error that says what is missing."""
    keep([graded("ana")])
    assert "feedback: add --for canvas or --for moodle or --for folders" in export().stderr
    assert "feedback: add --for canvas" in export("--for", "blackboard").stderr
    done = CliRunner().invoke(main, ["export", "csv", "results", "--out", "x.csv", "--for", "canvas"])
    assert done.exit_code == 2
    assert "csv: leave out --for" in done.stderr
