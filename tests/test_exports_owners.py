"""Every mark to its owner: classes in which people are nearly equal, in every format.

No mark stands in a row of somebody else, and each student is in exactly one row or in the list of those who are not.
"""

import csv
import io
import json
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograder.exports.job import Exported, ExportJob, write
from tests.sample_verdicts import graded

# Names that are nearly equal, of which a class has some: anagrams, words that run together, prefixes, accents, swapped
# first and last names, names of one letter, words that are there once more, equal names, names that are logins.
FAMILIES = [
    [("Ann", "Lee"), ("Nan", "Eel"), ("Lee", "Ann"), ("An", "Nlee")],
    [("Ann", "Lee"), ("Anne", "Lee"), ("Ann", "Lee Kim"), ("Ann Lee", "Kim")],
    [("Jörg", "Lee"), ("Jorg", "Lee"), ("Joerg", "Lee"), ("Wei", "Zhang"), ("Wei", "Zhang")],
    [("A", "B"), ("B", "A"), ("A", "A"), ("AB", "B")],
    [("Ann", ""), ("Kim", ""), ("Ann", "Kim"), ("Al", "O'Brien"), ("M", "001")],
]
IDS = ["ann", "kim", "ann.kim", "b", "m001", "m010", "7", "17"]
NUMBERS = [7, 17, 70, 71, 100, 4711]


@dataclass(frozen=True)
class Person:
    """Somebody in a course; `number` is that of the system in which it was handed in."""

    first: str
    last: str
    number: int
    login: str
    sis: str
    email: str


@dataclass(frozen=True)
class Class:
    """Who is there, how their hand-ins are called, who of them handed in, and who is in the gradebook."""

    people: tuple[Person, ...]
    ids: dict[str, Person]
    rows: tuple[Person, ...]


def bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def elsewhere(one: Person) -> int:
    """Return the number that somebody has in another system, which is that of somebody else here."""
    return NUMBERS[NUMBERS.index(one.number) - 1]


SCHEMES = {
    "canvas": lambda one: re.sub(r"\W", "", one.last + one.first).lower() + f"_{one.number}",
    "moodle": lambda one: f"{one.first} {one.last}".replace("'", "").strip() + f"_{one.number}",
    "moodle team": lambda one: "Lee-" + SCHEMES["moodle"](one),
    "canvas elsewhere": lambda one: re.sub(r"\W", "", one.last + one.first).lower() + f"_{elsewhere(one)}",
    "moodle elsewhere": lambda one: f"{one.first} {one.last}_{elsewhere(one)}",
    "blind": lambda one: f"Participant_{one.number}",
    "login": lambda one: one.login,
    "capitals": lambda one: one.login.upper(),
    "sis": lambda one: one.sis or one.email,
    "e-mail": lambda one: one.email,
    "local part": lambda one: one.email.partition("@")[0],
    "name": lambda one: f"{one.first} {one.last}".strip(),
    "sorted name": lambda one: f"{one.last}, {one.first}".strip(", "),
    "file name": lambda one: bare(f"{one.first}-{one.last}").lower(),
    "run together": lambda one: bare(one.first + one.last).lower(),
}


def words(name: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", bare(name.replace("'", "").casefold())))


def names(student: str, person: Person) -> bool:
    """Whether an id is literally one of a person's, or their name: then nobody could tell them from its owner."""
    ids = (person.login, person.sis, person.email, person.email.partition("@")[0], str(person.number))
    own = words(f"{person.first} {person.last}")
    return student.casefold() in ids or own == words(student)


@st.composite
def classes(draw, schemes: Sequence[str]) -> Class:
    size = draw(st.integers(2, 5))
    called = draw(st.lists(st.sampled_from(draw(st.sampled_from(FAMILIES))), min_size=size, max_size=size))
    numbers = draw(st.permutations(NUMBERS))
    logins, sis, mails = (draw(st.permutations(IDS)) for _ in range(3))
    blank = draw(st.lists(st.sampled_from(["", "", "N/A", "x"]), min_size=size, max_size=size))
    own = [sis[i] if blank[i] == "x" else blank[i] for i in range(size)]
    addresses = [f"{mails[i]}@{'ab'[i % 2]}.edu" for i in range(size)]
    people = tuple(Person(*called[i], numbers[i], logins[i], own[i], addresses[i]) for i in range(size))
    kind = draw(st.sampled_from(schemes))
    scheme = SCHEMES[kind]
    handed_in = [one for one in people if one is people[-1] or draw(st.booleans())]
    ids = {scheme(one): one for one in handed_in}
    assume(len(ids) == len(handed_in) and not ids.keys() & {"N/A"})
    rows = tuple(draw(st.permutations([one for one in people if one is people[0] or draw(st.booleans())])))
    if "elsewhere" in kind:  # nothing can tell namesakes apart whose numbers are exchanged
        assume(set(handed_in) <= set(rows))
        assume(len({frozenset(bare(one.first + one.last).lower()) for one in people}) == size)
    # Nobody can tell a student from one who is literally called so, unless that one handed in as well. Words that run
    # together are nobody's name, so that they may be somebody's login.
    literal = [one for one in rows if kind == "run together" or one not in handed_in]
    for student, owner in ids.items():
        assume((owner in rows and kind != "run together") or not any(names(student, one) for one in literal))
    return Class(people, ids, rows)


def sheet(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def canvas(rows: Sequence[Person]) -> str:
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Section", "RNN (5)"]
    students = [[f"{one.last}, {one.first}", one.number, one.sis, one.login, one.email, "S", ""] for one in rows]
    return sheet([head, ["    Points Possible", "", "", "", "", "", "100"], *students])


def moodle(rows: Sequence[Person]) -> str:
    head = ["Identifier", "Full name", "ID number", "Username", "Email address", "Status", "Grade", "Maximum Grade",
            "Grade can be changed", "Last modified (submission)", "Last modified (grade)"]  # fmt: skip
    return sheet([head, *([f"Participant {one.number}", f"{one.first} {one.last}", one.sis, one.login, one.email,
                          "Submitted", "", "100.00", "Yes", "-", "-"] for one in rows)])  # fmt: skip


def moodle_in_german(rows: Sequence[Person]) -> str:
    head = ["ID", "Vorname", "Nachname", "E-Mail-Adresse", "Status", "Bewertung", "Bestwertung",
            "Bewertung kann geändert werden", "Zuletzt geändert (Abgabe)", "Zuletzt geändert (Bewertung)"]  # fmt: skip
    return sheet([head, *([f"Teilnehmer/in{one.number}", one.first, one.last, one.email, "Abgegeben", "", "100,00",
                          "Ja", "-", "-"] for one in rows)])  # fmt: skip


SHEETS = {
    "canvas": ("canvas", canvas, "RNN (5)", sorted(SCHEMES.keys() - {"moodle", "moodle team", "blind"})),
    "moodle": ("moodle", moodle, "Grade", sorted(SCHEMES.keys() - {"canvas"})),
    "moodle in German": (
        "moodle", moodle_in_german, "Bewertung",
        ["moodle", "moodle team", "e-mail", "local part", "name", "sorted name", "file name",
         "run together"],
    ),
}  # fmt: skip


def exported(name: str, ids: Sequence[str], folder: Path, source: str | Path) -> tuple[Exported, dict[str, float]]:
    """Export a class in which everybody has a mark of their own, and return what was said, and the marks."""
    marks = {student: float(mark) for mark, student in enumerate(ids, 11)}
    if isinstance(source, str):
        (folder / "own.csv").write_text(source, encoding="utf-8")
        source = folder / "own.csv"
    verdicts = [graded(student, mark / 100, "partial") for student, mark in marks.items()]
    return write(ExportJob(name, None, folder / "out", source, verdicts=verdicts)), marks


def unmatched(done: Exported) -> set[str]:
    """Return who is listed as graded and not in the file."""
    listed, lines = False, set()
    for line in done.remarks:
        listed = line.startswith("Graded, and not in the file") if not line.startswith("  ") else listed
        lines |= {line.strip().partition(": ")[0]} if listed and line.startswith("  ") else set()
    return lines


def check(ids: dict[str, Person], marks: dict[str, float], owned: Sequence[tuple[Person, float]], done: Exported):
    """Check that marks are their owners', and that everybody is in one place."""
    owners = {mark: ids[student] for student, mark in marks.items()}
    assert all(owners[mark] is person for person, mark in owned)
    filled = Counter(mark for _, mark in owned)
    for student, mark in marks.items():
        assert (filled[mark], student in unmatched(done)) in ((1, False), (0, True)), student
    assert done.status == (2 if not owned else 1 if len(owned) < len(marks) else 0)


@pytest.mark.parametrize("kind", SHEETS)
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_column_has_the_marks_of_its_rows(kind, data):
    """In a gradebook or worksheet that is filled, each mark stands beside the name of its student."""
    name, written, column, schemes = SHEETS[kind]
    course = data.draw(classes(schemes))
    with tempfile.TemporaryDirectory() as folder:
        done, marks = exported(name, list(course.ids), Path(folder), written(course.rows))
        text = (Path(folder) / "out").read_text(encoding="utf-8") if done.status < 2 else written(())
    table = list(csv.DictReader(io.StringIO(text)))[1 if name == "canvas" else 0 :]
    owned = [(one, float(row[column])) for one, row in zip(course.rows, table, strict=False) if row[column]]
    check(course.ids, marks, owned, done)
    by_number = all(student.endswith(f"_{one.number}") for student, one in course.ids.items())
    there = set(course.ids.values()) <= set(course.rows) and all(one.last.isalpha() for one in course.rows)
    assert done.status == 0 or not (by_number and there), "who is known by number and name has a row"


@pytest.mark.parametrize("name", ["gradescope", "classroom50", "json", "csv"])
@settings(max_examples=15, deadline=None)
@given(course=classes(sorted(SCHEMES)))
def test_files_of_ones_own_are_one_for_each(name, course):
    """Where no file is filled, each student has exactly one row or file, with their mark in it."""
    with tempfile.TemporaryDirectory() as folder:
        _, marks = exported(name, list(course.ids), Path(folder), "")
        out = Path(folder) / "out"
        if name == "csv":
            found = {row["student_id"]: float(row["score"]) for row in csv.DictReader(io.StringIO(out.read_text()))}
        elif name == "json":
            found = {one["student_id"]: one["score"] for one in json.loads(out.read_text())["students"]}
        else:
            found = {path.parent.name: json.loads(path.read_text())["score"] for path in out.glob("*/*.json")}
    assert sorted(map(round, found.values())) == sorted(map(round, marks.values()))
    assert all(round(mark) == round(marks[student]) for student, mark in found.items() if student in marks)
