"""Whose row is whose. A wrong match gives somebody another's mark."""

import pytest

from autograder.matching import Row, match

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
