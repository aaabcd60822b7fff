"""Zips that nobody vouches for: what is refused, in which words, and that nothing leaves its place."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from autograder.submissions import NoSubmissions, Submission, survey
from tests.lms import CODE, packed

LIMIT = 100_000


def handed_in(root: Path, raw: bytes, limit: int = LIMIT) -> Submission:
    """What is made of a zip that a student handed in."""
    (root / "class" / "anna").mkdir(parents=True)
    (root / "class" / "anna" / "work.zip").write_bytes(raw)
    (submission,) = survey(root / "class", limit).submissions
    return submission


def with_info(name: str, content: bytes = CODE.encode(), **changes) -> bytes:
    """A zip of one member with fields of its entry changed."""
    buffer = io.BytesIO()
    info = zipfile.ZipInfo(name)
    for field, value in changes.items():
        setattr(info, field, value)
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, content)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["../rnn.py", "a/../../rnn.py", "/rnn.py", "C:/rnn.py", "..\\..\\rnn.py"])
def test_no_path_leads_out(tmp_path: Path, name: str):
    """A member whose path leads out of the archive is refused, and nothing is written anywhere."""
    before = sorted(tmp_path.parent.rglob("*"))
    submission = handed_in(tmp_path, with_info(name))
    assert "leads out of the archive" in submission.problem
    assert [path for path in sorted(tmp_path.parent.rglob("*")) if path.name == "rnn.py" and path not in before] == []


def test_a_bomb_stays_packed(tmp_path: Path):
    """A member that would unpack to far more than the limit is refused by its size, without unpacking it."""
    submission = handed_in(tmp_path, packed({"rnn.py": b"\0" * 50_000_000}))
    assert submission.problem == "in work.zip: rnn.py has 50,000,000 bytes, and at most 100,000 are read"


def test_a_bomb_that_lies_about_its_size_is_damaged(tmp_path: Path):
    """A member that claims to be small and is not is no more than damaged."""
    raw = packed({"rnn.py": b"\0" * 50_000_000})
    (size,) = [at for at in range(len(raw) - 4) if raw.startswith(b"PK\x01\x02", at)]
    lying = raw[: size + 24] + struct.pack("<I", 50) + raw[size + 28 :]
    assert "rnn.py is damaged" in handed_in(tmp_path, lying).problem


def test_thousands_of_members_are_refused(tmp_path: Path):
    """A zip of too many files is refused with their number and with what to do, before each is looked at."""
    submission = handed_in(tmp_path, packed({f"{i}.txt": "" for i in range(20_001)}), 5_000_000)
    words = "holds about 20,001 files, and at most 20,000 are looked at: hand in the one file, rnn.py or rnn.ipynb"
    assert words in submission.problem


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"external_attr": (stat.S_IFLNK | 0o777) << 16}, "symbolic link"),
        ({"external_attr": (stat.S_IFIFO | 0o644) << 16}, "pipe or a device"),
        ({"compress_type": zipfile.ZIP_BZIP2}, "ordinary zip"),
    ],
)
def test_what_is_no_plain_file_is_refused(tmp_path: Path, changes, words):
    """Links, pipes and unusual compression are named."""
    submission = handed_in(tmp_path, with_info("rnn.py", **changes))
    assert submission.problem.startswith("in work.zip: rnn.py is ")
    assert words in submission.problem


def test_an_encrypted_zip_is_refused(tmp_path: Path):
    """A password is asked for from nobody."""
    raw = bytearray(packed({"rnn.py": CODE}))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + flags] |= 1
    assert "is encrypted: hand it in without a password" in handed_in(tmp_path, bytes(raw)).problem


@pytest.mark.parametrize("cut", [10, 40, -30, -5])
def test_a_damaged_zip_is_refused(tmp_path: Path, cut: int):
    """A zip that was cut short says so."""
    assert "work.zip is no zip file, or a damaged one" in handed_in(tmp_path, packed({"rnn.py": CODE})[:cut]).problem


def test_flipped_bytes_are_refused(tmp_path: Path):
    """Data that does not fit its checksum is damaged, and not graded."""
    raw = bytearray(packed({"rnn.py": CODE * 50}))
    raw[45] ^= 0xFF
    assert "rnn.py is damaged" in handed_in(tmp_path, bytes(raw)).problem


def test_every_byte_can_be_wrong(tmp_path: Path):
    """Whichever byte of a zip is changed, the student has a submission, a reason, or nothing; never an exception."""
    good = packed({"work/rnn.py": CODE, "notes.txt": "x"})
    folder = tmp_path / "class"
    for place in range(len(good)):
        raw = bytearray(good)
        raw[place] ^= 0x55
        (folder / f"s{place:04}").mkdir(parents=True)
        (folder / f"s{place:04}" / "a.zip").write_bytes(bytes(raw))
    found = survey(folder).submissions
    assert len(found) == len(good)
    assert {"graded" if s.path and not s.problem else "not" for s in found} == {"graded", "not"}
    assert all(s.problem.isprintable() and all(note.isprintable() for note in s.notes) for s in found)


@pytest.mark.parametrize(("deep", "graded"), [(1, True), (2, True), (3, False)])
def test_zips_in_zips_are_opened_to_a_depth(tmp_path: Path, deep: int, graded: bool):
    """A zip in a zip in a zip is looked into, and one more is refused with what to do."""
    raw = packed({"rnn.py": CODE})
    for number in range(deep):
        raw = packed({f"inner{number}.zip": raw})
    submission = handed_in(tmp_path, raw)
    if graded:
        assert submission.path is not None
        assert submission.path.read_text() == CODE
        assert submission.notes[:2] == ("opened work.zip", f"opened inner{deep - 1}.zip")
    else:
        assert "inner0.zip is one zip too many" in submission.problem
        assert "hand in rnn.py or rnn.ipynb itself" in submission.problem


def test_a_bomb_of_zips_is_not_unpacked(tmp_path: Path):
    """A zip of a thousand zips costs the opening of a few."""
    bomb = packed({f"{i}.zip": packed({"x.txt": "x"}) for i in range(1000)})
    submission = handed_in(tmp_path, bomb, 1_000_000)
    assert "is one zip too many (20 are opened" in submission.problem


def test_much_code_in_a_zip_is_not_all_unpacked(tmp_path: Path):
    """Of thousands of large files with code, only so much is read as one hand-in may have; work among it counts."""
    large = {f"x/{i}.py": "#" * 90_000 for i in range(50)}
    submission = handed_in(tmp_path, packed({"a/rnn.py": CODE} | large))
    assert submission.path is not None
    assert submission.path.read_text() == CODE
    other = handed_in(tmp_path / "other", packed(large))
    assert "bytes, and at most" in other.problem


def test_an_empty_zip_is_nothing(tmp_path: Path):
    """A zip of no files is nothing handed in, with a note."""
    submission = handed_in(tmp_path, packed({}))
    assert (submission.path, submission.notes) == (None, ("opened work.zip, which is empty",))


@pytest.mark.parametrize("name", ["rn\nn.py", "\x1b[2Jrnn.py", "rnn\u202eyp.py", "a" * 300 + ".py"])
def test_odd_names_are_harmless(tmp_path: Path, name: str):
    """A name with line breaks, escapes or no end is graded as the only code, under a harmless name."""
    submission = handed_in(tmp_path, packed({name: CODE}))
    assert submission.path is not None
    assert submission.path.read_text() == CODE
    assert submission.path.name.isprintable()
    assert all(note.isprintable() for note in submission.notes)


def test_a_download_with_odd_names_is_read(tmp_path: Path):
    """Line breaks in a student's name are shown as escapes, in ids as in the list of files."""
    path = tmp_path / "moodle.zip"
    path.write_bytes(packed({"Jane\nDoe_1_assignsubmission_file/rnn.py": CODE}))
    result = survey(path)
    assert [s.student_id for s in result.submissions] == [r"Jane\nDoe_1"]
    assert all(note.file.isprintable() for note in result.files)


def test_one_refused_student_does_not_stop_the_others(tmp_path: Path):
    """In a download, a link is its student's problem, and the rest of the class is found."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("bad_1_2_rnn.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("good_2_3_rnn.py", CODE)
    path = tmp_path / "canvas.zip"
    path.write_bytes(buffer.getvalue())
    bad, good = survey(path).submissions
    assert "symbolic link" in bad.problem
    assert good.problem == ""


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "no zip file"),
        (b"Rar!\x1a\x07", "no zip file"),
        (packed({"anna/rnn.py": CODE}), "no download of Canvas, Moodle or Gradescope"),
        (packed({}), "no download"),
        (packed({"submission_metadata.yml": "[1, 2"}), "can't be read"),
        (packed({"submission_metadata.yml": "- 1"}), "of another form"),
        (packed({"submission_metadata.yml": "{}"}), "no submissions in it"),
    ],
)
def test_a_download_that_is_none_says_so(tmp_path: Path, raw: bytes, words: str):
    """What can't be taken for a download is refused in one message that names it."""
    path = tmp_path / "class.zip"
    path.write_bytes(raw)
    with pytest.raises(NoSubmissions, match=words) as caught:
        survey(path)
    assert "class.zip" in str(caught.value)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_download_of_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zipped: bool):
    """As many as are looked at are read, and one more is refused, with the number."""
    monkeypatch.setattr("autograder.submissions.contents.MOST_FILES", 3)
    for count in (3, 4):
        files = {f"doe_{n}_{n}_rnn.py": CODE for n in range(count)}
        path = tmp_path / f"{count}.zip" if zipped else tmp_path / f"{count}"
        if zipped:
            path.write_bytes(packed(files))
        else:
            path.mkdir()
            for name in files:
                (path / name).write_text(CODE)
        if count == 3:
            assert len(survey(path).submissions) == 3
        else:
            with pytest.raises(NoSubmissions, match=r"holds (4 files, and at most 3|more than the 3 files)"):
                survey(path)


def test_hundreds_of_strays_are_one_row(tmp_path: Path):
    """Two hundred are listed, and of the others the number is told, in the file and on the screen."""
    path = tmp_path / "moodle.zip"
    theirs = {f"J_{n}_assignsubmission_file/rnn.py": CODE for n in range(210)}
    for strays in (200, 203):
        path.write_bytes(packed(theirs | {f"{n:03}.csv": "" for n in range(strays)}))
        found = survey(path)
        notes = [note for note in found.files if not note.student_id]
        assert len(notes) == 200 + (strays > 200)
        assert [note.what for note in notes if note.file == "…"] == ["belongs to nobody: 3 more files"] * (strays > 200)
        assert "000.csv" in {note.file for note in notes}
        assert found.remarks[0].startswith(f"{strays} files belong to nobody, and are not graded: 000.csv, ")
