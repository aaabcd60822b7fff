"""What the self-check differentiates numerically: evaluated with the reference first, so that a slip is found here."""

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from autograder.assignment import AssignmentError, Derivative
from autograder.judge.expressions import Names
from autograder.model.cases import Array, Case
from autograder.model.loading import loaded
from autograder.model.plan import fields_of, is_record

# Differences of a right gradient along a direction are off by 1e-9 or so.
_STEP, _NEAR = 1e-5, 1e-5


def derivative_facts(known: Derivative, cases: Iterable[Case], small: Mapping[str, object]) -> dict[str, Any]:
    """Return one as the handout's `numerical` takes it.

    Args:
        known: what is differentiated.
        cases: the public ones of the function; expressions may name the arguments of the first that has them all.
        small: inputs that take the place of those.

    Raises:
        AssignmentError: an expression can't be evaluated, or the reference's answer is not the derivative.
    """
    inputs: Mapping[str, Any] = {}
    try:
        args = _arguments(known)
        inputs = _inputs(known.function, args, cases, small)
        shapes = _tried(known, inputs, args)
    except AssignmentError:
        raise
    except Exception as error:
        raised = f"{type(error).__name__}: {error}"
        if isinstance(error, NameError):
            raised += f"; of the first case it may name {', '.join(inputs)}"
        raise AssignmentError(f"what {known.function} differentiates can't be evaluated: {raised}") from error
    return {
        "function": known.function,
        "item": known.item or "result",
        "of": known.of,
        "by": known.by,
        "where": dict(known.where),
        "args": args,
        "shapes": {name: " ".join(map(str, shape)) for name, shape in shapes.items()},
    }


def _arguments(known: Derivative) -> tuple[str, ...]:
    """Return what the function is called with: its arguments up to the last that has no default, or is named."""
    trees = [ast.parse(text, mode="eval") for text in (known.of, known.by, *known.where.values())]
    named = {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}
    named.update(loaded().required(known.function))
    names = loaded().parameters(known.function)
    return names[: max((n for n, name in enumerate(names, 1) if name in named), default=0)]


def _inputs(
    function: str, args: tuple[str, ...], cases: Iterable[Case], small: Mapping[str, object]
) -> Mapping[str, Any]:
    """Return what names stand for: the arguments of the first case that has all of these."""
    for case in cases:
        positional = zip(loaded().parameters(function), case.call.args, strict=False)
        inputs = dict(positional) | case.call.kwargs | dict(small)
        if inputs.keys() >= {*args}:
            return inputs
    raise AssignmentError(f"what {function} differentiates can't be evaluated: none of its cases has {', '.join(args)}")


def _tried(known: Derivative, inputs: Mapping[str, Any], args: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Return the shapes of definitions, and of what is differentiated under "". Raises what expressions raise."""
    (root, _, field), reference, functions = known.by.partition("."), loaded().reference, loaded().task_of

    def names(moved: Array | None = None) -> Names:
        def given(name: str) -> Any:
            if name == root and moved is not None:
                record = inputs.get(name)
                return type(record)(**fields_of(record) | {field: moved}) if is_record(record) else moved
            return getattr(reference, name) if name in functions and name not in inputs else inputs[name]

        return Names(given, {name: of for name, of in known.where.items() if moved is None or name != root})

    here = names()
    answer = getattr(reference, known.function)(*map(here.value, args))
    got = answer[loaded().task_of[known.function].returns.index(known.item)] if known.item else answer
    at, value = np.asarray(here.value(known.by), np.float64), np.asarray(here.value(known.of))
    if np.asarray(here.value(known.by)).dtype == bool:
        raise AssignmentError(f"{known.function} can't differentiate by {known.by}, which is True or False")
    _require(known, got, at, lambda moved: names(moved).value(known.of))
    found = {name: np.shape(one) for name, one in here.items() if isinstance(one, np.ndarray | np.floating)}
    return found | {"": value.shape}


def _require(known: Derivative, got: Any, at: Array, value_at: Callable[[Array], Any]) -> None:
    """Compare the reference's answer with a difference along one direction."""
    direction = np.random.default_rng(0).standard_normal(at.shape)
    ahead, behind = (np.asarray(value_at(at + sign * _STEP * direction), np.float64) for sign in (1, -1))
    due = (ahead - behind) / (2 * _STEP)
    shape = due.shape + at.shape
    if np.shape(got) != shape:
        raise AssignmentError(
            f"{known.function} returns the shape {np.shape(got)}; the derivative of {known.of} has {shape}"
        )
    along = np.tensordot(np.asarray(got), direction, at.ndim)
    if not np.allclose(along, due, _NEAR, _NEAR * np.abs(due).max(initial=0.0)):
        raise AssignmentError(
            f"what {known.function} of the reference returns is not the derivative of {known.of} by {known.by}"
        )
