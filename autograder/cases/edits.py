"""Small edits of a syntax tree: what a tired hand does to a right function.

Each edit is a function from a node to what may stand in its place, with a word for what was done.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

# What may replace a node, and what that is called.
Replacement = tuple[str, ast.AST]


class Place(NamedTuple):
    """What an edit may know about where it is."""

    names: tuple[str, ...]  # of the arguments and variables of the function
    inputs: Mapping[str, tuple[str, ...]]  # its arguments that are arrays; of named tuples, the names of the fields
    fields: tuple[str, ...]  # of the named tuples of the assignment
    words: Mapping[str, tuple[str, ...]]  # for each word that an argument may be, the others
    alike: Callable[[int, str, str], bool]  # whether in a line two variables, or fields of one, have the same shape
    called: bool  # whether the reference calls the function


Edit = Callable[[ast.AST, Place], Iterable[Replacement]]

_OTHER_OPERATORS: dict[type[ast.operator], tuple[ast.operator, ...]] = {
    ast.Add: (ast.Sub(), ast.Mult()),
    ast.Sub: (ast.Add(), ast.Mult()),
    ast.Mult: (ast.Add(), ast.Div()),
    ast.Div: (ast.Mult(), ast.FloorDiv()),
    ast.MatMult: (ast.Mult(),),
    ast.Pow: (ast.Mult(), ast.Add()),
}
_OTHER_COMPARISONS: dict[type[ast.cmpop], tuple[ast.cmpop, ...]] = {
    ast.Eq: (ast.NotEq(),),
    ast.Lt: (ast.LtE(), ast.Gt(), ast.NotEq()),
    ast.Gt: (ast.GtE(), ast.Lt(), ast.NotEq()),
}
# Functions of numpy and methods of arrays, each with what is written in its place.
_OTHER_FUNCTIONS = {
    name: others.split()
    for name, _, others in (
        line.partition(": ")
        for line in """\
argmax: argmin max
exp: exp2 expm1 abs
eye: ones zeros
log: log2 log10 log1p
max: min sum mean
ones_like: zeros_like
sum: mean prod max cumsum
tanh: sin arctan sinh cosh
vstack: hstack
zeros: ones
zeros_like: ones_like""".splitlines()
    )
}


def _operators(node: ast.AST, _: Place) -> Iterator[Replacement]:
    """Turn a + b into a - b, b - a, a, b."""
    if isinstance(node, ast.BinOp):
        for operator in _OTHER_OPERATORS.get(type(node.op), ()):
            sign = {type(node.op), type(operator)} == {ast.Add, ast.Sub}
            yield "another sign" if sign else "another operator", ast.BinOp(node.left, operator, node.right)
        if not isinstance(node.op, ast.Add | ast.Mult):
            yield "operands swapped", ast.BinOp(node.right, node.op, node.left)
        yield "right operand dropped", node.left
        yield "left operand dropped", node.right
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "sign dropped", node.operand


def _comparisons(node: ast.AST, _: Place) -> Iterator[Replacement]:
    if isinstance(node, ast.Compare):
        for operator in _OTHER_COMPARISONS.get(type(node.ops[0]), ()):
            yield "another comparison", ast.Compare(node.left, [operator], node.comparators)
        for value in (True, False):
            yield f"always {value}", ast.Constant(value)


def _constants(node: ast.AST, place: Place) -> Iterator[Replacement]:
    """Off by one, the opposite sign, another word."""
    if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
        return
    if isinstance(node.value, str):
        for word in place.words.get(node.value, ()):
            yield "another word", ast.Constant(word)
    elif isinstance(node.value, int | float):
        for value in (node.value + 1, node.value - 1, -node.value, 2 * node.value, 0.5 * node.value):
            if value != node.value:
                yield f"{node.value} became {value}", ast.Constant(value)


def _names(node: ast.AST, place: Place) -> Iterator[Replacement]:
    """Another variable of the same shape, another field, an array turned."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in place.names:
        for name in place.names:
            if name != node.id and place.alike(node.lineno, node.id, name):
                yield f"{name} for {node.id}", ast.Name(name, ast.Load())
    if isinstance(node, ast.Attribute) and node.attr in place.fields:
        record = ast.unparse(node.value)
        for field in place.fields:
            if field != node.attr and place.alike(node.lineno, f"{record}.{node.attr}", f"{record}.{field}"):
                yield f"{field} for {node.attr}", ast.Attribute(node.value, field, ast.Load())
        yield "transposed", ast.Attribute(node, "T", ast.Load())
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield "not transposed", node.value


def _indices(node: ast.AST, _: Place) -> Iterator[Replacement]:
    if not isinstance(node, ast.Subscript) or not isinstance(node.ctx, ast.Load):
        return
    index = node.slice
    yield "not indexed", node.value
    if isinstance(index, ast.Name):
        for step, operator in (("next", ast.Add()), ("previous", ast.Sub())):
            shifted = ast.BinOp(index, operator, ast.Constant(1))
            yield f"the {step} row", ast.Subscript(node.value, shifted, ast.Load())
    if isinstance(index, ast.Slice):
        for lower, upper in ((1, None), (None, -1), (None, -2), (-1, None)):
            bounds = ast.Slice(*(None if n is None else ast.Constant(n) for n in (lower, upper)))
            yield "another slice", ast.Subscript(node.value, bounds, ast.Load())
    elif isinstance(index, ast.Tuple):
        turned = ast.Tuple(index.elts[::-1], ast.Load())
        yield "another axis", ast.Subscript(node.value, turned, ast.Load())


def _calls(node: ast.AST, _: Place) -> Iterator[Replacement]:
    """Turn f(a, b, key=c) into g(…), f(b, a, …), a, f(a, …), or leave out the key."""
    if not isinstance(node, ast.Call):
        return
    function, args, keywords = node.func, node.args, node.keywords
    if isinstance(function, ast.Attribute):
        for name in _OTHER_FUNCTIONS.get(function.attr, ()):
            other = ast.Attribute(function.value, name, ast.Load())
            yield f"{name} for {function.attr}", ast.Call(other, args, keywords)
        if isinstance(function.value, ast.Attribute | ast.Name) and not args and keywords:
            yield "not reduced", function.value
        if function.attr == "argmax" and args:
            array = ast.unparse(args[0])
            yield "the last of the largest", ast.parse(f"len({array}) - 1 - np.argmax({array}[::-1])", mode="eval").body
    for n in range(len(args) - 1):
        swapped = [*args[:n], args[n + 1], args[n], *args[n + 2 :]]
        yield "arguments swapped", ast.Call(function, swapped, keywords)
    if args and not isinstance(args[0], ast.Starred):
        yield "not called", args[0]
    if len(args) > 1:
        yield "last argument dropped", ast.Call(function, args[:-1], keywords)
    for keyword in keywords:
        rest = [other for other in keywords if other is not keyword]
        yield f"without {keyword.arg}", ast.Call(function, args, rest)
        if keyword.arg == "axis":
            for value in (0, 1, None):
                changed = [*rest, ast.keyword("axis", ast.Constant(value))]
                yield f"axis {value}", ast.Call(function, args, changed)


def _collections(node: ast.AST, _: Place) -> Iterator[Replacement]:
    if isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        kind = type(node)
        yield "in the other order", kind(node.elts[::-1], ast.Load())
        yield "first item dropped", kind(node.elts[1:], ast.Load())
        yield "last item dropped", kind(node.elts[:-1], ast.Load())


def _loops(node: ast.AST, _: Place) -> Iterator[Replacement]:
    """Other steps, or the same ones in the other order."""
    if isinstance(node, ast.For | ast.comprehension):
        steps = ast.Call(ast.Name("list", ast.Load()), [node.iter], [])
        for what, bounds in (
            ("without the first step", ast.Slice(ast.Constant(1))),
            ("without the last step", ast.Slice(None, ast.Constant(-1))),
            ("in the other direction", ast.Slice(step=ast.Constant(-1))),
            ("the first step only", ast.Slice(None, ast.Constant(1))),
        ):
            shorter = ast.Subscript(steps, bounds, ast.Load())
            if isinstance(node, ast.For):
                yield what, ast.For(node.target, shorter, node.body, [])
            else:
                yield what, ast.comprehension(node.target, shorter, node.ifs, 0)


def _statements(node: ast.AST, _: Place) -> Iterator[Replacement]:
    """A line left out, a return too early, a break that does nothing."""
    if isinstance(node, ast.Assign | ast.Expr | ast.For | ast.If | ast.While | ast.Break | ast.Return | ast.Raise):
        yield "statement dropped", ast.Pass()
    if isinstance(node, ast.For | ast.If):
        yield "body always, once", ast.If(ast.Constant(True), node.body, [])
    if isinstance(node, ast.For):
        yield "returned in the loop", ast.For(node.target, node.iter, [*node.body, ast.Break()], [])
    if isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Tuple):
        target, value = node.targets[0], node.value
        yield "= became +=", ast.AugAssign(target, ast.Add(), value)  # type: ignore[arg-type]
        view = ast.Subscript(value, ast.Constant(...), ast.Load())
        yield "in a view of another", ast.Assign([target], view, lineno=node.lineno)


_SINGLE = "as float32"
_RETURNED = (
    ("opposite sign", "-({})"),
    ("twice", "2 * ({})"),
    ("nearly", "({}) * (1 + 1e-3)"),
    ("nearer", "({}) + 1e-4"),
    ("transposed", "({}).T"),
    ("with another axis", "np.array({})[None]"),
    ("flat", "np.ravel({})"),
    ("reversed", "({})[::-1]"),
    ("absolute", "np.abs({})"),
    ("rounded", "np.round({}, 3)"),
    ("clipped", "np.clip({}, -1, 1)"),
    (_SINGLE, "np.asarray({}, np.float32)"),
    ("as float16", "np.asarray({}, np.float16)"),
    ("as whole numbers", "np.asarray({}, int)"),
    ("as complex numbers", "({}) + 0j"),
    ("as a list", "np.asarray({}).tolist()"),
    ("a copy", "np.array({})"),
    ("in a tuple", "({},)"),
    ("in Fortran order", "np.asfortranarray({})"),
    ("without nan", "np.nan_to_num({})"),
    ("of the first axis", "np.sum({}, axis=0)"),
    ("the first", "({})[0]"),
)


def _returns(node: ast.AST, place: Place) -> Iterator[Replacement]:
    """What is handed back is changed at the last moment, or an argument is."""
    if not isinstance(node, ast.Return) or node.value is None:
        return
    value = ast.unparse(node.value)
    for what, pattern in _RETURNED:
        if what == _SINGLE and place.called:
            continue  # float32 is right where it is answered; on the way, it is off by about as much as float64 may be
        yield f"returned {what}", ast.parse(f"return {pattern.format(value)}").body[0]
    for name, fields in place.inputs.items():
        write = "".join(f"\n    {name}.{field}[...] += 1" for field in fields[1::3])
        write = write or f"\n    {name}[...] = 2 * {name} + 1"
        text = f"if True:\n    returned = {value}{write}\n    return returned"
        yield f"writes into {name}", ast.parse(text).body[0]


EDITS: Sequence[Edit] = (
    _operators,
    _comparisons,
    _constants,
    _names,
    _indices,
    _calls,
    _collections,
    _loops,
    _statements,
    _returns,
)
