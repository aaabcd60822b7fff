"""Downloads of Canvas, Moodle and Gradescope: whose each file is, which attempt counts, and what is said of it."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.submissions import FileNote, Submission, Survey, survey
from tests.lms import CODE, DATA, DOWNLOADS, files, packed


@pytest.fixture(params=["zip", "unpacked"])
def found(request, tmp_path: Path):
    """Survey a sample download, as it was downloaded and as somebody unpacked it."""

    def found(name: str) -> Survey:
        if request.param == "zip":
            return survey(DATA / name)
        with zipfile.ZipFile(DATA / name) as archive:
            archive.extractall(tmp_path / "unpacked")
        return survey(tmp_path / "unpacked")

    return found


def by_id(result: Survey) -> dict[str, Submission]:
    return {submission.student_id: submission for submission in result.submissions}


def said(result: Survey) -> dict[str, tuple[str, str]]:
    return {note.file: (note.student_id, note.what) for note in result.files}


def text(submission: Submission) -> str:
    assert submission.path is not None
    return submission.path.read_text(encoding="utf-8")


def test_the_samples_are_what_the_script_makes():
    """The checked-in samples are those of tests/lms.py."""
    for name, content in files().items():
        assert (DATA / name).read_bytes() == content, f"{name}: run python -m tests.lms"


def test_canvas(found):
    """Names say who; the newest upload counts, a zip is opened once, and entries without code are missing."""
    result = found("canvas.zip")
    assert result.kind == "Canvas download"
    who = by_id(result)
    assert list(who) == sorted(who)
    doe, late, zipped = who["doejane_4711"], who["müllerjörg_4712"], who["nguyenan_4713"]
    assert text(doe) == CODE
    assert late.path is not None
    assert late.path.suffix == ".ipynb"
    assert late.notes == ("Canvas marks this as late",)
    assert text(zipped) == CODE
    assert zipped.notes[0] == "opened homework.zip"
    assert who["okaforada_4714"].path is None
    assert who["smithsam_4715"].path is None
    assert "can't tell which file to grade (first.py, second.py)" in who["rossimaria_4716"].problem


def test_every_file_of_a_download_is_accounted_for(found):
    """Each file has a line that says whose it is and what was done with it."""
    notes = said(found("canvas.zip"))
    assert notes.keys() == DOWNLOADS["canvas.zip"].keys()
    assert notes["doejane_4711_90317_rnn-1.py"] == ("doejane_4711", "graded")
    assert notes["doejane_4711_90210_rnn.py"] == ("doejane_4711", "an earlier upload of the same name: not graded")
    assert notes["doejane_4711_90318_report.pdf"] == ("doejane_4711", "not looked at")
    assert notes["nguyenan_4713_90212_homework.zip"] == ("nguyenan_4713", "opened: graded")
    assert notes["rossimaria_4716_90213_first.py"][1].startswith("rejected: can't tell")


def test_anonymous_canvas(found):
    """Anonymous names go by their code, and a browser's name counts where it is the only one."""
    who = by_id(found("canvas-anonymous.zip"))
    assert list(who) == ["anon_b0Zz9", "anon_x7Kq2"]
    assert text(who["anon_b0Zz9"]) == CODE
    assert "Canvas marks this as late" in who["anon_b0Zz9"].notes


def test_moodle_folders(found):
    """Folders of both spellings are found, work one folder further in too, and online text is not code."""
    result = found("moodle.zip")
    assert result.kind == "Moodle download"
    who = by_id(result)
    assert list(who) == ["Ada Okafor_1003", "Jane Doe_1001", "Jörg Müller_1002"]
    assert all(submission.path is not None for submission in who.values())
    assert who["Jörg Müller_1002"].notes == ("found in the folder work",)
    assert said(result)["Jane Doe_1001_assignsubmission_file/data/notes.txt"][1] == "not looked at"


def test_moodle_flat_and_blind(found):
    """Flat names are taken apart, and participants go by their number."""
    who = by_id(found("moodle-flat.zip"))
    assert list(who) == ["Participant_1001", "Participant_1002"]
    assert text(who["Participant_1002"]) == CODE


def test_gradescope(found):
    """A group's work counts for each member, the newest of a student's attempts is graded, and times are kept."""
    result = found("gradescope.zip")
    assert result.kind == "Gradescope export"
    who = by_id(result)
    assert list(who) == ["joerg@example.org", "s1001", "s1003"]
    assert text(who["s1001"]) == text(who["joerg@example.org"]) == CODE
    assert who["s1001"].notes[0] == "handed in 2 times: the newest is graded"
    assert who["s1001"].handed_in == datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
    assert who["s1003"].path is None
    earlier = FileNote("submission_501/rnn.py", "s1001", "an earlier attempt: not graded")
    assert earlier in result.files


def test_strangers_are_reported(tmp_path: Path):
    """A file of a download that belongs to nobody is named with the reason, and hurts nobody."""
    path, people = tmp_path / "moodle.zip", ["Jane Doe_1", "Jo_2", "Kim_3"]
    theirs = {f"{who}_assignsubmission_file/{name}": CODE for who in people for name in ("", "rnn.py")}
    strays = ("grades.csv", "more/rnn.py", "Lu_4_assignsubmission_file")
    path.write_bytes(packed(theirs | dict.fromkeys(strays, "")))  # folders have entries of their own
    result = survey(path)
    assert list(by_id(result)) == people
    assert result.remarks == (f"3 files belong to nobody, and are not graded: grades.csv, more, {strays[2]}",)
    for name in strays:
        assert said(result)[name][0] == ""
        assert "belongs to nobody" in said(result)[name][1]


def test_a_folder_around_everything_is_no_hindrance(tmp_path: Path):
    """A download that somebody packed again, with its folder, is read all the same."""
    path = tmp_path / "again.zip"
    path.write_bytes(packed({"submissions/doejane_1_2_rnn.py": CODE, "__MACOSX/submissions/._x": "x"}))
    assert list(by_id(survey(path))) == ["doejane_1"]


def test_code_goes_before_archives_and_py_before_ipynb(tmp_path: Path):
    """Beside code a zip stays closed, and of rnn.py and rnn.ipynb the first is graded with a note of the other."""
    folder = "Jane Doe_1_assignsubmission_file"
    path = tmp_path / "moodle.zip"
    path.write_bytes(
        packed({f"{folder}/rnn.ipynb": "{}", f"{folder}/rnn.py": CODE, f"{folder}/a.zip": packed({"rnn.py": "1"})})
    )
    (submission,) = survey(path).submissions
    assert text(submission) == CODE
    assert "rnn.ipynb" in submission.notes[0]


def test_ordinary_folders_are_no_downloads(tmp_path: Path):
    """Students whose names have underscores and numbers are a folder tree."""
    for name in ("anna_1/rnn.py", "bo_2_3.py", "carl_4711_x.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(CODE)
    result = survey(tmp_path)
    assert (result.kind, [s.student_id for s in result.submissions]) == ("folder", ["anna_1", "bo_2_3", "carl_4711_x"])


def test_what_was_taken_out_goes_with_the_submissions():
    """Files taken out of a zip lie in a folder that others can't read, and that goes when nobody needs it."""
    result = survey(DATA / "canvas.zip")
    path = by_id(result)["doejane_4711"].path
    assert path is not None
    private = path.parent.parent
    assert private.stat().st_mode & 0o077 == 0
    del result
    assert not private.exists()
