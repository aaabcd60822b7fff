"""Other right ways to write the reference, made by the kit.

Each rewrites the functions whose answers stay the same.

A rewrite is an edit of the syntax tree, with helpers where the text needs them. A function is rewritten only where
its text changes and the answers to the cases and to the kit's own questions are those of the reference, up to
rounding; a rewrite that changes no function is no style.
"""

import ast
import builtins
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from autograder.assignment import Assignment
from autograder.audit.submissions import agrees
from autograder.cases.answers import answered
from autograder.cases.case_sets import case_set
from autograder.cases.limits import Endless, limited
from autograder.cases.own import own_cases
from autograder.model.cases import Case
from autograder.model.loading import loaded
from autograder.model.plan import Plan

Rewrite = Callable[[ast.AST], ast.AST]  # of a node after all below it

_SECONDS = 5.0  # for a rewrite to answer everything
_HELPERS = """
def _summed(array, axis=None, keepdims=False):
    array = np.asarray(array)
    axes = tuple(range(array.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    for one in sorted(axis % array.ndim for axis in axes)[::-1]:
        total = np.zeros_like(np.take(array, 0, axis=one)) + 0
        for n in range(array.shape[one])[::-1]:
            total = total + np.take(array, n, axis=one)
        array = np.expand_dims(total, one) if keepdims else total
    return array


def _product(a, b):
    a, b = np.asarray(a), np.asarray(b)
    left = {1: "j", 2: "ij"}[a.ndim]
    right = {1: "j", 2: "jk"}[b.ndim]
    return np.einsum(left + "," + right + "->" + (left + right).replace("j", ""), a, b)


def _row_by_row(a, b):
    a, b = np.asarray(a), np.asarray(b)
    if a.ndim == 1:
        return sum(a[n] * b[n] for n in range(len(a)))
    return np.array([_row_by_row(row, b) for row in a])


def _outer(a, b):
    return np.einsum("i,j->ij", np.ravel(a), np.ravel(b))


def _single(value):
    if isinstance(value, tuple):
        items = [_single(item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    real = isinstance(value, np.ndarray | np.floating) and np.asarray(value).dtype == np.float64
    return np.asarray(value, np.float32) if real else value


def _strided(value):
    if isinstance(value, tuple):
        items = [_strided(item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if not isinstance(value, np.ndarray) or not value.ndim:
        return value
    wide = np.repeat(value, 2, axis=-1)
    return wide[..., ::2]
"""


def _call(name: str, *args: ast.expr, keywords: Sequence[ast.keyword] = ()) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(args), list(keywords))


def _numpy(node: ast.AST, *names: str) -> list[ast.expr] | None:
    """Return the arguments where a node calls one of these functions of numpy, or of these methods of an array."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
        of_numpy = isinstance(node.func.value, ast.Name) and node.func.value.id in ("np", "numpy")
        return node.args if of_numpy else [node.func.value, *node.args]
    return None


def _loops_for_sums(node: ast.AST) -> ast.AST:
    if not isinstance(node, ast.Call):
        return node
    if args := _numpy(node, "sum"):
        return _call("_summed", *args, keywords=node.keywords)
    if args := _numpy(node, "mean"):
        total = _call("_summed", *args, keywords=node.keywords)
        return ast.BinOp(ast.BinOp(total, ast.Mult(), _call("np.size", total)), ast.Div(), _call("np.size", args[0]))
    return node


def _products(helper: str) -> Rewrite:
    def rewrite(node: ast.AST) -> ast.AST:
        args = _numpy(node, "dot", "matmul")
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            args = [node.left, node.right]
        if args and len(args) == 2:
            return _call(helper, *args)
        return _call("_outer", *outer) if (outer := _numpy(node, "outer")) and helper == "_product" else node

    return rewrite


def _other_order(node: ast.AST) -> ast.AST:
    """Turn (a + b) + c into a + (b + c), and a + b into b + a; the same for products."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mult):
        first = node.left
        if isinstance(first, ast.BinOp) and type(first.op) is type(node.op):
            return ast.BinOp(first.left, node.op, ast.BinOp(first.right, node.op, node.right))
        return ast.BinOp(node.right, node.op, node.left)
    return node


def _long_assignments(node: ast.AST) -> ast.AST:
    """Turn a += b into a = a + b, where a is a name or an entry."""
    if isinstance(node, ast.AugAssign):
        old = ast.parse(ast.unparse(node.target), mode="eval").body
        return ast.copy_location(ast.Assign([node.target], ast.BinOp(old, node.op, node.value)), node)
    return node


def _backward_loops(node: ast.AST) -> ast.AST:
    if isinstance(node, ast.For):
        steps = ast.Subscript(_call("list", node.iter), ast.Slice(step=ast.Constant(-1)), ast.Load())
        return ast.For(node.target, steps, node.body, node.orelse)
    return node


def _returned(helper: str) -> Rewrite:
    def rewrite(node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Return) and node.value is not None:
            return ast.Return(_call(helper, node.value))
        if isinstance(node, ast.FunctionDef) and helper == "_single":
            names = [argument.arg for argument in node.args.args]
            start = int(ast.get_docstring(node) is not None)
            node.body[start:start] = [ast.parse(f"{name} = _single({name})").body[0] for name in names]
        return node

    return rewrite


#: What is done, and in which nodes.
_REWRITES: tuple[tuple[str, Rewrite], ...] = (
    ("loops for sums", _loops_for_sums),
    ("einsum for products", _products("_product")),
    ("products row by row", _products("_row_by_row")),
    ("another order of addition", _other_order),
    ("loops in the other direction", _backward_loops),
    ("a = a + b for a += b", _long_assignments),
    ("results with gaps in memory", _returned("_strided")),
    ("float32", _returned("_single")),
)


def rewrites() -> dict[str, str]:
    """Return the reference rewritten, by what was done."""
    return _made(loaded())


@cache
def _made(assignment: Assignment) -> dict[str, str]:
    cases = case_set(0)
    questions = (*cases.cases, *own_cases(cases))
    texts = {f"rewritten: {what}": _rewritten(assignment, rewrite, questions) for what, rewrite in _REWRITES}
    return {what: text for what, text in texts.items() if text}


class _Everywhere(ast.NodeTransformer):
    """Make a rewrite in every node of a tree, from the leaves up."""

    def __init__(self, rewrite: Rewrite) -> None:
        self.rewrite = rewrite

    def visit(self, node: ast.AST) -> ast.AST:
        """Rewrite a node after all below it."""
        return self.rewrite(self.generic_visit(node))


def _rewritten(assignment: Assignment, rewrite: Rewrite, questions: Sequence[Case]) -> str:
    """Return the reference with every function rewritten that answers as before; "" where there is none."""
    body: list[ast.AST] = [*ast.parse(assignment.source()).body]
    new = {}
    for n, node in enumerate(body):
        if isinstance(node, ast.FunctionDef):
            changed = ast.fix_missing_locations(_Everywhere(rewrite).visit(ast.parse(ast.unparse(node)).body[0]))
            if ast.unparse(changed) != ast.unparse(node):
                new[n] = changed

    def keep(some: list[int]) -> bool:
        """Put some rewritten functions in, as many as answer as before; return whether there is one."""
        nonlocal body
        tried = [new[n] if n in some else node for n, node in enumerate(body)]
        if some and _answers_as_before(assignment, _text(tried), questions):
            body = tried
            return True
        half = len(some) // 2
        return half > 0 and any([keep(some[:half]), keep(some[half:])])

    return _text(body) if keep([*new]) else ""


def _text(body: Sequence[ast.AST]) -> str:
    """Return a module of these statements, with the helpers after its imports."""
    imports = [n for n, node in enumerate(body) if isinstance(node, ast.Import | ast.ImportFrom)]
    start = 1 + max(imports, default=0)
    pieces = [*map(ast.unparse, body[:start]), "import numpy as np", _HELPERS.strip(), *map(ast.unparse, body[start:])]
    return "\n\n\n".join(pieces) + "\n"


def _answers_as_before(assignment: Assignment, text: str, questions: Sequence[Case]) -> bool:
    """Whether a text answers all questions as the reference does, up to rounding."""
    space: dict[str, Any] = {name: getattr(assignment.reference, name) for name in ("__name__", "__package__")}
    space["__builtins__"] = builtins
    try:
        with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"), limited(_SECONDS):
            exec(compile(text, "rewritten", "exec", dont_inherit=True), space)  # noqa: S102 - the reference
            replies = answered(Plan(tuple(case.call for case in questions)), space)
    except (Endless, Exception):
        return False
    return all(not replies[case.call.id].changed and agrees(case, replies[case.call.id]) for case in questions)
