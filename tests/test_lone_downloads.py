"""A folder in which a download lies as it was downloaded, alone or beside something else."""

from pathlib import Path

import pytest

from autograder.submissions import survey
from tests.lms import packed
from tests.test_hand_ins import OTHER, WORK, put

MOODLE = packed({f"{who}_assignsubmission_file/rnn.py": WORK for who in ("A B_1", "C_2")})
CANVAS = {f"{who}_9_rnn.py": WORK for who in ("ab_1", "c_2")}
DOWNLOADS = [
    ("Moodle download", MOODLE),
    ("Moodle download", packed({f"all/{who}_assignsubmission_file/rnn.py": WORK for who in ("A B_1", "C_2")})),
    ("Canvas download", packed(CANVAS)),
    ("Canvas download", packed({f"submissions/{name}": text for name, text in CANVAS.items()})),
]


@pytest.mark.parametrize(("kind", "download"), DOWNLOADS)
@pytest.mark.parametrize("litter", [{}, {".DS_Store": "", "Thumbs.db": "", "desktop.ini": ""}])
def test_a_download_that_lies_alone_in_a_folder_is_read(
    tmp_path: Path, kind: str, download: bytes, litter: dict[str, str]
) -> None:
    """Its people are found, also where it was packed once more, whatever a system has left beside it."""
    put(tmp_path, {"work.zip": download, **litter})
    found = survey(tmp_path)
    assert (found.kind, len(found.submissions)) == (kind, 2)


def test_a_lone_zip_of_no_known_form_is_one_students(tmp_path: Path) -> None:
    """A line asks whether it holds a class; of one that is damaged, its owner is told."""
    put(tmp_path / "b", {"all.zip": packed({"ana/rnn.py": WORK, "ben/rnn.py": OTHER})})
    found = survey(tmp_path / "b")
    assert [one.student_id for one in found.submissions] == ["all"]
    assert "all.zip is taken for the work of one student, all: where it holds a class, unpack it" in found.remarks
    put(tmp_path / "c", {"ana.zip": MOODLE[:40]})
    (ana,) = survey(tmp_path / "c").submissions
    assert "ana.zip is no zip file, or a damaged one" in ana.problem
    put(tmp_path / "d", {"ana.zip": packed({"notes.txt": "x", "rnn.py": WORK})})
    (ana,) = survey(tmp_path / "d").submissions
    assert (ana.student_id, ana.problem) == ("ana", "")


def test_a_download_beside_somebodys_work_hides_nobody(tmp_path: Path) -> None:
    """A zip that is not alone is the work of whom it is named after, also where it has a form that is known."""
    put(tmp_path, {"a.zip": MOODLE, "ben/rnn.py": WORK})
    assert [one.student_id for one in survey(tmp_path).submissions] == ["a", "ben"]


def test_a_link_to_a_download_is_not_followed(tmp_path: Path) -> None:
    """It is what a student could hand in."""
    put(tmp_path, {"elsewhere.zip": MOODLE})
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "moodle.zip").symlink_to(tmp_path / "elsewhere.zip")
    (found,) = survey(tmp_path / "class").submissions
    assert (found.student_id, "link" in found.problem) == ("moodle", True)


def test_half_a_class_of_strays_is_no_download(tmp_path: Path) -> None:
    """A form is known where more than half of the entries follow its rule; else each folder is a person."""
    put(tmp_path / "c", {"doe_1_2_rnn.py": WORK, "ana/rnn.py": WORK, "ben/rnn.py": WORK})
    found = survey(tmp_path / "c")
    assert (found.kind, len(found.submissions)) == ("folder", 3)
