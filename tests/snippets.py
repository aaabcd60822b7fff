"""Code that students are shown, fitted into the functions of the tasks: what would it be worth as an answer?"""

import ast
import builtins
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from itertools import permutations
from textwrap import dedent
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from autograder.assignment import Task
from autograder.audit.student import results_of
from autograder.cases.case_sets import case_set
from autograder.cases.edits import EDITS, Place
from autograder.judge import judge_task
from autograder.judge.values import close
from autograder.model.cases import Case
from solutions import rnn
from solutions.tasks import TASKS

CASES = case_set(0)
ARGUMENTS = {name: list(getattr(rnn, name).__annotations__)[:-1] for task in TASKS for name in task.functions}
FIELDS = rnn.Params._fields
# Whose attributes are a network's arrays, or the student's own functions.
_OWNERS = {"net", "self", "own", "rnn", "student"}
_WORDS = "range len zip enumerate reversed sum list tuple abs max min float int map sorted dict isinstance".split()  # noqa: SIM905
_NAMES = {"np": np, "__builtins__": {word: getattr(builtins, word) for word in _WORDS}}
# What is bound by position at most: arguments of a line of code, which has no signature.
_MOST_FREE = 2


class Snippet(NamedTuple):
    """Statements that somebody could copy, and what they take for granted."""

    where: str
    body: list[ast.stmt]
    args: tuple[str, ...] = ()  # in order, of a function


def snippets(files: Mapping[str, bytes]) -> Iterator[Snippet]:
    """Yield the functions of the handout's programs, and the code of its pages: block by block, and line by line."""
    for name, content in files.items():
        if name.startswith(("errata/", "tools/", "examples/")) and name.endswith(".py"):
            yield from _functions(name, content.decode())
        elif name.endswith(".md"):
            yield from (one for block in _blocks(content.decode()) for one in of_code(name, block))
        elif name.endswith(".ipynb"):
            for cell in json.loads(content)["cells"]:
                text = "".join(cell["source"])
                if cell["cell_type"] == "markdown":
                    yield from (one for block in _blocks(text) for one in of_code(name, block))


def of_code(where: str, code: str) -> Iterator[Snippet]:
    """Yield a piece of code as a whole, its functions, and its lines."""
    for piece in dict.fromkeys((code, *code.splitlines())):
        try:
            body = ast.parse(dedent(piece).strip()).body
        except SyntaxError:  # a formula, a command, half a line
            continue
        yield from _functions(where, dedent(piece).strip())
        if any(isinstance(node, ast.BinOp | ast.Call | ast.Subscript) for one in body for node in ast.walk(one)):
            yield Snippet(where, body)


def _blocks(markdown: str) -> Iterator[str]:
    """Yield blocks of code, and what stands between backticks."""
    fenced = re.compile(r"^ *```\w*\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
    yield from fenced.findall(markdown)
    rest = fenced.sub("", markdown)
    yield from re.findall(r"(?:^ {4}.*\n)+", rest, re.MULTILINE)
    yield from re.findall(r"`([^`\n]+)`", rest)


def _functions(where: str, source: str) -> Iterator[Snippet]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            names = tuple(argument.arg for argument in node.args.args)
            yield Snippet(f"{where}: {node.name}", node.body, names)


class _Bare(ast.NodeTransformer):
    """Writes `net.V` as `V`, and `net.rnn.softmax(o)` as `softmax(o)`."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        value = self.visit(node.value)
        if isinstance(value, ast.Name) and value.id in _OWNERS:
            return ast.Name(node.attr, node.ctx)
        return ast.Attribute(value, node.attr, node.ctx)


def answers(snippet: Snippet, function: str) -> Iterator[list[ast.stmt]]:
    """Yield bodies for a function that are made of a snippet: its names bound, and each of its values returned."""
    body = [_Bare().visit(deepcopy(one)) for one in snippet.body]
    nodes = [node for one in body for node in ast.walk(one)]
    if any(isinstance(node, ast.While | ast.Import | ast.ImportFrom | ast.FunctionDef) for node in nodes):
        return
    stored = dict.fromkeys(n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    kept = [one for one in map(_without_yield, body) if one is not None]
    values = [_value(one) for one in body]
    returned = [ast.Name(name, ast.Load()) for name in stored] + [value for value in values if value is not None]
    for bound in _bindings(snippet, nodes, stored, function):
        for value in returned:
            yield [*bound, *kept, ast.Return(value)]


def _without_yield(statement: ast.stmt) -> ast.stmt | None:
    has = any(isinstance(node, ast.Yield | ast.YieldFrom | ast.Return) for node in ast.walk(statement))
    return None if has or isinstance(statement, ast.Expr) else statement


def _value(statement: ast.stmt) -> ast.expr | None:
    """Return what a statement is worth: what it returns, yields, or is."""
    value = statement.value if isinstance(statement, ast.Expr | ast.Return) else None
    return value.value if isinstance(value, ast.Yield) else None if isinstance(value, ast.YieldFrom) else value


def _bindings(
    snippet: Snippet, nodes: Sequence[ast.AST], stored: Iterable[str], function: str
) -> Iterator[list[ast.stmt]]:
    """Yield statements that give names their values: by position, or as the arguments and arrays are called."""
    given = ARGUMENTS[function]
    arrays = ast.parse(f"{', '.join(FIELDS)} = params").body if "params" in given else []
    known = [*given, *(FIELDS if arrays else ())]
    used = {node.id for node in nodes if isinstance(node, ast.Name)} - {*stored, *ARGUMENTS, *_WORDS, "np", "Params"}
    free = sorted(used - {*known})
    called = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    if not free:
        yield arrays
    if snippet.args and used <= {*known, *snippet.args}:
        yield [*arrays, *_assigned(snippet.args, given)]
    elif not snippet.args and 0 < len(free) <= _MOST_FREE and not called.intersection(free):
        for chosen in permutations(known, len(free)):
            yield [*arrays, *_assigned(free, chosen)]


def _assigned(names: Sequence[str], values: Sequence[str]) -> list[ast.stmt]:
    pairs = [(name, value) for name, value in zip(names, values, strict=False) if name != value]
    return ast.parse("\n".join(f"{name} = {value}" for name, value in pairs)).body


def edited(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Yield a body with one small edit each. It is edited in place, and put right again."""
    root = ast.Module(body, [])
    names = dict.fromkeys(node.id for node in ast.walk(root) if isinstance(node, ast.Name))
    place = Place(tuple(names), {}, FIELDS, {})
    for parent in list(ast.walk(root)):
        for field, value in list(ast.iter_fields(parent)):
            for n, item in enumerate(value) if isinstance(value, list) else ((None, value),):
                if not isinstance(item, ast.AST):
                    continue
                for edit in (*EDITS, _turned):
                    for _, new in edit(item, place):
                        _put(parent, field, n, new)
                        yield root.body
                _put(parent, field, n, item)


def _turned(node: ast.AST, _: Place) -> Iterator[tuple[str, ast.AST]]:
    """Transpose what has a name, and multiply as matrices what was multiplied entry by entry."""
    if isinstance(node, ast.Name | ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield "transposed", ast.Attribute(node, "T", ast.Load())
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        yield "as matrices", ast.BinOp(node.left, ast.MatMult(), node.right)


def _put(parent: ast.AST, field: str, n: int | None, new: ast.AST) -> None:
    if n is None:
        setattr(parent, field, new)
    else:
        getattr(parent, field)[n] = new


def compiled(body: list[ast.stmt], function: str) -> CodeType | None:
    """Return the code of a function with this body; None where it is none."""
    given = ", ".join(ARGUMENTS[function])
    module = ast.parse(f"def {function}({given}, *_, **__): pass")
    module.body[0].body = body  # type: ignore[attr-defined]
    try:
        return compile(ast.fix_missing_locations(module), function, "exec")
    except (SyntaxError, ValueError, TypeError):
        return None


def points(task: Task, function: str, code: CodeType) -> float:
    """Return what a submission gets for a function, the rest of it being right."""
    names = vars(rnn) | _NAMES
    exec(code, names)
    if not any(_is_right(names[function], case) for case in _telling(task, function)):
        return 0.0
    others = {name: None for name in task.functions if name != function}
    results = results_of(vars(rnn) | others | {function: names[function]}, CASES, [task.id])
    return judge_task(task, results[task.id], task.points).points


@cache
def _telling(task: Task, function: str) -> tuple[Case, ...]:
    """Return a case of each part: what is wrong there is worth nothing."""
    own = [case for case in CASES.of(task.id) if case.call.function == function]
    return tuple({case.part: case for case in reversed(own)}.values())


def _is_right(function: Any, case: Case) -> bool:
    try:
        with np.errstate(all="ignore"):
            got = function(*deepcopy(case.call.args), **case.call.kwargs)
        got = got if isinstance(got, tuple) else (got,)
        arrays = [np.asarray(one, np.float64) for one in got]
    except (Exception, RecursionError):
        return False
    if len(arrays) != len(case.expected) or any(a.shape != e.shape for a, e in zip(arrays, case.expected, strict=True)):
        return False
    if case.at_least is not None:
        return True  # the judge says
    return all(close(a, e, 1e-4) for a, e in zip(arrays, case.expected, strict=True))
