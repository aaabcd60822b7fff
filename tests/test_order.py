"""In whichever order files come, and wherever a class is graded, the same work is graded, at the same times."""

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.submissions import Survey, survey
from tests.lms import CODE, DOWNLOADS, OLD, packed

few = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture(params=["UTC0", "EAST-13", "WEST+11"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another time zone of the machine."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def surveyed(tmp_path: Path) -> Callable[[dict[str, str | bytes]], Survey]:
    """Survey a download that holds these files in this order."""

    def surveyed(files: dict[str, str | bytes]) -> Survey:
        path = tmp_path / "download.zip"
        path.write_bytes(packed(files))
        return survey(path)

    return surveyed


def told(found: Survey) -> list[tuple]:
    """Return all that is said of a class, with the text that is graded in place of where it lies."""
    people = [
        (one.student_id, one.path and not one.problem and one.path.read_bytes(), one.notes, one.problem, one.handed_in)
        for one in found.submissions
    ]
    return [*people, *sorted((note.file, note.student_id, note.what) for note in found.files)]


@pytest.mark.parametrize("name", DOWNLOADS)
@few
@given(data=st.data())
def test_the_order_of_a_download_does_not_matter(name: str, surveyed, data) -> None:
    """An archive that was packed in another order is the same class."""
    files = DOWNLOADS[name]
    shuffled = dict(data.draw(st.permutations(list(files.items()))))
    assert told(surveyed(shuffled)) == told(surveyed(files))


@few
@given(st.permutations([("rnn.py", 7), ("rnn.py", 999), ("rnn-1.py", 1000), ("rnn-2.py", 1001), ("rnn.py", 98)]))
def test_of_uploads_the_largest_number_is_the_newest(surveyed, uploads) -> None:
    """Canvas numbers uploads: 1001 comes after 999, in whatever order they lie in the archive."""
    files = {f"doejane_4711_{n}_{name}": CODE if n == 1001 else OLD for name, n in uploads}
    found = surveyed(files)
    (submission,) = found.submissions
    assert submission.path.read_text() == CODE
    assert {note.file: note.what for note in found.files} == {
        name: "graded" if "_1001_" in name else "an earlier upload of the same name: not graded" for name in files
    }


@few
@given(st.permutations([".DS_Store", "__MACOSX/x", "doejane_4711_1_rnn.py", "._doejane_4711_1_rnn.py"]))
def test_what_systems_leave_behind_does_not_hide_a_download(surveyed, names) -> None:
    """Litter beside Canvas's files, in any order, is nobody's, and the download is Canvas's all the same."""
    found = surveyed(dict.fromkeys(names, CODE))
    assert (found.kind, [one.student_id for one in found.submissions]) == ("Canvas download", ["doejane_4711"])


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_of_two_folders_at_one_depth_none_is_guessed(surveyed, order) -> None:
    """In a download, too, work in two folders is a problem that names both, in one order."""
    folder = "Jane Doe_1_assignsubmission_file"
    (found,) = surveyed({f"{folder}/{name}/rnn.py": CODE for name in order}).submissions
    assert found.problem == (
        "can't tell which file to grade (a/rnn.py, b/rnn.py): hand in one of them, as rnn.py or rnn.ipynb"
    )


# In the order of time. As texts, and as hours of the day without their zones, they come in other orders.
TIMES = {
    1: "2026-11-20 23:10:00 +05:00",
    2: "2026-11-20 19:00:00",
    3: "2026-11-20 20:30:00 +01:00",
    4: "'2026-11-20T14:45:00-05:00'",
    5: "2026-11-20 20:00:00 Z",
}


@few
@given(st.permutations(sorted(TIMES)))
def test_of_attempts_the_latest_is_graded(zone, surveyed, attempts) -> None:
    """Gradescope's times are compared as moments, whatever zone they are written in or the machine is in."""
    entry = "submission_{0}:\n  :submitters:\n  - :sid: s1\n  :created_at: {1}\n"
    metadata = "submission_9:\n  :submitters:\n  - :sid: s1\n" + "".join(entry.format(n, TIMES[n]) for n in attempts)
    files: dict = {f"submission_{n}/rnn.py": CODE if n == 5 else OLD for n in (9, *attempts)}
    found = surveyed({"submission_metadata.yml": metadata} | files)
    (submission,) = found.submissions
    assert submission.path.read_text() == CODE
    assert submission.handed_in == datetime(2026, 11, 20, 20, tzinfo=UTC)
    assert submission.notes == ("handed in 6 times: the newest is graded",)
    assert {note.what for note in found.files if "_5/" not in note.file} == {"an earlier attempt: not graded"}


def test_what_the_metadata_does_not_name_belongs_to_nobody(surveyed) -> None:
    """A folder and a file that Gradescope's metadata says nothing of are told; who has no folder handed in nothing."""
    metadata = "submission_1:\n  :submitters:\n  - :sid: s1\nsubmission_2:\n  :submitters:\n  - :sid: s2\nodd: 3\n"
    metadata += (
        "ruby:\n  :submitters: !ruby/array:List\n  - !ruby/hash:Person\n    :sid: s4\n  :score: !ruby/object 0.1\n"
    )
    names = ("submission_1/rnn.py", "submission_3/rnn.py", "loose.py")
    found = surveyed({"submission_metadata.yml": metadata} | dict.fromkeys(names, CODE))
    assert [(one.student_id, one.path is None) for one in found.submissions] == [
        ("odd", True),
        ("s1", False),
        ("s2", True),
        ("s4", True),
    ]
    assert {note.file: (note.student_id, note.what) for note in found.files} == {
        "submission_1/rnn.py": ("s1", "graded"),
        "submission_3/rnn.py": ("", "belongs to nobody: its folder is not in the metadata"),
        "loose.py": ("", "belongs to nobody: it is in no folder of a submission"),
    }


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-20 23:30:00", (23, 30)),
        ("'2026-11-20 23:30:00'", (23, 30)),
        ("2026-11-20 23:30:00 -05:00", (28, 30)),
        ("'2026-11-20T23:30:00+09:00'", (14, 30)),
        ("yesterday", None),
        ("2026-11-20", None),
        ("17", None),
    ],
)
def test_a_time_without_a_zone_is_universal(zone, surveyed, written, moment) -> None:
    """In every zone of the machine a time of Gradescope's is the same moment; what is no time is none."""
    metadata = f"submission_1:\n  :submitters:\n  - :sid: s1\n  :created_at: {written}\n"
    (submission,) = surveyed({"submission_metadata.yml": metadata, "submission_1/rnn.py": CODE}).submissions
    due = moment and datetime(2026, 11, 20 + moment[0] // 24, moment[0] % 24, moment[1], tzinfo=UTC)
    assert submission.handed_in == due


@pytest.mark.parametrize(
    "written", ["2026-11-21 01:00:00.500000 UTC", "2026-11-21 01:00:00.5", "2026-11-21T03:00:00.5+02:00"]
)
def test_nbgraders_times_are_universal(zone, tmp_path: Path, written: str) -> None:
    """The timestamp beside a notebook means the same moment everywhere."""
    folder = tmp_path / "submitted" / "ana" / "rnn"
    folder.mkdir(parents=True)
    (folder / "rnn.ipynb").write_text("{}")
    (folder / "timestamp.txt").write_text(written)
    (found,) = survey(tmp_path).submissions
    assert found.handed_in == datetime(2026, 11, 21, 1, 0, 0, 500_000, tzinfo=UTC)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_in_which_folders_were_made_does_not_matter(tmp_path: Path, seed: int) -> None:
    """A file system lists as it likes; students, files and what is said of them come in one order."""
    names = [
        "ana/rnn.py",
        "ana/rnn.ipynb",
        "ana/zz.py",
        "ben/a.py",
        "ben/b.py",
        "Cy.py",
        "cy.zip",
        "Cy.ipynb",
        "dan/x/rnn.py",
    ]
    shuffled = random.Random(seed).sample(names, len(names))
    for root, order in (("one", names), ("other", shuffled)):
        for name in order:
            path = tmp_path / root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(packed({"rnn.py": CODE}) if name.endswith(".zip") else CODE.encode())
    one, other = survey(tmp_path / "one"), survey(tmp_path / "other")
    assert told(one) == told(other)
    assert list(one.files) == list(other.files)
    assert [submission.student_id for submission in one.submissions] == ["Cy", "ana", "ben", "cy", "dan"]


@pytest.mark.parametrize("way", ["folder", "alone", "moodle", "zip"])
@pytest.mark.parametrize("name", ["work.PY", "WORK.IpyNB"])
def test_capitals_of_an_ending_do_not_matter(way: str, name: str, tmp_path: Path) -> None:
    """Windows writes RNN.PY and HOMEWORK.ZIP: both are what they are elsewhere."""
    files = {
        "folder": {f"anna/{name}": CODE},
        "alone": {f"anna.{name.partition('.')[2]}": CODE},
        "moodle": {f"Anna A_4711_assignsubmission_file/{name}": CODE},
        "zip": {"anna/HOMEWORK.ZIP": packed({name: CODE})},
    }[way]
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content if isinstance(content, bytes) else content.encode())
    (found,) = survey(tmp_path).submissions
    assert (found.problem, found.path and found.path.read_text()) == ("", CODE)


PEOPLE = "submission_{0}:\n  :submitters:\n  - :name: {1}\n    :sid: '{2}'\n    :email: {3}\n"


@pytest.mark.parametrize("nothing", ["N/A", "none", "-", "0", "TBD", ""])
def test_what_stands_for_no_number_joins_nobody(surveyed, nothing: str) -> None:
    """People of one name whose field for the SID says that there is none stay apart; the e-mail or name is their id."""
    people = [("Li Na", nothing, "none"), ("Li Na", nothing, "none"), ("Bo", nothing, "bo@x.edu"), ("Cy", nothing, "")]
    metadata = "".join(PEOPLE.format(n, *one) for n, one in enumerate(people, start=1))
    found = surveyed({"submission_metadata.yml": metadata} | {f"submission_{n}/rnn.py": f"{n}" for n in range(1, 5)})
    assert {one.student_id: one.path.read_text() for one in found.submissions} == {
        "Li Na submission_1": "1",
        "Li Na submission_2": "2",
        "bo@x.edu": "3",
        "Cy": "4",
    }
