"""Who is who, and which file counts: one rule in every form in which a class's work comes."""

import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.submissions import Submission, Survey, Unreadable, read_source, survey, survey_of
from tests.desk import handout
from tests.lms import packed

WORK = "def softmax(o):\n    return o\n"
OTHER = "def forward(x):\n    return x\n"
ASSIGNED = "softmax = lambda o: o\n"
HELPER = "def plot(points):\n    return points\n"
HANDOUT = handout()
STUB = HANDOUT["rnn.py"]
GIVEN = {name: raw for name, raw in HANDOUT.items() if not name.startswith("rnn.")}
BOTH = "rejected"

Files = Mapping[str, str | bytes]

# What lies in a student's folder, and what of it counts; BOTH where nobody may guess.
LAYOUTS: dict[str, tuple[Files, str | bytes]] = {
    "capitals": ({"RNN.py": WORK, "notes.py": HELPER}, WORK),
    "a browser's name": ({"rnn (1).py": WORK}, WORK),
    "a name of their own": ({"rnn-1.final.py": WORK, "plots.py": HELPER}, WORK),
    "the only file": ({"x.py": HELPER}, HELPER),
    "deep": ({"week3/assignment/rnn.py": WORK}, WORK),
    "deep, beside a script": ({"setup.py": "x = 1\n", "src/rnn.py": WORK}, WORK),
    "the shallowest": ({"old/rnn.py": OTHER, "rnn.py": WORK}, WORK),
    "two weeks": ({"week1/rnn.py": OTHER, "week2/rnn.py": WORK}, BOTH),
    "two weeks, one of them a stub": ({"week1/rnn.py": STUB, "week2/rnn.py": WORK}, WORK),
    "two names": ({"first.py": OTHER, "second.py": WORK}, BOTH),
    "two names, no functions": ({"one.py": "x = 1\n", "two.py": "x = 2\n"}, BOTH),
    "which defines functions": ({"helpers.py": HELPER, "homework6.py": WORK}, WORK),
    "which assigns one": ({"helpers.py": HELPER, "homework6.py": ASSIGNED}, ASSIGNED),
    "which only imports": ({"main.py": "from rnn import softmax\n", "net.py": WORK}, WORK),
    "a stub by the expected name": ({"rnn.py": STUB, "rnn (1).py": WORK}, WORK),
    "a stub further up": ({"rnn.py": STUB, "mine/rnn.py": WORK}, WORK),
    "only stubs": ({"rnn.py": STUB, "rnn.ipynb": HANDOUT["rnn.ipynb"]}, STUB),
    "an empty file by the expected name": ({"rnn.py": "", "solution.py": WORK}, WORK),
    "an empty package file": ({"my_rnn.py": WORK, "__init__.py": ""}, WORK),
    "one that imports its work": ({"rnn.py": "from net import *\n", "net.py": WORK}, WORK),
    "the whole handout": ({**HANDOUT, "rnn.py": WORK}, WORK),
    "the handout, and another name": ({**GIVEN, "rnn_final.py": WORK}, WORK),
    "the handout's checks deeper": ({"a/test_rnn.py": GIVEN["test_rnn.py"], "a/b.py": WORK}, WORK),
    "an environment": ({"env/pyvenv.cfg": "", "env/lib/nn.py": OTHER, "env/Scripts/x.py": "", "mine.py": WORK}, WORK),
    "in the environment's folder": ({"v/pyvenv.cfg": "", "v/lib/nn.py": OTHER, "v/net.py": WORK}, WORK),
    "packages": ({"lib/site-packages/nn.py": OTHER, "mine.py": WORK}, WORK),
    "litter": ({"__MACOSX/rnn.py": OTHER, ".git/rnn.py": OTHER, "Thumbs.db": "", "x.py": WORK}, WORK),
    "a zip": ({"work.zip": packed({"rnn.py": WORK})}, WORK),
    "a zip further in": ({"sub/work.zip": packed({"a/rnn.py": WORK})}, WORK),
    "a zip in a zip": ({"outer.zip": packed({"x/inner.zip": packed({"rnn.py": WORK})})}, WORK),
    "several zips": ({"a.zip": packed({"report.pdf": "%PDF"}), "b.zip": packed({"rnn.py": WORK})}, WORK),
    "two zips of work": ({"a.zip": packed({"rnn.py": WORK}), "b.zip": packed({"rnn.py": OTHER})}, BOTH),
    "a zip beside work": ({"rnn.py": WORK, "old.zip": packed({"rnn.py": OTHER})}, WORK),
    "a zip beside a stub": ({"rnn.py": STUB, "mine.zip": packed({"rnn.py": WORK})}, WORK),
    "two weeks in one zip": ({"all.zip": packed({"w1/rnn.py": OTHER, "w2/rnn.py": WORK})}, BOTH),
    "packages in a zip": (
        {"all.zip": packed({"p/net.py": WORK} | {f"p/v/lib/site-packages/{i}.py": OTHER for i in range(3000)})},
        WORK,
    ),
    "a tar beside work": ({"rnn.py": WORK, "old.tar.gz": b"\x1f\x8b"}, WORK),
}
# What can't be opened, and a word of the reason.
CLOSED: dict[str, tuple[Files, str]] = {
    "rar": ({"rnn.rar": b"Rar!\x1a\x07"}, "rnn.rar is an archive"),
    "7z": ({"sub/rnn.7z": b"7z\xbc\xaf"}, "rnn.7z is an archive"),
    "tar": ({"rnn.tar.gz": b"\x1f\x8b"}, "rnn.tar.gz is an archive"),
    "a tar in a zip": ({"a.zip": packed({"b.tar": b"x"})}, "a.zip: b.tar is an archive"),
    "a damaged zip": ({"a.zip": packed({"rnn.py": WORK})[:40]}, "a.zip is no zip file"),
    "beside a stub": ({"rnn.py": STUB, "mine.rar": b"Rar!"}, "mine.rar is an archive"),
    "beside a helper": ({"plots.py": HELPER, "mine.rar": b"Rar!"}, "mine.rar is an archive"),
}


def put(root: Path, files: Files) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def in_tree(root: Path, files: Files) -> Submission:
    put(root / "class" / "anna", files)
    return survey(root / "class").submissions[0]


def in_moodle(root: Path, files: Files) -> Submission:
    whole = {f"Anna A_4711_assignsubmission_file/{name}": content for name, content in files.items()}
    (root / "moodle.zip").write_bytes(packed(whole))
    return survey(root / "moodle.zip").submissions[0]


def in_gradescope(root: Path, files: Files) -> Submission:
    put(root / "export", {"submission_metadata.yml": "submission_1:\n  :submitters:\n  - :sid: anna\n"})
    put(root / "export" / "submission_1", files)
    return survey(root / "export").submissions[0]


def in_zip(root: Path, files: Files) -> Submission:
    put(root / "class", {"anna.zip": packed(dict(files))})
    return survey(root / "class").submissions[0]


def on_gradescopes_machine(root: Path, files: Files) -> Submission:
    put(root / "submission", files)
    return survey_of({"anna": root / "submission"}, 10**7).submissions[0]


def in_nbgrader(root: Path, files: Files) -> Submission:
    put(root / "submitted" / "anna" / "rnn", files)
    return survey(root).submissions[0]


FORMS = (in_tree, in_moodle, in_gradescope, in_zip, on_gradescopes_machine, in_nbgrader)
Form = Callable[[Path, Files], Submission]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_rule_says_which_file_counts(layout: str, form: Form, tmp_path: Path) -> None:
    """The same files give the same choice in a tree, in each download, in a zip and on Gradescope's machine."""
    files, due = LAYOUTS[layout]
    found = form(tmp_path, files)
    if due == BOTH:
        works = [name for name in files if name.endswith(".py")] or ["rnn.py"]
        assert found.problem.startswith("can't tell which file to grade")
        assert [name for name in works if name not in found.problem] == []
        return
    assert found.problem == ""
    assert found.path is not None
    assert found.path.read_bytes() == (due if isinstance(due, bytes) else due.encode())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", CLOSED)
def test_what_cannot_be_opened_is_rejected_with_advice(layout: str, form: Form, tmp_path: Path) -> None:
    """An archive of another kind is never "nothing was handed in": the reason is there, and what to do."""
    files, words = CLOSED[layout]
    found = form(tmp_path, files)
    assert words in found.problem
    assert found.path is not None
    assert "hand in" in found.problem or "damaged" in found.problem


# --- people ----------------------------------------------------------------------------------------

# Near-equal names: anagrams, prefixes, accents, swapped words, one letter, and the same name twice.
NAMES = ("Ann Lee", "Lee Ann", "Nan Lee", "Ann", "A", "Anna Lee", "Ann Leé", "Élan Ne", "Ann Lee", "李明")
few = settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
LITTER = ("desktop.ini", ".DS_Store", "Thumbs.db", "__MACOSX/x.py", "notes.txt", "submissions.zip")


def text_of(number: int) -> str:
    return f"def softmax(o):\n    return o * {number}\n"


def named(found: Survey) -> dict[str, str]:
    """What counts of each person, by their id."""
    return {one.student_id: one.path.read_text() if one.path else "" for one in found.submissions}


def canvas_name(name: str) -> str:
    """A name as Canvas writes it: small, in Latin letters, in one word; nothing may be left."""
    plain = unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode()
    return "".join(plain.lower().split())


@few
@given(people=st.lists(st.sampled_from(NAMES), min_size=2, max_size=8), data=st.data())
@pytest.mark.parametrize("zipped", [True, False])
def test_in_canvas_and_moodle_each_person_has_their_own_work(zipped: bool, tmp_path_factory, people, data) -> None:
    """As many people come out as went in, each with their own file, whatever they are called and what lies beside."""
    numbers = data.draw(st.permutations(range(4711, 4711 + len(people))))
    beside = data.draw(st.lists(st.sampled_from(LITTER), max_size=len(people) // 2, unique=True))
    entries = list(zip(people, numbers, strict=True))
    canvas = {f"{canvas_name(name)}_{number}_{number * 3}_rnn.py": text_of(number) for name, number in entries}
    moodle = {f"{name}_{number}_assignsubmission_file/rnn.py": text_of(number) for name, number in entries}
    for form, files in (("Canvas download", canvas), ("Moodle download", moodle)):
        root = tmp_path_factory.mktemp("class")
        whole = dict(data.draw(st.permutations(list((files | dict.fromkeys(beside, "x")).items()))))
        if zipped:
            (root / "download.zip").write_bytes(packed(whole))
        else:
            put(root / "download", whole)
        found = survey(root / ("download.zip" if zipped else "download"))
        assert found.kind == form
        assert sorted(named(found).values()) == sorted(text_of(number) for number in numbers)
        assert all(str(int(text.split("* ")[1])) in who for who, text in named(found).items())
        assert {note.file for note in found.files if not note.student_id} <= set(beside)


@st.composite
def gradescope_people(draw: st.DrawFn) -> list[tuple[str, str, str]]:
    """Different people, by (SID, e-mail, name): each has an e-mail of their own, or an id and name nobody else has."""
    count = draw(st.integers(2, 7))
    rows = []
    for number in range(count):
        sid = draw(st.sampled_from(("", "N/A", "s1", "s2", f"u{number}")))
        rows.append((sid, f"p{number}@example.org", draw(st.sampled_from(NAMES))))
    return rows


@few
@given(people=gradescope_people(), attempts=st.lists(st.integers(0, 6), max_size=4))
def test_in_gradescope_e_mails_tell_people_apart(tmp_path_factory, people, attempts) -> None:
    """People who share an SID or a name stay apart, attempts of one person are one, and a shared SID is told."""
    root = tmp_path_factory.mktemp("export")
    who = [*range(len(people)), *(one for one in attempts if one < len(people))]
    metadata = ""
    for key, person in enumerate(who):
        sid, email, name = people[person]
        shown = email.upper() if key % 2 else email
        metadata += (
            f"submission_{key}:\n  :submitters:\n  - :name: {name}\n    :sid: '{sid}'\n    :email: {shown}\n"
            f"  :created_at: 2026-11-20 10:00:{key:02} Z\n"
        )
        put(root / f"submission_{key}", {"rnn.py": text_of(key)})
    put(root, {"submission_metadata.yml": metadata})
    found = survey(root)
    newest = {person: key for key, person in enumerate(who)}
    assert sorted(named(found).values()) == sorted(text_of(key) for key in newest.values())
    for sid in {sid for sid, *_ in people if sid}:
        shared = sum(sid == other for other, *_ in people) > 1
        assert any(f"the SID {sid} is there for" in remark for remark in found.remarks) == shared


def test_an_entry_without_a_name_is_told_by_its_number(tmp_path: Path) -> None:
    """Canvas keeps Latin letters only: of a name in others nothing is left, and the number stands for it."""
    put(tmp_path / "c", {"_4711_1_rnn.py": WORK, "_LATE_4712_2_rnn.py": OTHER, "doe_4713_3_rnn.py": HELPER})
    found = survey(tmp_path / "c")
    assert named(found) == {"_4711": WORK, "_4712": OTHER, "doe_4713": HELPER}
    assert [remark.partition(":")[0] for remark in found.remarks] == ["_4711", "_4712"]


def test_numbers_of_uploads_join_only_files_of_one_name(tmp_path: Path) -> None:
    """rnn-1.py is the second upload of rnn.py; part-1.py and part-2.py are two files of a student's own."""
    put(tmp_path / "c", {"a_1_10_rnn.py": OTHER, "a_1_11_rnn-1.py": WORK, "b_2_12_part-1.py": WORK})
    put(tmp_path / "c", {"b_2_13_part-2.py": OTHER, "c_3_14_hw.py": OTHER, "c_3_15_hw-1.py": WORK})
    first, second, third = survey(tmp_path / "c").submissions
    assert first.path is not None
    assert third.path is not None
    assert (first.path.read_text(), third.path.read_text()) == (WORK, WORK)
    assert "part-1.py, part-2.py" in second.problem


def test_many_files_of_one_student_are_one_row(tmp_path: Path) -> None:
    """What is not looked at is told by its number, the work by itself."""
    put(tmp_path / "c", {"sam/rnn.py": WORK, **{f"sam/data/{i}.csv": "x" for i in range(50)}, "tom/rnn.py": WORK})
    put(tmp_path / "c", {f"tom/v/site-packages/{i}.py": "x" for i in range(30)})
    told = {note.file: note.what for note in survey(tmp_path / "c").files}
    assert told == {
        "sam/rnn.py": "graded",
        "sam/data/…": "not looked at: 50 files",
        "tom/rnn.py": "graded",
        "tom/v/site-packages": "not looked at: 30 files",
    }


def test_an_upload_that_nobody_worked_in_never_goes_before_work(tmp_path: Path) -> None:
    """A later upload of the stub, or of an empty file, does not take the place of work under the same name."""
    put(
        tmp_path / "c", {"a_1_10_rnn.py": WORK, "a_1_12_rnn-1.py": STUB, "b_2_13_rnn-2.py": WORK, "b_2_14_rnn-3.py": ""}
    )
    put(tmp_path / "c", {"c_3_15_rnn.py": STUB, "c_3_16_rnn-1.py": ""})
    found = survey(tmp_path / "c")
    assert {who: named(found)[who] for who in ("a_1", "b_2")} == {"a_1": WORK, "b_2": WORK}
    told = {note.file: note.what for note in found.files}
    assert told["a_1_10_rnn.py"] == told["b_2_13_rnn-2.py"] == "graded"


def test_one_name_written_in_two_ways_is_not_guessed(tmp_path: Path) -> None:
    """Two folders whose names differ in how accents are written are one student's, and neither work is passed over."""
    put(tmp_path / "c", {"Jos\u00e9/rnn.py": WORK, "Jose\u0301/rnn.py": OTHER, "ana/rnn.py": WORK})
    found = survey(tmp_path / "c")
    jose = next(one for one in found.submissions if one.student_id == "Jos\u00e9")
    assert "two folders have this name, written in two ways" in jose.problem
    (note,) = (note for note in found.files if note.student_id == "Jos\u00e9")
    assert (note.file, note.what) == ("Jose\u0301", f"rejected: {jose.problem}")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (packed({"rnn.py": WORK}), "rnn.py is a zip under another name: hand in the file that is in it"),
        (b'{"cells": [], "nbformat": 4}', "has no code cells"),
    ],
)
def test_a_file_under_a_wrong_name_is_known_by_its_content(tmp_path: Path, raw: bytes, words: str) -> None:
    """A zip that is called rnn.py is named as one, and a notebook is read as one."""
    (tmp_path / "rnn.py").write_bytes(raw)
    with pytest.raises(Unreadable, match=words):
        read_source(tmp_path / "rnn.py", 10**6)
    (tmp_path / "rnn.py").write_text('{"cells": [{"cell_type": "code", "source": "x = 1"}], "nbformat": 4}')
    assert read_source(tmp_path / "rnn.py", 10**6).chunks == (("cell 1", "x = 1"),)
