"""Mutants: the reference with one small edit each. Some are still right; which, the oracle says."""

import ast
import random
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice, zip_longest
from typing import Any, Literal, get_args, get_origin, get_type_hints

from autograder.assignment import Assignment
from autograder.cases.edits import EDITS, Place
from autograder.cases.shapes import shapes
from autograder.model.loading import loaded
from autograder.model.plan import field_names


@dataclass(frozen=True)
class Mutant:
    """One edited submission."""

    text: str
    what: str  # "step: operands swapped in 'a @ b'"
    function: str = ""
    edit: int = 0  # so many edits of the function come before it
    line: int = 0  # of the reference
    edited: str = ""  # the function's text
    was: str = ""  # a line of the function before the edit, and as it reads now
    reads: str = ""


def all_mutants() -> tuple[Mutant, ...]:
    """Return every mutant that there is, each once, in the order of the file."""
    return _mutants(loaded())


@cache
def _mutants(assignment: Assignment) -> tuple[Mutant, ...]:
    tree = ast.parse(assignment.source())
    _drop_docstrings(tree)
    parts = [ast.unparse(node) for node in tree.body]
    seen = set(parts)
    kept = []
    for n, function in enumerate(tree.body):
        edits = _edited(function) if isinstance(function, ast.FunctionDef) else ()
        for edit, (what, line) in enumerate(edits):
            text = ast.unparse(function)
            if text not in seen and _compiles(text):
                seen.add(text)
                whole = "\n\n\n".join((*parts[:n], text, *parts[n + 1 :])) + "\n"
                kept.append(Mutant(whole, what, what.partition(":")[0], edit, line, text, *_difference(parts[n], text)))
    return tuple(kept)


def _difference(before: str, after: str) -> tuple[str, str]:
    """Return the first line in which two texts differ, of each."""
    pairs = zip_longest(before.splitlines(), after.splitlines(), fillvalue="")
    was, reads = next(pair for pair in pairs if pair[0] != pair[1])
    return was.strip(), reads.strip()


def some_mutants(count: int) -> tuple[Mutant, ...]:
    """Return so many mutants from all over the file, always the same ones; none of them chose the questions."""
    return _shuffled(loaded())[1::2][:count]


def choosing_mutants() -> tuple[Mutant, ...]:
    """Return the other half of the mutants, by which the first questions are chosen."""
    return _shuffled(loaded())[::2]


def some_pairs(count: int) -> tuple[Mutant, ...]:
    """Return so many mutants with a second edit in the same function, always the same ones."""
    return _pairs(loaded(), count)


@cache
def _pairs(assignment: Assignment, count: int) -> tuple[Mutant, ...]:
    dice = random.Random(0)  # noqa: S311 - a sample, not a secret
    singles = {mutant.text for mutant in _mutants(assignment)}
    pairs = (_edited_again(mutant, dice) for mutant in _shuffled(assignment))
    return tuple(islice((pair for pair in pairs if pair.text not in singles and _compiles(pair.text)), count))


def _edited_again(mutant: Mutant, dice: random.Random) -> Mutant:
    """Return a mutant with another of the edits that can be made in its function."""
    tree = ast.parse(loaded().source())
    _drop_docstrings(tree)
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    function = next(node for node in functions if node.name == mutant.function)
    _apply(function, mutant.edit)
    count = sum(1 for _ in _edited(function))
    if not count:  # as in `return Q`: it stays the single one that it is
        return mutant
    what = _apply(function, dice.randrange(count))
    text = "\n\n\n".join(map(ast.unparse, tree.body)) + "\n"
    return replace(mutant, text=text, what=f"{mutant.what}, and {what.partition(': ')[2]}")


def _apply(function: ast.FunctionDef, edit: int) -> str:
    """Make one edit of a function, by its number, and return what it is."""
    what, _ = next(islice(_edited(function), edit, None))
    return what  # the edit is not taken back, since nothing more is asked of the edits


@cache
def _shuffled(assignment: Assignment) -> tuple[Mutant, ...]:
    mutants = list(_mutants(assignment))
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


def _edited(function: ast.FunctionDef) -> Iterator[tuple[str, int]]:
    """Make one edit after the other in the function itself, yield what and in which line, and take it back."""
    place = _place(function)
    for parent, field, value in _slots(function):
        line = getattr(parent, "lineno", function.lineno)
        if isinstance(value, ast.AST):
            for what, new in _variants(value, place):
                setattr(parent, field, new)
                yield f"{function.name}: {what}", getattr(value, "lineno", line)
            setattr(parent, field, value)
        elif isinstance(value, list):
            for n, item in enumerate(value):
                for what, new in _variants(item, place) if isinstance(item, ast.AST) else ():
                    value[n] = new
                    yield f"{function.name}: {what}", getattr(item, "lineno", line)
                value[n] = item


def _place(function: ast.FunctionDef) -> Place:
    """Return what edits may know: names, and what the reference's type hints say of arguments."""
    reference = loaded().reference
    hints = get_type_hints(getattr(reference, function.name))
    inputs = {argument.arg: hints.get(argument.arg) for argument in function.args.args}
    stored = [node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    names = dict.fromkeys(name for name in (*inputs, *stored) if name != "_")
    records: dict[Any, tuple[str, ...]] = {record: field_names(record) for record in loaded().records}
    # Numbers and words that are handed over; only arrays can be written into.
    arrays = {name: hint for name, hint in inputs.items() if hint not in (int, float, str, bool) and not _words(hint)}
    choices = [words for words in map(_words, vars(reference).values()) if words]
    return Place(
        tuple(names),
        {name: records.get(hint, ()) for name, hint in arrays.items()},
        tuple(field for fields in records.values() for field in fields),
        {word: tuple(other for other in words if other != word) for words in choices for word in words},
        shapes(loaded()).alike,
        function.name in _called(loaded()),
    )


@cache
def _called(assignment: Assignment) -> set[str]:
    """Return the names of all that the reference calls."""
    calls = (node.func for node in ast.walk(ast.parse(assignment.source())) if isinstance(node, ast.Call))
    return {call.id for call in calls if isinstance(call, ast.Name)}


def _words(hint: object) -> tuple[str, ...]:
    """Return the words that a type hint admits, none where it is no choice of words."""
    return get_args(hint) if get_origin(hint) is Literal else ()


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
            if not hasattr(new, "lineno"):
                ast.copy_location(new, node)
            yield f"{what} in {ast.unparse(node).splitlines()[0]!r}", ast.fix_missing_locations(new)
