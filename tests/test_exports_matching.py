"""Whose row is whose. A wrong match gives somebody another's mark."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.results.matching import Row, match

DOE = Row("4711", ("s1001", "jdoe", "j.doe@school.example", "4711"), ("Doe, Jane",), "Doe, Jane (4711)")
MÜLLER = Row("4712", ("s1002", "jmueller", "4712"), ("Müller, Jörg",), "Müller, Jörg (4712)")


@pytest.mark.parametrize(
    "student",
    ["doejane_4711", "janedoe_4711", "Doe Jane_4711", "4711", "s1001", "JDOE", "J.Doe", "j.doe@school.example",
     "Jane Doe", "jane-doe", "DOE_Jane", "Doe, Jane"],
)  # fmt: skip
def test_every_way_to_name_a_student(student: str):
    """Canvas's file name, its number, the school's, the login, the e-mail address and its local part, and the name."""
    assert match([student], [MÜLLER, DOE]).rows == {student: (1,)}


@pytest.mark.parametrize("student", ["jorg muller", "MÜLLER JÖRG", "Jo\u0308rg Mu\u0308ller", "müllerjörg_4712"])
def test_case_and_accents_do_not_matter(student: str):
    """A name is the same with other capitals, without accents, and in Unicode's other spelling."""
    assert match([student], [MÜLLER, DOE]).rows == {student: (0,)}


@pytest.mark.parametrize(
    ("student", "name"),
    [
        ("nora", "Aron"), ("amy", "May"), ("Ann Lee", "Anne Lee"), ("Ann Lee", "Ann"), ("annlee", "Ann Lee"),
        ("An Nlee", "Ann Lee"), ("Lee", "Lee Lee"), ("A B", "AB"), ("doejane", "Doe, Jane"), ("राम", "रीम"),
    ],
)  # fmt: skip
def test_only_whole_words_make_a_name(student: str, name: str):
    """Anagrams, prefixes, words that run together, and words that are there once more are other names."""
    assert match([student], [Row(names=(name,))]).rows == {}


@pytest.mark.parametrize(
    ("student", "reason"),
    [
        ("müllerjörg_4711", "the number is that of Doe, Jane (4711), and the name is another"),
        ("Sam Smith_4711", "the number is that of Doe, Jane (4711), and the name is another"),
        ("Jane Doe_4799", "the name is that of Doe, Jane (4711), and the number is another"),
        ("nobody", "no row has this id or name"),
        ("anon_4711", "handed in anonymously, so that nothing says who it is"),
        ("", "no row has this id or name"),
        ("_", "no row has this id or name"),
    ],
)
def test_contradictions_are_left_to_a_person(student: str, reason: str):
    """A number with another's name, a name with another's number, and no name at all match nobody."""
    found = match([student], [MÜLLER, DOE])
    assert found.rows == {}
    assert found.students_left == ((student, reason),)
    assert [shown for shown, _ in found.rows_left] == [MÜLLER.shown, DOE.shown]


def test_both_sides_have_a_reason():
    """A row that nobody fits says so, and one that was not given away names those who might be meant."""
    left = dict(match(["jdoe", "s1001"], [MÜLLER, DOE]).rows_left)
    assert left == {
        "Doe, Jane (4711)": "fits jdoe, s1001, but not beyond doubt",
        "Müller, Jörg (4712)": "nobody was graded under its id or name",
    }


def test_an_id_that_is_the_name_of_somebody_else_decides_nothing():
    """The folder "kim" may be of the login kim, or of Kim."""
    rows = [Row(ids=("kim",), names=("Lee Park",), shown="Park"), Row(ids=("x1",), names=("Kim",), shown="Kim")]
    found = match(["kim"], rows)
    assert found.students_left == (("kim", "the id is that of Park, and the name that of Kim"),)


def test_namesakes_are_told_apart_by_their_ids():
    """An id that is also a namesake's name decides where the namesake is known by an id of their own."""
    rows = [Row(ids=("ann.lee@x.edu",), names=("Ann Lee",)), Row(ids=("ann.lee2@x.edu",), names=("Ann Lee",))]
    assert match(["ann.lee", "ann.lee2"], rows).rows == {"ann.lee": (0,), "ann.lee2": (1,)}
    assert match(["ann.lee"], rows).rows == {}


def test_namesakes_whose_ids_are_their_names_are_told_apart_by_them():
    """Each of them has a row by id: that the name fits the other's row as well leaves no doubt."""
    rows = [Row(ids=("wei.zhou",), names=("Wei Zhou",)), Row(ids=("zhou.wei",), names=("Wei Zhou",))]
    assert match(["wei.zhou", "zhou.wei"], rows).rows == {"wei.zhou": (0,), "zhou.wei": (1,)}


def test_a_number_that_is_two_things_decides_nothing():
    """Canvas's number of one student that is the school's number of another fits both, and so neither."""
    found = match(["4711"], [DOE, Row("5", ("4711",), ("Other",), "Other (5)")])
    assert found.rows == {}
    assert "fits several rows" in found.students_left[0][1]


def test_local_parts_may_be_shared():
    """What stands before the @ of two addresses is nobody's id; the addresses are."""
    rows = [Row(ids=("jane@a.example",)), Row(ids=("jane@b.example",))]
    assert match(["jane"], rows).rows == {}
    assert match(["jane@b.example"], rows).rows == {"jane@b.example": (1,)}


@pytest.mark.parametrize("nothing", ["N/A", "-", "none", " "])
def test_what_stands_for_no_id_is_none(nothing: str):
    """A student who is called N/A is not the one whose number is N/A."""
    assert match([nothing], [Row(ids=(nothing,), names=("Ann Lee",))]).rows == {}


def test_namesakes_are_not_guessed():
    """Of two rows with one name neither is taken for a student who is known by name only, nor one row for two."""
    assert match(["Jane Doe"], [DOE, Row("4", (), ("Jane Doe",), "other")]).rows == {}
    assert match(["Jane Doe", "doe-jane"], [DOE]).rows == {}
    assert match(["Jane Doe_1", "Jane Doe_2"], [Row(names=("Jane Doe",))]).rows == {}


def test_one_row_is_not_given_twice():
    """Two graded students who fit one row are both left, with the row."""
    found = match(["jdoe", "s1001"], [DOE])
    assert found.rows == {}
    assert [who for who, _ in found.students_left] == ["jdoe", "s1001"]
    assert [shown for shown, _ in found.rows_left] == [DOE.shown]


def test_a_team_of_canvas_is_known_by_a_members_number():
    """Where Canvas's number decides, a name that is nobody's is taken for a team's, with a word about that."""
    rows = [Row("4711", ("4711",), ("Doe, Jane",), "Doe", decisive=True), Row("4712", (), ("Ito, Ken",), "Ito")]
    found = match(["group1_4711"], rows)
    assert found.rows == {"group1_4711": (0,)}
    assert "team" in dict(found.teams)["group1_4711"]
    assert match(["itoken_4711"], rows).rows == match(["Sam Smith_4711"], rows).rows == {}
    assert match(["group1_4712"], rows).rows == {}  # whose number does not decide
    assert match(["group1_4711"], [rows[0], rows[0]]).rows == {}  # as that of two does not


def test_a_team_that_the_file_knows_has_several_rows():
    """A hand-in that is called as a team counts for the rows that name it, unless a member has one of their own."""
    rows = [Row(names=("Doe, Jane",), team="Group A"), Row(names=("Ito, Ken",), team="Group A"), Row(team="Group B")]
    found = match(["group_A"], rows)
    assert found.rows == {"group_A": (0, 1)}
    assert "2 rows" in dict(found.teams)["group_A"]
    assert match(["group_A", "Ken Ito"], rows).rows == {}


def test_a_team_before_a_members_number():
    """A team's name before a member's number is that of the team, or of the member where others have files, too."""
    rows = [Row("7", names=("Doe, Jane",), team="Group A"), Row("8", names=("Ito, Ken",), team="Group A")]
    assert match(["Group A_7"], rows).rows == {"Group A_7": (0, 1)}
    assert match(["Group A_7", "Group A_8"], rows).rows == {"Group A_7": (0,), "Group A_8": (1,)}
    assert match(["Group B_7"], rows).rows == {}


@pytest.mark.parametrize(
    "student", ["Group A-Jane Doe_7", "Group-A-Jane Doe_7", "Participant_7", "Group A-Participant_7"]
)
def test_moodle_may_put_a_team_or_a_word_there(student: str):
    """In Moodle's downloads a group stands before the name, and where marking is blind a word in its place."""
    row = Row("7", (), ("Jane Doe",), beside=("Participant",))
    assert match([student], [row]).rows == {student: (0,)}


# Names that are nearly equal, and numbers, logins and names that could each be taken for another.
WORDS = ["Ann Lee", "Anne Lee", "Lee, Ann", "Ann", "Lee", "annlee", "Jörg Lee", "Jorg Lee", "", "7", "17", "a7"]
ROWS = st.builds(
    Row, st.sampled_from(["", "7", "17", "71"]), st.lists(st.sampled_from(WORDS), max_size=2).map(tuple),
    st.sampled_from(WORDS).map(lambda name: (name,) if name else ()), st.uuids().map(str), decisive=st.booleans(),
    team=st.sampled_from(["", "Lee"]),
)  # fmt: skip
STUDENTS = st.lists(st.sampled_from([*WORDS, *(f"{word}_7" for word in WORDS), "anon_17"]), unique=True, max_size=5)


@settings(max_examples=50)
@given(STUDENTS, st.lists(ROWS, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_students_does_not_matter(students, rows, random):
    """A gradebook that is sorted otherwise has the same marks in it, and the same people are left."""
    one = match(students, rows)
    turned, others = random.sample(rows, len(rows)), random.sample(students, len(students))
    other = match(others, turned)

    def owners(found, rows):
        return {who: {rows[place].shown for place in places} for who, places in found.rows.items()}

    assert owners(one, rows) == owners(other, turned)
    assert {who for who, _ in one.students_left} == {who for who, _ in other.students_left}
    assert sorted(one.rows_left) == sorted(other.rows_left)


@settings(max_examples=50)
@given(STUDENTS, st.lists(ROWS, max_size=5))
def test_nobody_gets_a_mark_twice_and_nobody_is_forgotten(students, rows):
    """Each row goes to one student at most; every student and every row is matched or left, and not both."""
    found = match(students, rows)
    taken = [place for places in found.rows.values() for place in places]
    assert len(set(taken)) == len(taken)
    assert sorted([*found.rows, *(who for who, _ in found.students_left)]) == sorted(students)
    assert [shown for shown, _ in found.rows_left] == [row.shown for at, row in enumerate(rows) if at not in taken]
    assert all(reason for _, reason in (*found.students_left, *found.rows_left))


@pytest.mark.parametrize(
    ("student", "rows", "found"),
    [
        ("Ann Lee_7", [Row("7", (), ("Ann Lee",)), Row("17", (), ("Ann Lee",))], 0),
        ("Ann Lee_7", [Row("17", (), ("Ann Lee",)), Row("", (), ("Ann Lee",))], 1),
        ("Ann Lee_7", [Row("7", (), ("Anne Lee",))], None),
        ("Ann Lee_7", [Row("7")], 0),
        ("Ann Lee_7", [Row("", ("ann lee_7",))], 0),
        ("Ann Lee_x", [Row("17", (), ("Ann Lee X",))], 0),
        ("O'Brien, Ann", [Row("7", (), ("Ann OBrien",))], 0),
        (" 7 ", [Row("7", ("7",), ("Ann Lee",))], 0),
        ("7", [Row("7", ("7",), ("7",))], 0),
        ("7", [Row("7", (), ("Ann Lee",))], None),
    ],
)
def test_numbers_and_names_that_are_nearly_equal(student, rows, found):
    """The number decides where it is known and the name does not contradict it; a name, where no number does."""
    assert match([student], rows).rows.get(student) == (None if found is None else (found,))


def test_at_most_three_rows_are_listed_and_sorted():
    """The reason names the rows that fit, in alphabetical order, whatever the order of the file."""
    rows = [Row(ids=("x",), shown=shown) for shown in "dbac"]
    assert match(["x"], rows).students_left == (("x", "fits several rows: a, b, c"),)
