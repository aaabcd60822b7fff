"""nbgrader's cells: what a task earns in a cell, a notebook made whole, and penalties of a course's plug-in."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from nbgrader.plugins import BasePlugin
from traitlets.config import Config

from autograder.model.verdict import ByHand, Outcome, Verdict
from autograder.nbgrader.outputs import Unsettled, earned, fill, without_hidden
from autograder.nbgrader.penalties import Penalties
from autograder.nbgrader.repair import Known, repaired
from tests.sample_verdicts import graded, missing, not_graded

HAND = ByHand(3.0, 11.0, "on paper", "tutor", "2026-11-29T10:00:00+00:00")


def with_points(points: float, of: float, hand: ByHand | None = None) -> Verdict:
    return Verdict("ana", "graded", points, 100, tasks=(Outcome("bptt_W", "partial", points, of, hand=hand),))


@pytest.mark.parametrize(
    ("points", "of", "most", "due"),
    [
        (7.5, 15, 15, 7.5),
        (7.5, 15, 30, 15),
        (7.5, 15, 10, 5),
        (16, 15, 15, 15),
        (-1, 15, 15, 0),
        (3, 0, 2, 2),
        (0, 0, 2, 0),
    ],
)
def test_a_task_earns_its_share_of_a_cell(points: float, of: float, most: float, due: float) -> None:
    """And never more than the cell has, or less than nothing."""
    assert earned("bptt_W", most, with_points(points, of)) == due


def test_a_task_that_was_not_graded_is_no_zero() -> None:
    """Unless nothing was run at all, or a person alone gave points."""
    with pytest.raises(
        Unsettled, match="the cell softmax has points, but the settings of this run switch the task off"
    ):
        earned("softmax", 8, with_points(3, 15))
    assert earned("softmax", 8, missing("ana")) == 0
    assert earned("softmax", 8, with_points(11, 15, HAND)) == 0


def cell(grade_id: str = "", kind: str = "code", source: str = "x", **mark: Any) -> dict[str, Any]:
    mark = {"grade_id": grade_id, "grade": True, "solution": False, "points": 15, **mark} if grade_id else {}
    return {"cell_type": kind, "source": source, "metadata": {"nbgrader": mark} if mark else {}, "outputs": []}


def test_a_verdict_is_put_into_graded_cells_alone() -> None:
    """A summary on top; a cell of no task waits for a person; what a person set stands beside, not in it."""
    cells = [cell(), cell("bptt_W"), cell("other"), cell("bptt_V-code", solution=True), cell("text", "markdown")]
    cells[1]["source"] = "check()\n### BEGIN HIDDEN TESTS\nsecret\n### END HIDDEN TESTS\nmore"
    notebook: Any = {"cells": cells}
    fill(notebook, replace(graded("ana"), tasks=with_points(11, 15, HAND).tasks))
    summary, plain, task, other, solution, text = notebook["cells"]
    assert (summary["id"], summary["cell_type"]) == ("summary", "markdown")
    assert [one["outputs"] for one in (plain, solution, text)] == [[], [], []]
    assert [one["output_type"] for one in task["outputs"]] == ["display_data", "execute_result"]
    assert float(task["outputs"][1]["data"]["text/plain"]) == 3
    assert task["outputs"][0]["metadata"]["bptt"] == {"status": "graded", "state": "partial"}
    assert task["source"] == "check()\nmore"
    assert ["points are to be given by hand" in str(one) for one in other["outputs"]] == [True]
    with pytest.raises(Unsettled, match="could not be started: run the same command again"):
        fill({"cells": []}, not_graded("ana"))


def test_hidden_tests_are_taken_out_wherever_they_are() -> None:
    """Also where the end is missing, or the marks are written otherwise."""
    for begin, end in (
        ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"),
        ("  # BEGIN HIDDEN TESTS", "#END HIDDEN TESTS"),
    ):
        assert without_hidden(f"a\n{begin}\nb\n{end}\nc\n{begin}\nd") == "a\nc"
    assert without_hidden("a\nb") == "a\nb"


# --- a notebook made whole -------------------------------------------------------------------------

KNOWN = [
    Known("bptt_W-code", "code", "stub", None, locked=False, grade=False, solution=True),
    Known("bptt_W", "code", "check()", "sum", locked=True, grade=True, solution=False, points=15.0),
    Known("essay", "markdown", "Write.", None, locked=False, grade=True, solution=True, points=2.0),
    Known("extra", "markdown", "Draw.", None, locked=True, grade=False, solution=False, points=3.0, task=True),
    Known("note", "markdown", "Read.", None, locked=True, grade=False, solution=False),
]


def whole(folder: Path, *cells: Any, **facts: Any) -> list[tuple[str, str, str]]:
    """Return (id, type, source) of each cell of a notebook once it is repaired."""
    (folder / "rnn.ipynb").write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": cells} | facts))
    return told(folder)


def told(folder: Path) -> list[tuple[str, str, str]]:
    found = repaired(folder / "rnn.ipynb", KNOWN, 10**6)
    assert [one["id"] for one in found["cells"]] == [f"cell-{n}" for n in range(1, len(found["cells"]) + 1)]
    return [
        (one["metadata"].get("nbgrader", {}).get("grade_id", ""), one["cell_type"], one["source"])
        for one in found["cells"]
    ]


BACK = "# This cell was not in what was handed in. It is put back so that its points can be shown.\n"
PUT_BACK = [("bptt_W", "code", "check()"), ("essay", "markdown", BACK[2:]), ("extra", "markdown", "Draw.")]


def test_each_graded_cell_is_there_once(tmp_path: Path) -> None:
    """With the course's text where it is locked; of copies the last counts; what is gone is put back at the end."""
    mine = cell("bptt_W-code", source=["def f():\n", "    pass"], solution=True, grade=False)
    found = whole(
        tmp_path, cell("bptt_W", source="return 15"), mine, cell("bptt_W", source="return 16"), cell(source="y")
    )
    assert found == [
        ("", "code", "return 15"),
        ("bptt_W-code", "code", "def f():\n    pass"),
        ("bptt_W", "code", "check()"),
        ("", "code", "y"),
        *PUT_BACK[1:],
    ]
    (again,) = (one for one in repaired(tmp_path / "rnn.ipynb", KNOWN, 10**6)["cells"] if one["source"] == "check()")
    assert again["metadata"]["nbgrader"] == {
        "schema_version": 3, "grade_id": "bptt_W", "grade": True, "solution": False, "locked": True, "task": False,
        "cell_type": "code", "points": 15.0, "checksum": "sum",
    }  # fmt: skip


def test_odd_cells_lose_what_is_odd(tmp_path: Path) -> None:
    """Their text stays, up to a length; no output, no metadata, no type that there is not."""
    odd = [
        {"cell_type": "heading", "source": 7},
        {"cell_type": "code", "source": "z" * 200_001, "metadata": 3},
        {"source": "q", "metadata": {"nbgrader": "no"}},
        "no cell",
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": ["bptt_W"]}}},
    ]
    (tmp_path / "rnn.ipynb").write_text(json.dumps({"nbformat": 4, "cells": [cell(), *odd]}))
    found = told(tmp_path)
    assert found == PUT_BACK  # it is no notebook: nothing of it is kept
    usual = [
        cell(source="q"),
        {"cell_type": "heading", "source": "t"},
        cell(source="z" * 200_001),
        cell(source="z" * 200_000),
    ]
    found = whole(tmp_path, *usual)
    assert [kind for _, kind, _ in found[:4]] == ["code", "raw", "code", "code"]
    assert found[2][2] == "z" * 200_000 + "\n# … cut here: 200,001 characters"
    assert found[3][2] == "z" * 200_000


@pytest.mark.parametrize("text", ["", "{", "[]", '{"nbformat": 4, "cells": []}', '{"nbformat": 4}'])
def test_what_is_hardly_a_notebook_has_every_graded_cell(tmp_path: Path, text: str) -> None:
    """So that its points, which are none, can be shown."""
    (tmp_path / "rnn.ipynb").write_text(text)
    assert told(tmp_path) == PUT_BACK
    (tmp_path / "rnn.ipynb").unlink()
    assert told(tmp_path) == PUT_BACK


def test_pictures_in_text_stay_where_they_are_valid(tmp_path: Path) -> None:
    """Of Markdown cells alone."""
    pictures = {"a.png": {"image/png": "abcd"}}
    cells = [cell(kind=kind) | {"attachments": one} for kind in ("markdown", "code") for one in (pictures, {"a": 3}, 7)]
    (tmp_path / "rnn.ipynb").write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}))
    found = repaired(tmp_path / "rnn.ipynb", KNOWN, 10**6)["cells"][:6]
    assert [one.get("attachments") for one in found] == [pictures, None, None, None, None, None]


# --- penalties -------------------------------------------------------------------------------------


class Hourly(BasePlugin):
    """Takes a point for each hour."""

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        return None if student_id == "spared" else total_seconds_late / 3600 - (9 if student_id == "odd" else 0)


DUE = datetime(2026, 11, 20, 23, 0)


def notebook(
    hour: int | None, student: str = "ana", due: datetime | None = DUE, extra: int = 0, there: Any = None
) -> Any:
    """Return a notebook as the gradebook has it, handed in so many hours after it was due."""
    handed_in = (
        None if hour is None else DUE.replace(hour=23 + hour) if hour < 1 else DUE.replace(day=21, hour=hour - 1)
    )
    extended = due and (due if not extra else due.replace(day=21, hour=extra - 1))
    submission = SimpleNamespace(timestamp=handed_in, duedate=extended, assignment=SimpleNamespace(duedate=due))
    return SimpleNamespace(
        assignment=submission, student=SimpleNamespace(id=student), score=6.0, late_submission_penalty=there
    )


@pytest.fixture
def penalties() -> Penalties:
    """Those of a course whose plug-in takes a point for each hour."""
    config = Config()
    config.AssignLatePenalties.plugin_class = Hourly
    return Penalties(config)


@pytest.mark.parametrize(
    ("late", "due"),
    [
        (notebook(-1), None),
        (notebook(0), None),
        (notebook(1), 1),
        (notebook(2), 2),
        (notebook(9), 6),
        (notebook(None), None),
        (notebook(3, due=None), None),
        (notebook(3, extra=2), 1),
        (notebook(2, extra=2), None),
        (notebook(3, "spared"), None),
        (notebook(3, "odd"), 0),
    ],
)
def test_late_work_costs_what_the_plug_in_says(penalties: Penalties, late: Any, due: float | None) -> None:
    """From when it was due, with an extension; never more than the score, nor less than nothing."""
    assert penalties.due(late) == due


@pytest.mark.parametrize(
    ("late", "by_hand"),
    [
        (notebook(3), False),
        (notebook(3, there=3.0), False),
        (notebook(3, there=3.0 + 1e-12), False),
        (notebook(3, there=2.5), True),
        (notebook(3, there=0.0), True),
        (notebook(-1, there=0.0), False),
        (notebook(3, extra=2, there=3.0), False),
        (notebook(3, extra=2, there=1.0), False),
        (notebook(3, extra=2, there=2.0), True),
        (notebook(None, there=1.0), True),
    ],
)
def test_a_penalty_that_is_not_the_plug_in_s_is_a_person_s(penalties: Penalties, late: Any, by_hand: bool) -> None:
    """Before an extension, and after one, what the plug-in would take is its own."""
    assert penalties.by_hand(late) == by_hand
