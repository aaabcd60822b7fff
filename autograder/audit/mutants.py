"""Mutants: the reference with one small edit each. Some are still right; which, the oracle says."""

import ast
import random
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from autograder.assignment import loaded
from autograder.audit.edits import EDITS, Place

# Numbers and words that are handed over; only arrays can be written into.
_NO_ARRAYS = {"activation", "reduction", "t", "k", "T", "steps", "max_steps", "stop", "learning_rate"}


@dataclass(frozen=True)
class Mutant:
    """One edited submission."""

    text: str
    what: str  # "bptt_W: operands swapped in 'a @ b'"


@cache
def all_mutants() -> tuple[Mutant, ...]:
    """Return every mutant that there is, each once, in the order of the file."""
    tree = ast.parse(loaded().source())
    _drop_docstrings(tree)
    parts = [ast.unparse(node) for node in tree.body]
    seen = set(parts)
    kept = []
    for n, function in enumerate(tree.body):
        for what in _edited(function) if isinstance(function, ast.FunctionDef) else ():
            text = ast.unparse(function)
            if text not in seen and _compiles(text):
                seen.add(text)
                kept.append(Mutant("\n\n\n".join((*parts[:n], text, *parts[n + 1 :])) + "\n", what))
    return tuple(kept)


def some_mutants(count: int) -> tuple[Mutant, ...]:
    """Return so many mutants from all over the file, always the same ones; none of them chose the questions."""
    return _shuffled()[1::2][:count]


def choosing_mutants() -> tuple[Mutant, ...]:
    """Return the other half of the mutants, by which the first questions are chosen."""
    return _shuffled()[::2]


@cache
def _shuffled() -> tuple[Mutant, ...]:
    mutants = list(all_mutants())
    random.Random(0).shuffle(mutants)  # noqa: S311 - a sample, not a secret
    return tuple(mutants)


def _compiles(text: str) -> bool:
    try:
        with warnings.catch_warnings(action="ignore"):
            compile(text, "rnn.py", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _drop_docstrings(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            node.body = node.body[1:]


def _edited(function: ast.FunctionDef) -> Iterator[str]:
    """Make one edit after the other in the function itself, and take each back before the next."""
    inputs = [argument.arg for argument in function.args.args]
    stored = [node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    names = dict.fromkeys(name for name in (*inputs, *stored) if name != "_")
    place = Place(tuple(names), tuple(name for name in inputs if name not in _NO_ARRAYS))
    for parent, field, value in _slots(function):
        if isinstance(value, ast.AST):
            for what, new in _variants(value, place):
                setattr(parent, field, new)
                yield f"{function.name}: {what}"
            setattr(parent, field, value)
        elif isinstance(value, list):
            for n, item in enumerate(value):
                for what, new in _variants(item, place) if isinstance(item, ast.AST) else ():
                    value[n] = new
                    yield f"{function.name}: {what}"
                value[n] = item


def _slots(function: ast.FunctionDef) -> Iterator[tuple[ast.AST, str, Any]]:
    """Return every place of a function that an edit may change: not types or messages, which are for people."""
    messages = {inner for node in ast.walk(function) if isinstance(node, ast.Raise) for inner in ast.walk(node)}
    for parent in list(ast.walk(function)):
        for field, value in list(ast.iter_fields(parent)):
            if parent not in messages and field not in ("annotation", "returns"):
                yield parent, field, value


def _variants(node: ast.AST, place: Place) -> Iterator[tuple[str, ast.AST]]:
    for edit in EDITS:
        for what, new in edit(node, place):
            yield f"{what} in {ast.unparse(node).splitlines()[0]!r}", ast.fix_missing_locations(new)
