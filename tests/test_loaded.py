"""The assignment of a process: where another one finds it, what its tasks and functions are called, what varies."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pydantic
import pytest

from autograder.assignment import AssignmentError, Part, Task, Variant
from autograder.model.loading import BUNDLED, in_words, load, loaded, place, use, where
from solutions import ASSIGNMENT
from tests.small_assignment import SMALL, bundled_again, make

__all__ = ["bundled_again"]  # a fixture
pytestmark = pytest.mark.usefixtures("bundled_again")


def test_another_process_finds_the_assignment_by_its_place(tmp_path: Path) -> None:
    """The bundled one has none: it is wherever the kit is there."""
    assert (place(), loaded()) == ("", ASSIGNMENT)
    own = load(make(tmp_path / "own"))
    assert (place(), loaded()) == (str(tmp_path / "own"), own)
    use("")
    assert (loaded(), loaded().folder) == (ASSIGNMENT, BUNDLED)
    use(str(tmp_path / "own"))
    assert loaded().name == "tiny"
    again = loaded()
    use(str(tmp_path / "own"))
    assert loaded() is again


def test_a_folder_that_is_loaded_twice_is_one_assignment(tmp_path: Path) -> None:
    """Also by another way to it; one of the same name elsewhere is another."""
    first = load(make(tmp_path / "a" / "own"))
    (tmp_path / "link").symlink_to(tmp_path / "a" / "own")
    assert load(tmp_path / "link") is first
    assert load(make(tmp_path / "b" / "own")) is not first


def test_a_package_that_broke_is_loaded_again_when_it_is_mended(tmp_path: Path) -> None:
    """What is said names its folder, and the line; nothing of it stays."""
    folder = make(tmp_path / "own", "from . import reference\n1 / 0\n")
    with pytest.raises(AssignmentError, match=r"own/__init__\.py can't be loaded: ZeroDivisionError") as refused:
        load(folder)
    assert str(refused.value).endswith("own/__init__.py, line 2)")
    (folder / "__init__.py").write_text(SMALL, encoding="utf-8")
    assert load(folder).name == "tiny"


def test_an_error_is_placed_in_the_folder_of_the_assignment() -> None:
    """By the last of its lines, or by the folder alone where none of them was running."""
    here = Path(__file__)
    error = None
    try:
        Path(b"")
    except TypeError as found:
        error = found
    assert error is not None
    said = where(error, here.parent)
    assert said.startswith(f"{here}, line ")
    assert where(error, here.parent / "nowhere") == str(here.parent / "nowhere")
    assert in_words(error, here.parent) == f"TypeError: {error} ({said})"
    assert in_words(SyntaxError("no"), here.parent) == "SyntaxError: no"


def test_what_an_assignment_does_not_have_is_left_out(tmp_path: Path) -> None:
    """Samples and styles are folders of it."""
    own = load(make(tmp_path / "own"))
    assert (own.samples, own.styles) == (None, None)
    (own.folder / "samples").mkdir()
    (own.folder / "styles").write_text("")
    assert (own.samples, own.styles) == (own.folder / "samples", None)
    assert own.source() == (own.folder / "reference.py").read_text()


def test_functions_and_parameters_are_those_of_the_signatures() -> None:
    """With their defaults left out; required is what has none."""
    task = Task(3, "two", ("f(x)", 'g(a, b = 1, mode="tanh")'), (Part("p", 1, "it"), Part("q", 2.5, "that")))
    assert (task.functions, task.points, task.title) == (("f", "g"), 3.5, "Task 3: two")
    own = replace(ASSIGNMENT, tasks=(task,))
    assert own.signatures == {"f": "f(x)", "g": 'g(a, b = 1, mode="tanh")'}
    assert (own.parameters("f"), own.parameters("g")) == (("x",), ("a", "b", "mode"))
    assert ({*own.task}, {*own.task_of}) == ({"two"}, {"f", "g"})
    assert ASSIGNMENT.required("forward") == ("params", "X", "h_init")
    assert task.with_parts(task.parts[:1]).points == 1


@pytest.mark.parametrize(("scale", "points"), [(1, 2), (0.5, 1), (1 / 3, 0.6667), (0, 0)])
def test_a_part_is_scaled_to_four_decimals(scale: float, points: float) -> None:
    """Nothing else about it changes."""
    assert Part("p", 2, "it").scaled(scale) == Part("p", points, "it")


@pytest.mark.parametrize("seed", [0, 1, 2**62])
def test_cases_are_drawn_for_a_variant_without_its_seed(seed: int) -> None:
    """That is of the public cases alone."""
    assert (Variant().seed, Variant(seed=seed).asked) == (0, Variant())
    assert Variant().unseen == frozenset()


@pytest.mark.parametrize("given", [{"seed": -1}, {"seed": 2**62 + 1}, {"seed": "1"}, {"seed": 1.0}, {"sede": 1}])
def test_a_variant_takes_what_it_knows(given: dict[str, Any]) -> None:
    """Of the right kind and within its bounds; and it stays as it is."""
    with pytest.raises(pydantic.ValidationError):
        Variant(**given)
    with pytest.raises(pydantic.ValidationError):
        Variant().seed = 3
