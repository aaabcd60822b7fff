"""The bundled class is what `samples.toml` says it is, as far as that can be seen without a grader.

Functions that hang, eat memory or kill their process are not called here.
"""

import ast
import contextlib
import copy
import functools
import re
from collections.abc import Callable, Iterator
from typing import Any, get_args

import numpy as np
import pytest

from autograder.model.verdict import STATES, Status
from autograder.submissions import read_source, survey
from solutions import rnn
from solutions.tasks import TASK_BY_ID, TASKS
from tests.conftest import SAMPLE_CLASS, SAMPLES

CLASS = {s.student_id: s for s in survey(SAMPLE_CLASS).submissions}
NAME_TASKS = ("states", "misconception", "follow_through", "unsafe")
SEEDS = range(4)
MAGIC = re.compile(r"^\s*[%!]|\?\s*$|=\s*!")


def states(student: str) -> dict[str, str]:
    """The expected state of every task; empty where nothing is graded."""
    entry = SAMPLES[student]
    if "others" not in entry:
        return {}
    return {task.id: entry.get("states", {}).get(task.id, entry["others"]) for task in TASKS}


def pairs(*wanted: str) -> list[tuple[str, str]]:
    """The (student, task) that are expected in one of these states and can be called here."""
    return [
        (student, task)
        for student, entry in SAMPLES.items()
        for task, state in states(student).items()
        if state in wanted and task not in entry.get("unsafe", [])
    ]


# --- loading, statement by statement ---------------------------------------------------------------


def statements(code: str) -> list[ast.stmt]:
    """The whole statements above the first syntax error."""
    try:
        return ast.parse(code).body
    except SyntaxError as error:
        above = "\n".join(code.splitlines()[: (error.lineno or 1) - 1])
        return statements(above)[:-1]  # the last one is what the error cut short


@functools.cache
def functions(student: str) -> dict[str, Any]:
    """What a student's file or notebook defines, whatever fails in it."""
    path = CLASS[student].path
    assert path is not None
    namespace: dict[str, Any] = {"__name__": "rnn"}
    for label, code in read_source(path, 1_000_000).chunks:
        lines = code.splitlines()
        if path.suffix == ".ipynb":
            lines = [line for line in lines if not MAGIC.search(line)]
        for statement in statements("\n".join(lines)):
            with contextlib.suppress(Exception, SystemExit):
                exec(compile(ast.Module([statement], []), label, "exec"), namespace)
    return namespace


# --- random inputs ---------------------------------------------------------------------------------


def network(rng: np.random.Generator, D: int, H: int, K: int) -> rnn.Params:
    shapes = ((H, D), (H, H), (K, H), (H,), (K,))
    return rnn.Params(*(rng.normal(size=shape) / np.sqrt(H) for shape in shapes))


def calls(seed: int) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Calls of every function on inputs of random shape; the last argument is the activation or reduction."""
    rng = np.random.default_rng(seed)
    T = int(rng.integers(5, 9))
    D, H, K = (int(n) for n in rng.permutation([2, 3, 4, 5, 6])[:3])
    params, square, encoder = network(rng, D, H, K), network(rng, K, H, K), network(rng, D, H, 2)
    X, h_init, Y = rng.normal(size=(T, D)), rng.normal(size=H), rng.dirichlet(np.ones(K), size=T)
    one_hot = np.eye(K)[rng.integers(K, size=T)]
    sure = np.where(one_hot > 0, 1.0, 0.0)  # probabilities of exactly 0 and 1, and all of them right
    start = np.eye(K)[int(rng.integers(K))]
    yield "softmax", (rng.normal(size=(2, 3, K)),)
    yield "softmax", (1e4 * rng.normal(size=(T, K)),)
    for reduction in get_args(rnn.Reduction):
        Y_hat = rng.dirichlet(np.ones(K), size=T)
        yield "cross_entropy", (Y_hat, Y, reduction)
        yield "cross_entropy", (0.5 * sure + 0.5 * np.roll(sure, 1, axis=1), one_hot, reduction)
        yield "output_error", (Y_hat, Y, reduction)
    for activation in get_args(rnn.Activation):
        states, Y_hat = rnn.forward(params, X, h_init, activation)
        dO = Y_hat - Y
        yield "forward", (params, X, h_init, activation)
        for t, k in ((T - 1, 0), (3, 1), (2, 2)):
            yield "hidden_jacobian", (params, states, t, k, activation)
        yield "bptt_V", (dO, states)
        yield "bptt_W", (params, dO, states, h_init, activation)
        yield "bptt_U", (params, dO, X, states, activation)
        yield "bptt_b", (params, dO, states, activation)
        yield "bptt_c", (dO,)
        yield "one_to_one", (square, start, h_init, 5, activation)
        yield "one_to_many", (params, X[0], h_init, 4, activation)
        yield "many_to_one", (params, X, h_init, activation)
        spoken = rnn.many_to_many(encoder, square, X, h_init, start, -1, 6, activation).argmax(axis=1)
        unspoken = set(range(K)) - {int(index) for index in spoken}
        for stop in (int(spoken[2]), *sorted(unspoken)[:1]):
            yield "many_to_many", (encoder, square, X, h_init, start, stop, 6, activation)
    yield "gradient_step", (params, network(rng, D, H, K), 0.1)


def agrees(function: Callable[..., Any], name: str, args: tuple[Any, ...]) -> bool:
    """Whether a function returns what the reference does, to 1e-9, and leaves its arguments as they were."""
    given = copy.deepcopy(args)
    got, right = function(*given), getattr(rnn, name)(*args)
    return same(got, right, 1e-9) and same(given, args, 0.0)


def same(got: Any, right: Any, tolerance: float) -> bool:
    if isinstance(right, tuple):
        return len(got) == len(right) and all(same(g, r, tolerance) for g, r in zip(got, right, strict=True))
    if isinstance(right, str):
        return bool(got == right)
    got, right = np.asarray(got, dtype=float), np.asarray(right)
    return got.shape == right.shape and bool(np.all(np.abs(got - right) <= tolerance * np.max(np.abs(right))))


def agreement(student: str, task: str, seed: int) -> list[bool]:
    """For every call of a task on one seed, whether the student's answer is right."""
    mine = functions(student)
    with np.errstate(all="ignore"):
        return [agrees(mine[f], f, args) for f, args in calls(seed) if f in TASK_BY_ID[task].functions]


# --- claims ----------------------------------------------------------------------------------------


def test_every_submission_has_its_row() -> None:
    """The folder and the table name the same students, and the table uses the kit's own words."""
    assert CLASS.keys() == SAMPLES.keys()
    for student, entry in SAMPLES.items():
        assert entry["status"] in get_args(Status), student
        assert set(states(student).values()) <= set(STATES), student
        named = {task for field in NAME_TASKS for task in entry.get(field, ())}
        assert named <= TASK_BY_ID.keys(), student
        assert not CLASS[student].problem


def test_notes_and_missing_work_are_found() -> None:
    """Where the table asks for a note it is there, elsewhere there is none; only missing work has no path."""
    for student, submission in CLASS.items():
        note = SAMPLES[student].get("note")
        assert [note in text for text in submission.notes] == ([True] if note else []), student
        assert (submission.path is None) == (SAMPLES[student]["status"] == "missing"), student


@pytest.mark.parametrize("student", [student for student in SAMPLES if "pass" in states(student).values()])
@pytest.mark.parametrize("seed", SEEDS)
def test_what_should_pass_agrees_with_the_reference(student: str, seed: int) -> None:
    """Every task expected to pass agrees with the reference on random shapes, whatever else the file does."""
    right = [task for task, state in states(student).items() if state == "pass"]
    assert [task for task in right if not all(agreement(student, task, seed))] == []


@pytest.mark.parametrize("student", sorted({s for s, t in pairs("pass") if t == "cross_entropy"}))
def test_an_impossible_truth_costs_much(student: str) -> None:
    """A true class of probability 0 costs +inf or a large number, never nan."""
    with np.errstate(all="ignore"):
        assert functions(student)["cross_entropy"](np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]])) >= 27


@pytest.mark.parametrize(("student", "task"), pairs("fail", "partial"))
def test_mistakes_show(student: str, task: str) -> None:
    """A task expected to lose marks differs from the reference, or changes its arguments, on every seed."""
    assert not any(all(agreement(student, task, seed)) for seed in SEEDS)


@pytest.mark.parametrize(("student", "task"), pairs("partial"))
def test_partial_work_is_right_in_part(student: str, task: str) -> None:
    """A task expected to be partial is right on some calls, or right but for the student's own forward."""
    if task in SAMPLES[student].get("follow_through", []):
        mine = functions(student)
        own, mine["forward"] = mine["forward"], rnn.forward
        try:
            assert all(all(agreement(student, task, seed)) for seed in SEEDS)
        finally:
            mine["forward"] = own
    else:
        assert all(any(agreement(student, task, seed)) for seed in SEEDS)


@pytest.mark.parametrize(("student", "task"), pairs("not_implemented"))
def test_unwritten_tasks_are_stubs_or_absent(student: str, task: str) -> None:
    """A task expected as not implemented raises NotImplementedError with its number, or isn't defined at all."""
    for name, args in calls(0):
        function = functions(student).get(name)
        if name in TASK_BY_ID[task].functions and function is not None:
            with pytest.raises(NotImplementedError, match=TASK_BY_ID[task].title):
                function(*args)


@pytest.mark.parametrize(("student", "task"), pairs("error"))
def test_errors_are_raised_on_every_call(student: str, task: str) -> None:
    """A task expected to end in an error does so on the contract's own arguments."""
    for name, args in calls(0):
        if name in TASK_BY_ID[task].functions:
            with pytest.raises(TypeError):
                functions(student)[name](*args)


def test_nothing_above_a_syntax_error_in_the_first_lines_can_be_graded() -> None:
    """The file expected as import_error defines none of the functions."""
    (student,) = (student for student, entry in SAMPLES.items() if entry["status"] == "import_error")
    assert not {f for task in TASKS for f in task.functions} & functions(student).keys()
