"""Which case set a seed gives: the first that can be drawn, on which each mistake shows, and that is certified."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograder.assignment import AssignmentError
from autograder.cases.case_sets import NoCases, case_set, prove, proved_here
from autograder.cases.drawing import draw
from autograder.cases.mutant_trials import Found, State
from autograder.cases.mutants import Mutant
from autograder.cases.mutation_proof import hidden_mutants, see_answers_differ
from autograder.model.loading import load, loaded
from tests.small_assignment import SMALL, bundled_again, make
from tests.test_assignment import KNOWN

__all__ = ["bundled_again"]  # a fixture
pytestmark = pytest.mark.usefixtures("bundled_again")

ASKED = 'yield ask("double", "values", "a vector", rng.standard_normal(3))'
HEAD = "import random\nfrom autograder.assignment import Unsuitable\n"
#: The first number that is drawn at each attempt of seed 0.
FIRST = [np.random.default_rng([attempt, 0]).standard_normal(3)[0] for attempt in range(100)]
#: The first attempt at which it is above 1, which is none of the first.
LUCKY = next(n for n, first in enumerate(FIRST) if first > 1)
UNLUCKY = 'x = rng.standard_normal(3)\n    if x[0] <= {}: raise Unsuitable("no luck")\n    ' + ASKED.replace(
    "rng.standard_normal(3)", "x"
)


def use(folder: Path, *changes: tuple[str, str]) -> None:
    """Load the small assignment, with a known mistake, and with these changes."""
    text = HEAD + KNOWN
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    load(make(folder / "own", text))


def is_of(attempt: int) -> bool:
    """Whether this attempt is the one that was proved, and the next run finds it again."""
    found, cases = prove(0)
    assert cases.cases[0].call.args[0][0] == FIRST[attempt]
    assert proved_here(0, loaded().variant()) == found
    assert case_set(0).cases[0].call.args[0][0] == FIRST[attempt]
    return found == attempt


def test_the_first_attempt_is_taken_where_nothing_is_against_it(tmp_path: Path) -> None:
    """It is known afterwards."""
    use(tmp_path)
    assert proved_here(0, loaded().variant()) is None
    assert is_of(0)


def test_a_set_that_cannot_be_drawn_is_passed_over(tmp_path: Path) -> None:
    """Up to a hundred times."""
    assert LUCKY > 0
    use(tmp_path, (ASKED, UNLUCKY.format(1)))
    assert is_of(LUCKY)
    use(tmp_path / "none", (ASKED, UNLUCKY.format(99)))
    said = "of 100 case sets, drawn for seed 0, none can be used; the last: no luck"
    with pytest.raises(NoCases, match=said):
        prove(0)


def test_a_set_on_which_a_mistake_does_not_show_is_passed_over(tmp_path: Path) -> None:
    """The proof has a say."""
    use(tmp_path, ("3 * x", "(3 if x[0] > 1 else 2) * x"))
    assert is_of(LUCKY)


def test_a_set_that_is_not_certified_is_passed_over(tmp_path: Path) -> None:
    """So has the assignment."""
    refuse = "certify=lambda cases: '' if cases.cases[0].call.args[0][0] > 1 else 'it is too small', draw=draw,"
    use(tmp_path, ("draw=draw,", refuse))
    assert is_of(LUCKY)
    use(tmp_path / "none", ("draw=draw,", "certify=lambda _: 'never', draw=draw,"))
    with pytest.raises(NoCases, match="the last: never"):
        prove(0)


@pytest.mark.parametrize(
    "asked",
    [
        ASKED.replace("rng.standard_normal(3)", "random.random()"),
        f"for n in range(random.choice((1, 2, 3))):\n        {ASKED.replace('a vector', 'case ')}".replace(
            'case "', 'case " + str(n)'
        ),
        f'{ASKED}\n    yield ask("double", "values", f"{{random.random()}}", 3.0)',
        f'{ASKED}\n    yield ask("double", "values", "one", random.random())',
    ],
    ids=["a number", "how many", "a name", "the last"],
)
def test_a_seed_must_give_the_same_questions_each_time(tmp_path: Path, asked: str) -> None:
    """Each process that grades draws them for itself."""
    use(tmp_path, (ASKED, asked))

    def prove_often() -> None:
        for _ in range(20):  # by chance it may ask the same
            prove(0)

    with pytest.raises(AssignmentError, match="draw, called with the same seed again, asks something else in the case"):
        prove_often()


def test_cases_stand_in_the_order_of_their_tasks(tmp_path: Path) -> None:
    """And within a task as they were drawn."""
    others = "\n    ".join(
        f'yield ask("{name}", "values", "{n}", 1.0)' for n, name in enumerate(("half", "double") * 2)
    )
    half = 'Task(2, "half", ("half(x)",), (Part("values", 4, "any"),)), Task(1, "double"'
    folder = make(
        tmp_path / "own",
        (HEAD + KNOWN).replace(ASKED, others).replace('Task(1, "double"', half),
        "def double(x):\n    return 2 * x\n\ndef half(x):\n    return x / 2\n",
    )
    load(folder)
    assert [case.call.id for case in draw(0, 0).cases] == ["double/1", "double/3", "half/0", "half/2"]


def test_what_else_is_drawn_is_of_the_seed_and_the_attempt_too() -> None:
    """The same each time, and another for each."""
    lots = {(seed, attempt): draw(seed, attempt).lot for seed in range(2) for attempt in range(2)}
    assert len(set(lots.values())) == 4
    assert draw(1, 0).lot == lots[1, 0]
    assert max(lots.values()) > 2**32


def test_a_set_beside_which_no_other_can_be_drawn_is_proved_by_itself(tmp_path: Path) -> None:
    """Where mutants stand for known mistakes, another set would tell which of them are none."""
    only = UNLUCKY.format(0).replace("x[0] <= 0", f"x[0] != {float(FIRST[0])!r}")
    load(make(tmp_path / "own", HEAD + SMALL.replace(ASKED, only)))
    assert prove(0)[0] == 0


def found(count: int, state: State, told_by: str = "", function: str = "double") -> list[Found]:
    """Return so many mutants of which this was found."""
    return [
        Found(Mutant("", "", function, line=n, was=f"was {n}", reads=f"reads {n}"), state, told_by)
        for n in range(count)
    ]


def test_mutants_that_hide_are_told_line_by_line(tmp_path: Path) -> None:
    """Five of them, and how many more; with the question that would tell, where one is known."""
    load(make(tmp_path / "own"))
    shown = found(5, "shown")
    assert hidden_mutants([*shown, *found(3, "equivalent"), *found(2, "broken")]) == ""
    assert hidden_mutants([*shown, *found(1, "survives", "x of shape (3,)")]) == (
        "\n  line 0: no case of double tells `was 0` from `reads 0`; x of shape (3,) would"
    )
    (line,) = hidden_mutants([*found(1, "survives", function="helper"), *shown]).splitlines()[1:]
    assert line == "  line 0: no case of any task tells `was 0` from `reads 0`"
    for count, more in ((5, []), (6, ["  and 1 more"]), (9, ["  and 4 more"])):
        lines = hidden_mutants([*shown, *found(count, "survives")]).splitlines()[1:]
        assert len(lines) == 5 + len(more)
        assert lines[5:] == more


@pytest.mark.parametrize("count", [0, 4])
def test_a_task_of_which_few_mutants_show_cannot_be_got_wrong(tmp_path: Path, count: int) -> None:
    """At least five must: those of its own functions, and no others."""
    load(make(tmp_path / "own"))
    few = [*found(count, "shown"), *found(9, "shown", function="helper"), *found(9, "equivalent")]
    with pytest.raises(AssignmentError, match=f"its cases show {count} of the kit's small edits"):
        hidden_mutants(few)


@pytest.mark.parametrize(
    ("answers", "differ"),
    [
        ([[1.0, 2.0], [1.0, 3.0]], True),
        ([[1.0, 2.0], [1.0, 2.0]], False),
        ([[1.0, 2.0]], True),
        ([[1.0], [1.0, 1.0]], False),
        ([[1.0, 1.0], [2.0, 2.0]], True),
        ([[1.0], [1.0], [2.0]], True),
    ],
)
def test_what_is_right_must_depend_on_what_is_asked(tmp_path: Path, answers: list[list[float]], differ: bool) -> None:
    """Of a task that has no known mistake: another answer, and more than one number in all."""
    load(make(tmp_path / "own"))
    case = draw(0, 0).cases[0]
    cases = [replace(case, expected=(np.array(answer),)) for answer in answers]
    if differ:
        see_answers_differ(cases)
        return
    with pytest.raises(AssignmentError, match="double has the same answer whatever is asked"):
        see_answers_differ(cases)
