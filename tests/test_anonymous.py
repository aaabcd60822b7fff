"""Numbers in place of names: what of a class can still be read, and what can't."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.model.verdict import Excerpt, Finding, Outcome, PartOutcome, Verdict
from autograder.results.anonymous import anonymised
from tests.sample_verdicts import graded


def hidden(text: str, *others: str, student_id: str = "Jane Quimby_1001") -> str:
    """What becomes of a text of one student's, in a class with others; their number is written #."""
    people = [graded(student_id, message=text), *(graded(other) for other in others)]
    return next(verdict.message for verdict in anonymised(people) if verdict.message)


def number_of(student_id: str, *others: str) -> str:
    """The name that a student gets."""
    return next(v.student_id for v in anonymised([graded(student_id, message="x"), *map(graded, others)]) if v.message)


@pytest.mark.parametrize(
    "text",
    [
        "raised ValueError: by Jane Quimby",
        "no file C:/Users/jane.quimby/rnn.py",
        "JaneQuimby_rnn.py, line 3: NameError",
        "xquimbyx 1001",
        "s1001@example.org",
    ],
)
def test_nobody_signs_an_exception(text):
    """A student's own id, and each longer word of it, is gone from any text, in any capitals, inside of words too."""
    said = hidden(text).casefold()
    assert not any(word in said for word in ("jane", "quimby", "1001"))
    assert "student 1" in said


def test_nobody_names_a_classmate():
    """The ids of others are replaced in a text too, whole or by a longer word; one that several have is of somebody."""
    others = ("hassan", "doe.joe@example.org", "ann", "Novak_1", "Novak_2")
    said = hidden("from hassan, doe.joe@example.org, ann and Novak: planned, Hannover", *others)
    by_number = {other: number_of(other, *(o for o in others if o != other), "Jane Quimby_1001") for other in others}
    assert said == (
        f"from {by_number['hassan']}, {by_number['doe.joe@example.org']}, {by_number['ann']} and a student: "
        "planned, Hannover"
    )


@pytest.mark.parametrize(
    ("text", "other", "said"),
    [
        ("(hassan)", "hassan", "(#)"),
        ("…", "hassan", "…"),
        ("2ann, ann3 and (ann).", "ann", "2ann, ann3 and (#)."),
        ("to doe.joe@example.org!", "Doe.Joe@Example.org", "to #!"),
        ("to DOE.JOE@example.org!", "doe.joe@example.org", "to #!"),
        ("4711 and 47", "4711", "# and 47"),
    ],
)
def test_an_id_is_replaced_whole_and_alone(text, other, said):
    """In any capitals, with the signs around it left; a short one not where it is a piece of something else."""
    number = number_of(other, "Jane Quimby_1001")
    assert hidden(text, other) == said.replace("#", number)


def test_the_longer_word_of_an_id_goes_first():
    """Where one word of an id begins another, nothing of the longer one is left."""
    assert hidden("xannabelx", student_id="anna annabel") == "xstudent 1x"


def test_numbers_stay_numbers():
    """Where ids are small numbers, entries and points keep theirs."""
    assert hidden("result[0, 1], 3 of 15", "1", "3", student_id="15") == "result[0, 1], 3 of 15"
    assert "4711" not in hidden("as 4711 has it", "4711")


def test_every_text_is_covered():
    """Message, flags, findings, remarks and observations; notes and code, which name files and people, are left out."""
    text = "by quimby"
    finding = Finding("tanh", "square", text, text, text, text)
    outcome = Outcome("bptt_W", "error", 0, 15, (finding,), (text,), (), (text,), (Excerpt("quimby.py", 1, (text,)),))
    parts = (
        PartOutcome("a", "it", 0, 8, "observation", text),
        PartOutcome("b", "it", 0, 7, "mistake", "quimby's mean"),
    )
    outcome = replace(outcome, parts=parts)
    verdict = graded("quimby", tasks=(outcome,), message=text, notes=("graded quimby.py",), flags=(text,))
    (anonymous,) = anonymised([verdict])
    assert repr(anonymous).count("by student 1") == 9
    assert anonymous.tasks[0].parts[1].what == "quimby's mean"  # a known mistake is in the kit's own words
    assert repr(anonymous).count("quimby") == 1


def test_numbers_say_nothing_about_names():
    """Everybody has a number of their own, of one length, in an order that is not that of the names."""
    students = [f"s{letter}" for letter in "abcdefghijkl"]
    found = anonymised([graded(student, place / 100) for place, student in enumerate(students)])
    assert [verdict.student_id for verdict in found] == [f"student {n:02}" for n in range(1, 13)]
    assert sorted(verdict.score or 0 for verdict in found) == pytest.approx(range(12))
    assert [verdict.score for verdict in found] != sorted(verdict.score or 0 for verdict in found)


@settings(max_examples=20)
@given(st.permutations(["ana", "ben", "hassan", "doe.joe", "Novak_1", "Novak_2"]))
def test_the_order_of_the_class_does_not_matter(students):
    """Everybody has the same number, and texts the same words, in whichever order the verdicts come."""
    people = [graded(student, message="hassan, Novak and doe.joe") for student in students]
    assert anonymised(people) == anonymised(sorted(people, key=lambda verdict: verdict.student_id))


@pytest.mark.parametrize("student_id", ["", "_", "李雷", "…", "\udcff", "a" * 1000])
def test_odd_ids_do_no_harm(student_id):
    """An id without a word in it, or of any length, becomes a number like any other."""
    verdict: Verdict = replace(graded(student_id), message=f"of {student_id}.")
    (anonymous,) = anonymised([verdict])
    assert anonymous.student_id == "student 1"
    if len(student_id) > 1 and student_id.isalpha():
        assert anonymous.message == "of student 1."
