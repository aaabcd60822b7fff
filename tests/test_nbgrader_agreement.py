"""Which of two marks by hand is right, the one here or nbgrader's: decided on plain data, with no gradebook."""

from pathlib import Path
from typing import Any

import pytest

from autograder.model.settings import Settings, TaskSettings
from autograder.nbgrader.by_hand import Agreement, Cell, agree, forget_in_gradebook, remember
from autograder.results.marking import Wish, set_marks
from autograder.results.standing import TOTAL, WITHHELD
from autograder.results.store import FILE_NAME, Store
from tests.sample_verdicts import graded, stored

Points = float | None


def compared(
    folder: Path, here: Points, there: Points, before: tuple[Points, Points] | None = None, most: float = 15, cell="c"
) -> Agreement:
    """Compare a mark of bptt_W here, out of 15, with one there; `before` is at which both were equal last."""
    with stored(folder, graded("ana", 0.5, "partial"), graded("ben")) as store:
        store.save("ana", "key", graded("ana", 0.5, "partial"), "abc")
        if before is not None:
            remember(store, {"ana": {"bptt_W": (*before, "c")}})
        if here is not None:
            set_marks(store, [Wish("ana", "bptt_W", f"{here}", "on paper", "tutor")])
        return agree(store, {"ana": {"bptt_W": Cell(most, cell, there, "seen in class")}})


CASES: dict[str, tuple[Points, Points, tuple[Points, Points] | None, str]] = {
    "nothing on either side": (None, None, None, "="),
    "set here": (11, None, None, "->"),
    "set there": (None, 11, None, "<-"),
    "set on both sides, alike": (11, 11, None, "="),
    "set on both sides, otherwise": (11, 12, None, "!"),
    "unchanged": (11, 11, (11, 11), "="),
    "changed here": (12, 11, (11, 11), "->"),
    "changed there": (11, 12, (11, 11), "<-"),
    "changed on both sides, alike": (12, 12, (11, 11), "="),
    "changed on both sides, otherwise": (12, 13, (11, 11), "!"),
    "taken back here": (None, 11, (11, 11), "->"),
    "taken back there": (11, None, (11, 11), "<-"),
    "taken back on both sides": (None, None, (11, 11), "="),
    "taken back here, changed there": (None, 12, (11, 11), "!"),
    "a 0 is a mark": (0, None, None, "->"),
    "a 0 there is a mark": (None, 0, None, "<-"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_side_that_changed_last_is_right(tmp_path: Path, case: str) -> None:
    """And where both were changed, and differ, neither is touched, and a person is asked."""
    here, there, before, way = CASES[case]
    found = compared(tmp_path, here, there, before)
    assert found.points == ({"ana": {"bptt_W": here}} if way == "->" else {})
    assert [(one.student_id, one.task, one.points) for one in found.entries] == (
        [("ana", "bptt_W", there)] if way == "<-" else []
    )
    assert bool(found.differing) == (way == "!")
    agreed = {"->": (here, here), "<-": (there, there), "=": (here, there), "!": before}[way]
    if agreed:
        assert found.equal["ana"]["bptt_W"][:2] == agreed
    assert found.without_cell == []


def test_a_mark_that_comes_has_its_comment_as_its_reason(tmp_path: Path) -> None:
    """With whom it is from, and the work that it is about; one that is taken back needs none."""
    (entry,) = compared(tmp_path / "a", None, 11).entries
    assert (entry.reason, entry.by, entry.work, entry.task) == ("seen in class", "nbgrader", "abc", "bptt_W")
    (entry,) = compared(tmp_path / "b", 11, None, (11, 11)).entries
    assert (entry.points, entry.reason) == (None, "")
    with stored(tmp_path / "c", graded("ana")) as store:
        (entry,) = agree(store, {"ana": {"bptt_W": Cell(15, "c", 3)}}).entries
    assert entry.reason == "set in nbgrader's gradebook"


@pytest.mark.parametrize(
    ("here", "most", "goes"), [(7.5, 30, 15), (15, 10, 10), (5, 10, 3.3333), (0, 10, 0), (15, 0, 0), (7, 15, 7)]
)
def test_a_cell_of_other_points_has_the_same_share(tmp_path: Path, here: float, most: float, goes: float) -> None:
    """To four decimals, and never more than the cell has."""
    assert compared(tmp_path, here, None, most=most).points == {"ana": {"bptt_W": goes}}


@pytest.mark.parametrize(("there", "most", "comes"), [(15, 30, 7.5), (10, 10, 15), (3.3333, 10, 5), (40, 30, 15)])
def test_a_mark_that_comes_is_a_share_as_well(tmp_path: Path, there: float, most: float, comes: float) -> None:
    """Of what the task is worth here."""
    (entry,) = compared(tmp_path, None, there, most=most).entries
    assert entry.points == pytest.approx(comes, abs=1e-4)


@pytest.mark.parametrize("before", [None, (5.0, 3.3333)])
@pytest.mark.parametrize(("here", "there"), [(5, 3.3333), (4.9999, 3.3333), (5, 3.3333333)])
def test_what_rounding_makes_of_a_share_is_no_change(tmp_path: Path, here: float, there: float, before: Any) -> None:
    """Where either side is what the other comes to, both are equal, today and at the next look."""
    found = compared(tmp_path / "a", here, there, before, most=10)
    assert (found.points, found.entries, found.differing) == ({}, [], [])
    found = compared(tmp_path / "b", here, 0, most=0)  # a cell without points has its share as well
    assert (found.points, found.entries, found.differing) == ({}, [], [])


def test_a_gradebook_that_was_made_anew_has_decided_nothing(tmp_path: Path) -> None:
    """Its empty cells take no mark away."""
    assert compared(tmp_path / "a", 11, None, (11, 11), cell="new").points == {"ana": {"bptt_W": 11}}
    (entry,) = compared(tmp_path / "b", 11, None, (11, 11), cell="c").entries
    assert entry.points is None


def test_what_has_no_cell_is_listed(tmp_path: Path) -> None:
    """The sum, a withheld mark, and a task that the course lacks; of students of the class alone."""
    settings = Settings(tasks={"bptt_U": TaskSettings(enabled=False)})
    with stored(tmp_path, graded("ana"), graded("gone"), settings=settings) as store:
        wishes = [Wish(who, TOTAL, "50", "x") for who in ("ana", "gone")]
        set_marks(store, [*wishes, Wish("ana", WITHHELD, "", "x"), Wish("ana", "softmax", "1", "x")])
        store.start_run(settings, ["ana"])
        found = agree(store, {"ana": {"bptt_U": Cell(7, "c", 3), "forward": Cell(15, "d")}})
    assert found.without_cell == ["ana, total: 50", "ana, withheld", "ana, softmax: 1"]
    assert (found.entries, found.points) == ([], {})  # a task that is off is nobody's business


def test_all_that_was_done_is_said(tmp_path: Path) -> None:
    """Under a title each, with the points or that there are none."""
    said = compared(tmp_path / "a", 11, None).lines() + compared(tmp_path / "b", None, 12).lines()
    said += compared(tmp_path / "c", 11, 12).lines() + compared(tmp_path / "d", None, 11, (11, 11)).lines()
    assert said == [
        "Marks by hand that went to nbgrader's gradebook (1):",
        "  ana, bptt_W: 11",
        "Marks by hand that came from nbgrader's gradebook (1):",
        "  ana, bptt_W: 12",
        "Changed by hand here and in nbgrader's gradebook, so left as they are (1):",
        "  ana, bptt_W: 11 here, 12 there",
        "Marks by hand that went to nbgrader's gradebook (1):",
        "  ana, bptt_W: none",
    ]


def test_what_is_remembered_can_be_forgotten(tmp_path: Path) -> None:
    """What was never set is not kept; one student's values go, and the others' stay."""
    with Store(tmp_path / FILE_NAME) as store:
        store.start_run(Settings(), ["ana", "ben"])
        equal = {name: {"bptt_W": (3.0, 3.0, "c"), "softmax": (None, None, "d")} for name in ("ana", "ben")}
        remember(store, equal | {"cy": {"softmax": (None, None, "e")}})
        assert agree(store, {}).equal == {name: {"bptt_W": (3.0, 3.0, "c")} for name in ("ana", "ben")}
        forget_in_gradebook(store, "ana")
        assert agree(store, {}).equal == {"ben": {"bptt_W": (3.0, 3.0, "c")}}
