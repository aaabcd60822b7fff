"""Code that students are shown, fitted into the functions of the tasks: what would it be worth as an answer?"""

import ast
import builtins
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from inspect import signature
from itertools import permutations
from textwrap import dedent
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from autograder.audit.student import results_of
from autograder.cases.case_sets import case_set
from autograder.cases.edits import EDITS, Place
from autograder.cases.limits import Endless, limited
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
_FUNCTIONS = {*ARGUMENTS, "Params"}
_NAMES = {
    "np": np,
    "__builtins__": {word: getattr(builtins, word) for word in _WORDS},
    **{name: getattr(rnn, name) for name in _FUNCTIONS},
}
# Where an answer leaves what it returns, and a name that an edit puts in the place of another one.
_RETURNED, _OTHER = "_returned", "_other"
# Of processor time, for all that an answer may mean.
_SECONDS = 1.0
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


class Answer(NamedTuple):
    """Code that leaves what it returns in `_RETURNED`, and what its names may stand for, by function."""

    tree: str  # its syntax
    code: CodeType
    bindings: Mapping[str, Sequence[Mapping[str, str]]]

    @property
    def text(self) -> str:
        """The code as it is written."""
        return ast.unparse(ast.fix_missing_locations(eval(self.tree, vars(ast))))


def answers(snippet: Snippet, *, edit: bool = False) -> Iterator[Answer]:
    """Yield what could be made of a snippet: each of its values returned; or that with one small edit, each once."""
    body = [_Bare().visit(deepcopy(one)) for one in snippet.body]
    nodes = [node for one in body for node in ast.walk(one)]
    if any(isinstance(node, ast.While | ast.Import | ast.ImportFrom | ast.FunctionDef) for node in nodes):
        return
    stored = dict.fromkeys(n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    bound = {name: [*_bindings(snippet.args, nodes, {*stored}, name)] for name in ARGUMENTS}
    if not any(bound.values()):
        return
    kept = [one for one in map(_without_yield, body) if one is not None]
    values = [_value(one) for one in body]
    seen: set[str] = set()
    for value in [ast.Name(name, ast.Load()) for name in stored] + [value for value in values if value is not None]:
        root = ast.fix_missing_locations(ast.Module([*kept, ast.Return(value)], []))
        for _ in _edited(root) if edit else (None,):
            tree = ast.dump(root)
            if tree not in seen and (code := _compiled(root.body)):
                yield Answer(tree, code, bound)
            seen.add(tree)


def _without_yield(statement: ast.stmt) -> ast.stmt | None:
    has = any(isinstance(node, ast.Yield | ast.YieldFrom | ast.Return) for node in ast.walk(statement))
    return None if has or isinstance(statement, ast.Expr) else statement


def _value(statement: ast.stmt) -> ast.expr | None:
    """Return what a statement is worth: what it returns, yields, or is."""
    value = statement.value if isinstance(statement, ast.Expr | ast.Return) else None
    return value.value if isinstance(value, ast.Yield) else None if isinstance(value, ast.YieldFrom) else value


def _edited(root: ast.Module) -> Iterator[None]:
    """Edit a tree in place, by one small edit at a time, and put it right again."""
    names = dict.fromkeys(node.id for node in ast.walk(root) if isinstance(node, ast.Name))
    place = Place((*names, _OTHER), {}, FIELDS, {}, lambda *_: True, called=True)
    for parent in list(ast.walk(root)):
        for field, value in list(ast.iter_fields(parent)):
            for n, item in enumerate(value) if isinstance(value, list) else ((None, value),):
                if not isinstance(item, ast.AST):
                    continue
                for edit in (*EDITS, _turned):
                    for _, new in edit(item, place):
                        _put(parent, field, n, new)
                        yield
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


def _compiled(body: Sequence[ast.stmt]) -> CodeType | None:
    """Return the code of these statements; None where it is none."""
    *rest, last = body
    if isinstance(last, ast.Return) and last.value:
        last = ast.Assign([ast.Name(_RETURNED, ast.Store())], last.value)
    try:
        return compile(ast.fix_missing_locations(ast.Module([*rest, last], [])), "shown", "exec")
    except (SyntaxError, ValueError, TypeError):
        return None


def _bindings(
    args: Sequence[str], nodes: Sequence[ast.AST], stored: set[str], function: str
) -> Iterator[dict[str, str]]:
    """Yield what names stand for, among what a function knows: by position, or as arguments and arrays are called."""
    known = _known_in(function)
    used = {node.id for node in nodes if isinstance(node, ast.Name)} - {*stored, *_WORDS, *_FUNCTIONS, "np"}
    free = sorted(used.difference(known))
    called = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    if not free:
        yield {}
    if args and used <= {*known, *args}:
        yield dict(zip(args, ARGUMENTS[function], strict=False))
    elif not args and 0 < len(free) <= _MOST_FREE and not called.intersection(free):
        yield from (dict(zip(free, chosen, strict=True)) for chosen in permutations(known, len(free)))


def _meant(answer: Answer, function: str) -> Iterator[Mapping[str, str]]:
    """Yield what each name of an answer could stand for in a function."""
    for one in answer.bindings[function]:
        if repr(_OTHER) in answer.tree:
            yield from ({**one, _OTHER: name} for name in _known_in(function))
        else:
            yield one


def _known_in(function: str) -> list[str]:
    """Return the names of a function's arguments, and of the arrays of its network."""
    given = [*ARGUMENTS[function]]
    return given + [*FIELDS] * ("params" in given)


def worth(answer: Answer, function: str) -> float:
    """Return the points of a function's task that an answer earns at best, whatever its names stand for."""
    left = iter([*_meant(answer, function)])
    best = 0.0
    while True:
        try:
            with limited(_SECONDS), np.errstate(all="ignore"):
                for bound in left:
                    best = max(best, _points(answer, bound, function))
                return best
        except Endless:  # with one meaning; the others are still to be tried
            continue


def _points(answer: Answer, bound: Mapping[str, str], function: str) -> float:
    """Return the points that an answer earns, the rest of the submission being right."""
    if not any(_is_right(answer, bound, *telling) for telling in _telling(function)):
        return 0.0
    (task,) = (task for task in TASKS if function in task.functions)

    def own(*args: Any, **kwargs: Any) -> Any:
        return _run(answer, bound, _names(function, args, kwargs))

    others = {name: None for name in task.functions if name != function}
    results = results_of(vars(rnn) | others | {function: own}, CASES, [task.id])
    return judge_task(task, results[task.id], task.points).points


def _run(answer: Answer, bound: Mapping[str, str], known: Mapping[str, Any]) -> Any:
    names = {**known, **{name: known[meant] for name, meant in bound.items()}}
    exec(answer.code, names)  # of the handout, and of its messages
    return names[_RETURNED]


def _names(function: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that the body of a function knows by name. It does not call itself."""
    given = signature(getattr(rnn, function)).bind(*args, **kwargs)
    given.apply_defaults()
    arrays = given.arguments["params"]._asdict() if "params" in given.arguments else {}
    return {name: value for name, value in _NAMES.items() if name != function} | arrays | given.arguments


@cache
def _telling(function: str) -> tuple[tuple[Case, dict[str, Any]], ...]:
    """Return a case of each part, and what is known in it: what is wrong there is worth nothing.

    Its arrays cannot be written to: an answer that changes an argument is wrong.
    """
    own = [case for case in CASES.cases if case.call.function == function]
    first = {case.part: case for case in reversed(own)}.values()
    told = [(case, _names(function, deepcopy(case.call.args), case.call.kwargs)) for case in first]
    for array in (value for _, names in told for value in names.values() if isinstance(value, np.ndarray)):
        array.setflags(write=False)
    return tuple(told)


def _is_right(answer: Answer, bound: Mapping[str, str], case: Case, known: Mapping[str, Any]) -> bool:
    try:
        got = _run(answer, bound, known)
        arrays = [np.asarray(one, np.float64) for one in (got if isinstance(got, tuple) else (got,))]
    except (Exception, RecursionError):
        return False
    if len(arrays) != len(case.expected) or any(a.shape != e.shape for a, e in zip(arrays, case.expected, strict=True)):
        return False
    if case.at_least is not None:
        return bool(arrays[0] >= case.at_least.least)
    return all(close(a, e, 1e-4) for a, e in zip(arrays, case.expected, strict=True))
