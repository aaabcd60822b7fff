"""Sections of a course, as the roster has them, compared on the class page."""

from dataclasses import replace

import pytest

from autograder.model.verdict import Diagnosis
from autograder.reports.sections import sections
from autograder.results.absent import read_roster
from tests.sample_verdicts import graded, missing
from tests.test_cli import GRADE, bptt, folder, grader
from tests.test_feedback_page import Page

__all__ = ["folder", "grader"]  # fixtures

SLOPE, SIGN = (Diagnosis(((name,),), f"the {name} is wrong", (), ()) for name in ("slope", "sign"))


def wrong(student: str, share: float, *diagnoses: Diagnosis):
    verdict = graded(student, share, "partial")
    return replace(verdict, tasks=(replace(verdict.tasks[0], diagnoses=diagnoses), *verdict.tasks[1:]))


def test_sections_have_their_own_figures():
    """Mean, median and mistake of each over who handed in; who is in no section stands last."""
    verdicts = [
        wrong("ana", 0.5, SIGN),
        wrong("ben", 0.9, SIGN),
        wrong("cy", 1.0, SLOPE),
        graded("dora"),
        graded("eve"),
    ]
    verdicts.append(missing("fay"))
    found = sections(verdicts, {"ana": "A", "ben": "A", "cy": "A", "dora": "B", "fay": "C"})
    assert [(one.name, one.students, one.mean, one.median) for one in found] == [
        ("A", 3, pytest.approx(80), pytest.approx(90)),
        ("B", 1, 100, 100),
        ("C", 0, None, None),
        ("", 1, 100, 100),
    ]
    assert [one.mistake and one.mistake.diagnosis for one in found] == [SIGN, None, None, None]


def test_one_section_is_not_compared():
    """With one section, or none, there is nothing to say."""
    assert sections([graded("ana"), graded("ben")], {"ana": "A"}) == ()
    assert sections([graded("ana")], {}) == ()


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("student_id,section", "ana,Mon 10"),
        ("Section,ID,Student", 'Mon 10,17,"Ana, A"'),
        ("who,Group", "ana,Mon 10"),
        ("First name,Last name,Email address,Groups", "Ana,Bell,ana@x.org,Mon 10"),
    ],
)
def test_a_roster_says_who_is_in_which_section(tmp_path, header, row):
    """Whatever stands beside it, and the section is nobody's name."""
    path = tmp_path / "roster.csv"
    path.write_text(f"{header}\n{row}\n")
    (found,) = read_roster(path)
    assert found.section == "Mon 10"
    assert "Mon 10" not in (*found.names, *found.ids)


def test_the_class_page_compares_sections(folder, grader):
    """By the roster that is remembered, also after a later run; not where the page has no names."""
    (folder / "roster.csv").write_text("student_id,section\nana,A\nben,B\ncy,A\n")
    assert bptt(*GRADE, "--roster", "roster.csv").exit_code == 0
    assert bptt(*GRADE).exit_code == 0
    page = folder / "results" / "report.html"
    assert "A2100.0100.0–" in "".join(Page(page.read_text()).text.split())
    assert bptt("report", "results").exit_code == 0
    assert "By the roster, of all who handed in." in Page(page.read_text()).text
    assert bptt("report", "results", "--anonymous").exit_code == 0
    assert "By the roster, of all who handed in." not in Page(page.read_text()).text
