"""Finding submissions in every accepted layout."""

import os
import tempfile
from pathlib import Path

import pytest

from autograder.submissions import FileNote, NoSubmissions, Submission, survey
from tests.lms import packed
from tests.odd_submissions import unprivileged

CODE = "x = 1\n"


def put(root: Path, *names: str) -> None:
    """Make small files, with the folders they are in."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(CODE)


def only(root: Path) -> Submission:
    (submission,) = survey(root).submissions
    return submission


@pytest.mark.parametrize("name", ["anna/rnn.py", "anna/rnn.ipynb", "anna.py", "anna.ipynb"])
def test_each_plain_layout_is_found(tmp_path: Path, name: str) -> None:
    """Every layout of the SPEC gives the student's id, the file, and nothing to remark."""
    put(tmp_path, name)
    assert only(tmp_path) == Submission("anna", tmp_path / name)
    assert survey(tmp_path).remarks == ()


def test_layouts_may_be_mixed_and_come_sorted(tmp_path: Path) -> None:
    """Students come sorted by id whatever their layout, and other files are no students."""
    put(tmp_path, "carl.py", "anna/rnn.ipynb", "bo.ipynb", "roster.csv", "README.md")
    assert [s.student_id for s in survey(tmp_path).submissions] == ["anna", "bo", "carl"]


@pytest.mark.parametrize("given", [".", "submitted"])
def test_an_nbgrader_tree_is_found_from_the_course_or_from_submitted(tmp_path: Path, given: str) -> None:
    """submitted/student/assignment/notebook counts without a remark; the course's other folders don't."""
    put(tmp_path, "submitted/anna/ps1/rnn.ipynb", "source/ps1/rnn.ipynb")
    put(tmp_path, "submitted/bo/ps1/rnn.ipynb", "gradebook.db")
    found = survey(tmp_path / given).submissions
    assert [(s.student_id, s.path, s.notes) for s in found] == [
        (name, tmp_path / "submitted" / name / "ps1/rnn.ipynb", ()) for name in ("anna", "bo")
    ]


def test_the_assignment_with_our_notebook_is_chosen_in_an_nbgrader_tree(tmp_path: Path) -> None:
    """Of several assignments of a course, the one that holds rnn.ipynb is graded."""
    put(tmp_path, "submitted/anna/ps1/sorting.ipynb", "submitted/anna/ps2/rnn.ipynb")
    assert only(tmp_path).path == tmp_path / "submitted/anna/ps2/rnn.ipynb"


def test_several_assignments_that_could_be_meant_are_a_problem(tmp_path: Path) -> None:
    """Where two folders could be meant, neither is guessed."""
    put(tmp_path, "submitted/anna/ps1/rnn.py", "submitted/anna/ps2/rnn.py")
    assert "(ps1/rnn.py, ps2/rnn.py)" in only(tmp_path).problem


def test_a_student_called_submitted_is_a_student(tmp_path: Path) -> None:
    """A folder submitted/ with rnn.py itself is no nbgrader tree."""
    put(tmp_path, "submitted/rnn.py", "anna/rnn.py")
    assert [s.student_id for s in survey(tmp_path).submissions] == ["anna", "submitted"]


def test_a_folder_within_the_students_folder_is_found_with_a_note(tmp_path: Path) -> None:
    """A student who zipped a whole folder is graded, and told of it."""
    put(tmp_path, "anna/bptt-assignment/rnn.py")
    found = only(tmp_path)
    assert found.path == tmp_path / "anna/bptt-assignment/rnn.py"
    assert "bptt-assignment" in found.notes[0]


def test_another_name_counts_when_it_is_the_only_one(tmp_path: Path) -> None:
    """A browser's "rnn (1).py" is graded with a note; beside rnn.py it would not be."""
    put(tmp_path, "anna/rnn (1).py", "anna/report.pdf", "bo/rnn (1).py", "bo/rnn.py")
    anna, bo = survey(tmp_path).submissions
    assert anna.path == tmp_path / "anna/rnn (1).py"
    assert "rnn (1).py" in anna.notes[0]
    assert bo.path == tmp_path / "bo/rnn.py"
    assert "rnn (1).py" in bo.notes[0]


def test_of_py_and_ipynb_the_py_is_graded(tmp_path: Path) -> None:
    """rnn.py goes before rnn.ipynb, in a folder as beside each other, with a note that names the other."""
    put(tmp_path, "anna/rnn.py", "anna/rnn.ipynb", "bo.py", "bo.ipynb")
    anna, bo = survey(tmp_path).submissions
    assert (anna.path, bo.path) == (tmp_path / "anna/rnn.py", tmp_path / "bo.py")
    assert "rnn.ipynb" in anna.notes[0]
    assert "bo.ipynb" in bo.notes[0]


def test_a_student_twice_is_one_entry(tmp_path: Path) -> None:
    """Of anna/rnn.py and anna.py the folder's is graded, unless the folder holds nothing."""
    put(tmp_path, "anna/rnn.py", "anna.py", "bo/notes.txt", "bo.py")
    anna, bo = survey(tmp_path).submissions
    assert anna.path == tmp_path / "anna/rnn.py"
    assert "anna.py" in anna.notes[0]
    assert bo.path == tmp_path / "bo.py"


def test_a_folder_without_code_is_missing(tmp_path: Path) -> None:
    """Nothing handed in is no problem of reading: no path, and a note of what is there instead."""
    (tmp_path / "anna").mkdir()
    put(tmp_path, "bo/rnn.py.txt", "bo/.hidden.py")
    anna, bo = survey(tmp_path).submissions
    assert anna == Submission("anna", None)
    assert (bo.path, bo.problem) == (None, "")
    assert "rnn.py.txt" in bo.notes[0]
    assert ".hidden" not in bo.notes[0]


def test_what_tools_leave_behind_is_no_submission(tmp_path: Path) -> None:
    """Hidden files, caches, checkpoints and macOS's shadow folders are passed over at every level."""
    litter = (".git/rnn.py", "__pycache__/rnn.py", ".ipynb_checkpoints/rnn.ipynb", "__MACOSX/rnn.py", "._rnn.py")
    put(tmp_path, *litter, *(f"anna/{name}" for name in litter), "anna/rnn.py")
    assert only(tmp_path) == Submission("anna", tmp_path / "anna/rnn.py")


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A link to a file or to a folder, whole or broken, is a problem that says so."""
    put(tmp_path, "outside/rnn.py")
    root = tmp_path / "class"
    (root / "anna").mkdir(parents=True)
    (root / "anna/rnn.py").symlink_to(tmp_path / "outside/rnn.py")
    (root / "bo").symlink_to(tmp_path / "outside", target_is_directory=True)
    (root / "carl.py").symlink_to("nowhere")
    found = survey(root).submissions
    assert [s.student_id for s in found] == ["anna", "bo", "carl"]
    assert all("link" in s.problem and s.path is not None for s in found)
    put(root, "bo.py")
    assert survey(root).submissions[1] == Submission("bo", root / "bo.py")  # what else is there counts


@pytest.mark.parametrize(
    ("name", "text", "stands"),
    [
        ("rnn.py", "def softmax(logits): ...\n", True),
        ("rnn.py", CODE, True),
        ("rnn.py", "", False),
        ("other.py", "def softmax(logits): ...\n", True),
        ("other.py", CODE, False),
    ],
)
def test_a_file_that_cannot_be_read_is_told_where_it_may_be_the_work(
    tmp_path: Path, name: str, text: str, stands: bool
) -> None:
    """Work is graded beside a file that is too large, and so is any text that has the right name; nothing else is."""
    put(tmp_path, "anna/large.py")
    (tmp_path / "anna" / "large.py").write_text(CODE * 100)
    (tmp_path / "anna" / name).write_text(text)
    (anna,) = survey(tmp_path, 200).submissions
    assert (anna.path, "large.py" in anna.problem) == (tmp_path / "anna" / (name if stands else "large.py"), not stands)


def test_the_problem_is_told_of_the_file_that_was_asked_for(tmp_path: Path) -> None:
    """Where nothing is a plain file, the message is about rnn.py, whatever else lies there."""
    (tmp_path / "anna/a.py").mkdir(parents=True)
    (tmp_path / "anna/rnn.py").mkdir()
    (tmp_path / "anna/z.py").mkdir()
    assert only(tmp_path).problem.startswith("rnn.py ")
    assert only(tmp_path).path == tmp_path / "anna/rnn.py"


def test_an_archive_that_is_no_zip_asks_to_be_unpacked(tmp_path: Path) -> None:
    """A tar in place of a student's folder is named, and beside the unpacked folder it only earns a note."""
    put(tmp_path, "anna.tar.gz", "bo.tgz", "bo/rnn.py", "carl/work.rar")
    anna, bo, carl = survey(tmp_path).submissions
    assert "anna.tar.gz" in anna.problem
    assert "unpack" in anna.problem
    assert bo.path == tmp_path / "bo/rnn.py"
    assert "bo.tgz" in bo.notes[0]
    assert "work.rar" in carl.problem


def test_the_folder_of_one_student_is_noticed(tmp_path: Path) -> None:
    """rnn.py straight in the class folder gives a student "rnn", with a note that asks."""
    put(tmp_path, "rnn.py")
    assert "one student" in only(tmp_path).notes[0]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nowhere", ("nowhere", "does not exist", "<student>/rnn.py", "submitted/")),
        ("empty", ("no submissions", "<student>.ipynb")),
        ("only-text", ("no submissions",)),
        ("course", ("submitted", "no submissions")),
        ("class.zip", ("class.zip", "no zip file")),
        ("class.tar.gz", ("class.tar.gz", "archive", "unpack")),
        ("grades.csv", ("is a file", "folder")),
    ],
)
def test_nothing_to_grade_says_what_was_looked_for(tmp_path: Path, name: str, words: tuple[str, ...]) -> None:
    """A wrong folder gives one message: what it is, what was expected."""
    (tmp_path / "empty").mkdir()
    put(tmp_path, "only-text/README.md", "class.zip", "class.tar.gz", "grades.csv", "course/source/ps1/rnn.ipynb")
    (tmp_path / "course/submitted").mkdir()
    with pytest.raises(NoSubmissions) as caught:
        survey(tmp_path / name)
    assert all(word in str(caught.value) for word in words)


def test_a_class_folder_that_is_closed_to_us_says_so(tmp_path: Path) -> None:
    """Where listing is not permitted, the message has the system's reason."""
    (tmp_path / "class").mkdir(mode=0o000)
    with unprivileged(), pytest.raises(NoSubmissions, match="ermission"):
        survey(tmp_path / "class")


def test_one_folder_that_is_closed_to_us_does_not_stop_the_others() -> None:
    """A student's folder that may not be listed is that student's problem, with the system's reason."""
    with tempfile.TemporaryDirectory() as name:  # pytest's own are open to one user only
        root = Path(name)
        put(root, "anna/rnn.py", "bo/rnn.py")
        root.chmod(0o755)
        (root / "anna").chmod(0)
        with unprivileged():
            anna, bo = survey(root).submissions
        (root / "anna").chmod(0o755)
    assert "ermission" in anna.problem
    assert bo == Submission("bo", root / "bo/rnn.py")


@pytest.mark.parametrize("name", ["an\nna", "\x1b[2Janna", "anna\u202e", os.fsdecode(b"ann\xe9")])
@pytest.mark.parametrize(
    "files",
    [
        ("{}/{}.py",),
        ("{}/{}.py", "{}.zip"),
        ("{}/{}.py", "{}/x.py"),
        ("{}/{}/rnn.py",),
        ("{}/{}.txt",),
        ("{}/{}.zip",),
        ("{}.zip",),
        ("{}/{}.py/x.txt",),
    ],
)
def test_hostile_names_give_texts_that_can_be_printed_and_stored(
    tmp_path: Path, name: str, files: tuple[str, ...]
) -> None:
    """Line breaks, terminal escapes, bidi marks and undecodable bytes never reach an id, a note or a problem."""
    try:
        put(tmp_path, *(file.replace("{}", name) for file in files))
    except OSError:
        pytest.skip("this file system has no such names")
    found = only(tmp_path)
    for text in (found.student_id, *(found.notes or [found.problem])):
        assert text.isprintable()
        assert "\\" in text


def test_accents_have_one_spelling(tmp_path: Path) -> None:
    """A name as macOS decomposes it is the id that everybody else writes."""
    put(tmp_path, "Jose\u0301.py")
    assert only(tmp_path).student_id == "Jos\u00e9"


def test_every_file_of_a_tree_is_accounted_for(tmp_path: Path) -> None:
    """What was graded, rejected, opened or left is told of each file, and what belongs to nobody is named."""
    put(tmp_path, "anna/rnn.py", "anna/rnn.ipynb", "anna/data/x.csv", "anna/.hidden", "bo.py", "cast.csv", "cy/a.py")
    put(tmp_path, "cy/b.py", "dora/notes.txt", "eve/work/solution.py")
    (tmp_path / "fay.zip").write_bytes(packed({"rnn.py": CODE}))
    (tmp_path / "gus.7z").write_bytes(b"7z")
    (tmp_path / "hal").symlink_to(tmp_path / "anna")
    found = survey(tmp_path).files
    said = {note.file: (note.student_id, note.what.partition(":")[0]) for note in found}
    assert said == {
        "anna/rnn.py": ("anna", "graded"),
        "anna/rnn.ipynb": ("anna", "not looked at"),
        "anna/data/x.csv": ("anna", "not looked at"),
        "bo.py": ("bo", "graded"),
        "cy/a.py": ("cy", "rejected"),
        "cy/b.py": ("cy", "rejected"),
        "dora/notes.txt": ("dora", "not looked at"),
        "eve/work/solution.py": ("eve", "graded"),
        "fay.zip": ("fay", "opened"),
        "gus.7z": ("gus", "rejected"),
        "hal": ("hal", "rejected"),
        "cast.csv": ("", "belongs to nobody"),
    }
    assert [note.file for note in found] == sorted(said)


def test_the_time_of_handing_in_is_accounted_for(tmp_path: Path) -> None:
    """In an nbgrader tree the file with the time is told of as what it is."""
    put(tmp_path, "submitted/anna/rnn/rnn.ipynb")
    (tmp_path / "submitted/anna/rnn/timestamp.txt").write_text("2026-11-20 10:00:00 UTC")
    assert survey(tmp_path).files == (
        FileNote("anna/rnn/rnn.ipynb", "anna", "graded", is_work=True),
        FileNote("anna/rnn/timestamp.txt", "anna", "read: when it was handed in"),
    )
