"""Whose row is whose. A wrong match gives somebody another's mark."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.exports.filling import remarks
from autograder.matching import Match, Row, match
from tests.sample_verdicts import graded, not_graded
from tests.test_exports import CANVAS, bptt, keep

DOE = Row("4711", ("s1001", "jdoe"), "Doe, Jane", "Doe, Jane (4711)")
MÜLLER = Row("4712", ("s1002", "jmueller"), "Müller, Jörg", "Müller, Jörg (4712)")


@pytest.mark.parametrize("student", ["doejane_4711", "4711", "s1001", "JDOE", "Jane Doe", "doejane", "Doe, Jane"])
def test_every_way_to_name_a_student(student: str):
    """Canvas's file name, its number, the school's number, the login and the name in either order find the row."""
    assert match([student], [MÜLLER, DOE]).rows == {student: 1}


@pytest.mark.parametrize("student", ["anon_4711", "Participant_4711"])
def test_blind_names_go_by_their_number(student: str):
    """Where marking is blind, the number alone decides."""
    assert match([student], [MÜLLER, DOE]).rows == {student: 1}


@pytest.mark.parametrize(
    ("student", "reason"),
    [
        ("smithsam_4711", "the number is that of Doe, Jane (4711), and the name is another"),
        ("doejane_4799", "no row has this id or name"),
        ("nobody", "no row has this id or name"),
        ("", "no row has this id or name"),
        ("_", "no row has this id or name"),
    ],
)
def test_contradictions_are_left_to_a_person(student: str, reason: str):
    """A number with another's name, and a name with another's number, match nobody."""
    found = match([student], [MÜLLER, DOE])
    assert found.rows == {}
    assert found.students_left == ((student, reason),)
    assert found.rows_left == (MÜLLER.shown, DOE.shown)


def test_a_number_that_is_two_things_decides_nothing():
    """Canvas's number of one student that is the school's number of another fits both, and so neither."""
    found = match(["4711"], [DOE, Row("5", ("4711",), "Other", "Other (5)")])
    assert found.rows == {}
    assert "fits several rows" in found.students_left[0][1]


def test_namesakes_are_not_guessed():
    """Of two rows with one name neither is taken for a student who is known by name only."""
    assert match(["Jane Doe"], [DOE, Row("4", (), "Jane Doe", "other")]).rows == {}


def test_one_row_is_not_given_twice():
    """Two graded students who fit one row are both left, with the row."""
    found = match(["jdoe", "s1001"], [DOE])
    assert found.rows == {}
    assert len(found.students_left) == 2
    assert found.rows_left == (DOE.shown,)


# Names that are nearly equal, and numbers, logins and names that could each be taken for another.
WORDS = ["Ann Lee", "Anne Lee", "Lee, Ann", "Ann", "Lee", "annlee", "Jörg Lee", "Jorg Lee", "", "7", "17", "a7"]
ROWS = st.builds(
    Row, st.sampled_from(["", "7", "17", "71"]), st.lists(st.sampled_from(WORDS), max_size=2).map(tuple),
    st.sampled_from(WORDS), st.uuids().map(str),
)  # fmt: skip
STUDENTS = st.lists(st.sampled_from([*WORDS, *(f"{word}_7" for word in WORDS), "anon_17"]), unique=True, max_size=5)


@settings(max_examples=50)
@given(STUDENTS, st.lists(ROWS, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_students_does_not_matter(students, rows, random):
    """A gradebook that is sorted otherwise has the same marks in it, and the same people are left."""
    one = match(students, rows)
    turned, others = random.sample(rows, len(rows)), random.sample(students, len(students))
    other = match(others, turned)
    assert {who: rows[row] for who, row in one.rows.items()} == {who: turned[row] for who, row in other.rows.items()}
    assert {who for who, _ in one.students_left} == {who for who, _ in other.students_left}
    assert sorted(one.rows_left) == sorted(other.rows_left)


@settings(max_examples=50)
@given(STUDENTS, st.lists(ROWS, max_size=5))
def test_nobody_gets_a_mark_twice_and_nobody_is_forgotten(students, rows):
    """Each row goes to one student at most; every student and every row is matched or left, and not both."""
    found = match(students, rows)
    assert len(set(found.rows.values())) == len(found.rows)
    assert sorted([*found.rows, *(who for who, _ in found.students_left)]) == sorted(students)
    left = [row.shown for index, row in enumerate(rows) if index not in found.rows.values()]
    assert list(found.rows_left) == left
    assert all(reason for _, reason in found.students_left)


@pytest.mark.parametrize(
    ("student", "rows", "found"),
    [
        ("Ann Lee_7", [Row("7", (), "Ann Lee"), Row("17", (), "Ann Lee")], 0),
        ("Ann Lee_7", [Row("17", (), "Ann Lee"), Row("", (), "Ann Lee")], 1),
        ("Ann Lee_7", [Row("7", (), "Anne Lee")], None),
        ("Ann Lee_7", [Row("7", (), "")], 0),
        ("Ann Lee_7", [Row("", ("ann lee_7",), "")], 0),
        ("Ann Lee_x", [Row("17", (), "Ann Lee X")], 0),
        ("anon_8", [Row("7", (), "anon")], None),
        ("ANON_7", [Row("7", (), "Ann Lee")], 0),
        (" 7 ", [Row("7", (), "Ann Lee")], 0),
        ("7", [Row("7", ("7",), "7")], 0),
    ],
)
def test_numbers_and_names_that_are_nearly_equal(student, rows, found):
    """The number decides where it is known and the name does not contradict it; a name, where no number does."""
    assert match([student], rows).rows.get(student) == found


def test_at_most_three_rows_are_listed_and_sorted():
    """The reason names the rows that fit, in alphabetical order, whatever the order of the file."""
    rows = [Row(ids=("x",), shown=shown) for shown in "dbac"]
    assert match(["x"], rows).students_left == (("x", "fits several rows: a, b, c"),)


def test_who_is_left_is_listed_by_name():
    """Both sides are sorted, each under its title with their number; a list of nobody has no title."""
    found = Match({}, (("ben", "no row"), ("ana", "two rows")), ("d", "c"))
    assert remarks(found, [], ["eve"], ["flo: late"]) == (
        "Graded, and not in the file (2):", "  ana: two rows", "  ben: no row",
        "In the file, and not graded (2):", "  c", "  d",
        "Left as they were, for the grader failed on them (1):", "  eve",
        "Marks after a late penalty (1):", "  flo: late",
    )  # fmt: skip


def test_marks_are_counted_without_those_that_are_none(tmp_path, monkeypatch):
    """Of two students in the gradebook, one of whom has no mark, one mark was written."""
    monkeypatch.chdir(tmp_path)
    keep([graded("doejane_4711"), not_graded("s1003")])
    assert "1 marks in column" in bptt(*CANVAS, "--column", "880").output
