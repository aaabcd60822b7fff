"""Odd answers: the self-check and the grader say right or wrong alike, whatever a function returns."""

import importlib
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograder.handout.public_cases import public_cases, public_name
from autograder.judge.values import examine
from autograder.model.cases import Case
from autograder.model.settings import Settings
from autograder.sandbox.host.messages import Message, PartHeader, read_reply
from solutions.rnn import Params
from tests.messages import released

CASES = public_cases(Settings()).cases
ROOM = Path(__file__).parent.parent / "autograder" / "sandbox" / "worker"
Odd = Callable[[Any], Any]


def changed(array: Any, value: float) -> Any:
    """Return an array with another number for its last entry."""
    new = np.array(array, float)
    new.flat[-1] = value
    return new


# What is made of each array of a right answer, and whether it is right still.
ARRAYS: dict[str, tuple[Odd, bool]] = {
    "as it is": (lambda a: a, True),
    "list": (lambda a: a.tolist(), True),
    "list of arrays": (lambda a: list(a) if a.ndim else a, True),
    "numpy scalar or array": (lambda a: a[()], True),
    "columns first in memory": (lambda a: np.array(a, order="F"), True),
    "float32": (np.float32, True),
    "longdouble": (np.longdouble, True),
    "masked array": (lambda a: np.ma.masked_array(a), True),
    "complex, imaginary part 0": (lambda a: a + 0j, False),
    "tuple": (lambda a: tuple(a) if a.ndim else (a,), False),
    "bool": (lambda a: np.ones(a.shape, bool), False),
    "one True": (lambda a: True, False),
    "None": (lambda a: None, False),
    "string": (lambda a: str(a.tolist()), False),
    "strings": (lambda a: a.astype(str), False),
    "objects": (lambda a: a.astype(object), False),
    "fractions": (lambda a: Fraction(1, 2), False),
    "another kind of array": (lambda a: memoryview(np.ascontiguousarray(a)), False),
    "dict": (lambda a: {"result": a}, False),
    "one axis more": (lambda a: a[None], False),
    "one axis more at the end": (lambda a: a[..., None], False),
    "flat": (lambda a: np.ravel(a) if a.ndim != 1 else a[None], False),
    "uneven list": (lambda a: [[1.0], [1.0, 2.0]], False),
    "empty": (lambda a: np.zeros(0), False),
    "zeros": (lambda a: np.zeros(a.shape), False),
    "nan": (lambda a: changed(a, np.nan), False),
    "minus inf": (lambda a: changed(a, -np.inf), False),
    "no array at all": (lambda a: SimpleNamespace(), False),
}
# The same for whole answers.
CONTAINERS: dict[str, Odd] = {
    "list": list,
    "named": lambda answer: SimpleNamespace(**answer._asdict()) if hasattr(answer, "_asdict") else answer[::-1],
    "one too few": lambda answer: tuple(answer[:-1]),
    "one too many": lambda answer: (*answer, answer[0]),
    "the first alone": lambda answer: answer[0],
    "None": lambda answer: None,
}


@pytest.fixture(scope="module")
def desk() -> Iterator[Callable[[Case, Any], bool]]:
    """Whether the self-check takes an answer to a public case."""
    with released():
        cases = importlib.import_module("selfcheck.cases").CASES
        compare, results = (importlib.import_module(f"selfcheck.{name}") for name in ("compare", "results"))

        def right(case: Case, answer: Any) -> bool:
            try:
                compare.compare(answer, cases[f"{case.call.function}/{public_name(case)}"])
            except results.Wrong:
                return False
            return True

        yield right


@pytest.fixture(scope="module")
def grader() -> Callable[[Case, Any], bool]:
    """Whether the grader takes the same, as its worker sends it."""
    sys.path.insert(0, str(ROOM))
    try:
        parts_of = importlib.import_module("caller").parts_of
    finally:
        sys.path.remove(str(ROOM))

    def right(case: Case, answer: Any) -> bool:
        container, parts, buffers = parts_of(answer)
        headers = [PartHeader(**part | {"shape": list(part["shape"])}) for part in parts]
        message = Message(container=container, parts=headers)
        return examine(case, read_reply(message, b"".join(buffers), 0)[0]).state == "pass"

    return right


def answer_of(case: Case, change: Odd) -> Any:
    """Return the right answer with each of its arrays changed."""
    items = [change(np.array(item)) for item in case.expected]
    return items[0] if case.container == "array" else Params(*items) if case.container == "Params" else tuple(items)


@pytest.mark.parametrize("kind", ARRAYS)
def test_odd_arrays_are_judged_alike(kind: str, desk: Any, grader: Any) -> None:
    """In every public case both say what the table says."""
    change, due = ARRAYS[kind]
    with np.errstate(all="ignore"):
        for case in CASES:
            if case.at_least is not None and kind == "zeros":
                continue
            answer = answer_of(case, change)
            assert (desk(case, answer), grader(case, answer)) == (due, due), case.call.id


@pytest.mark.parametrize("kind", CONTAINERS)
def test_odd_containers_are_refused_alike(kind: str, desk: Any, grader: Any) -> None:
    """Two arrays are a tuple of two, and a Params has its five fields."""
    for case in CASES:
        if case.container != "array":
            answer = CONTAINERS[kind](answer_of(case, lambda item: item))
            assert (desk(case, answer), grader(case, answer)) == (False, False), case.call.id


@pytest.mark.parametrize(("loss", "due"), [(np.inf, True), (27.0, True), (26.9, False), (np.nan, False), (True, False)])
@pytest.mark.parametrize("kind", [float, np.float32, np.asarray])
def test_the_loss_of_the_impossible_is_judged_alike(kind: Odd, loss: float, due: bool, desk: Any, grader: Any) -> None:
    """27 and more will do, infinity too; nan never does."""
    answer = loss if loss is True else kind(loss)
    for case in CASES:
        if case.at_least is not None:
            assert (desk(case, answer), grader(case, answer)) == (due, due), case.call.id
