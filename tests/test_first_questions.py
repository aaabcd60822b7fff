"""What everybody is asked first is enough: it shows every mistake that the whole case set shows."""

from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from autograder.audit.cover import of_mistakes, required, unmet
from autograder.audit.mistakes import all_pairs
from autograder.cases.case_sets import case_set
from autograder.cli import main
from solutions.first_questions import FIRST
from solutions.mistakes import BUGS
from solutions.relations import RELATIONS
from solutions.tasks import TASKS
from solutions.variant import Variant

SINGLES = [(bug.task, (bug.id,)) for bug in BUGS]
SEEDS = (0, 21)  # one by which the questions were chosen, and one that had no say


@pytest.mark.parametrize("seed", SEEDS)
def test_each_mistake_shows_on_two_of_them(seed: int) -> None:
    """Each single mistake and a sample of pairs; where one question alone shows a mistake, it is among them."""
    assert unmet(of_mistakes(case_set(seed), [*SINGLES, *all_pairs()[seed % 9 :: 9]]), FIRST) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_that_is_asked_is_left_to_the_others_alone(seed: int) -> None:
    """Each function is asked first about each of its parts, activations and reductions, and about T = 1."""
    assert unmet(required(case_set(seed)), FIRST) == []


def test_they_are_questions_that_exist() -> None:
    """Each task has some, no name in the table is of nothing, and fewer than three quarters of all are asked."""
    cases = case_set(0)
    assert list(FIRST) == [task.id for task in TASKS]
    asked = {task.id: {case.name for case in cases.first.of(task.id)} for task in TASKS}
    assert asked == {task: set(names) for task, names in FIRST.items()}
    assert 4 * len(cases.first.cases) < 3 * len(cases.cases)


def test_what_a_function_keeps_shows() -> None:
    """A call is repeated word for word, and others differ by their values alone, so that no answer can be kept."""
    asked = {task.id: case_set(0).first.of(task.id) for task in TASKS}
    assert {"plain", "plain again"} <= {case.name for case in asked["forward"]}
    for task in ("bptt_V", "bptt_W", "bptt_U", "bptt_bias"):
        shapes = [(case.call.function, *(np.shape(arg) for arg in case.call.args[-2:])) for case in asked[task]]
        assert len(set(shapes)) < len(shapes), task


def test_a_choice_that_falls_short_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the question about large errors, a clipped gradient shows nowhere, and the test above would say so."""
    fewer = tuple(name for name in FIRST["bptt_V"] if name != "large errors")
    monkeypatch.setitem(FIRST, "bptt_V", fewer)
    clipped = list(of_mistakes(case_set(0), [("bptt_V", ("clipped-inside-5",))]))
    assert unmet(clipped, FIRST) != []


@pytest.mark.parametrize("change", [{"activation": "tanh"}, {"H": 6}])
def test_a_variant_is_asked_everything_first(change: dict[str, Any]) -> None:
    """The choice was made for the sizes and activations as they come: with others, all is asked that decides a mark."""
    cases = case_set(0, Variant(**change))
    left = {case.name.removeprefix(f"{case.call.function}, ") for case in cases.cases if not case.first}
    later = {name for name in left if not name.endswith(", identity")}
    assert later == {
        "h_init is 0",
        *(name for arrays in RELATIONS.looks.values() for own in arrays.values() for name in own),
    }


@pytest.mark.thorough
def test_the_command_finds_the_table_sufficient() -> None:
    """`bptt audit --questions` holds the table against mutants as well, and prints one that could take its place."""
    result = CliRunner().invoke(main, ["audit", "--questions", "--seeds", "1", "--jobs", "1"])
    assert result.exit_code == 0, result.output
    assert '"bptt_W": (' in result.output
