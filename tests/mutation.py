"""Which small faults do the tests notice? `python -m tests.mutation PATH … [--count N] [--seed S]`.

Faults are made one at a time, each in a copy of the working tree, and the test files that belong to the module are
run on it. What survives is listed with its line: it wants a test, or the code is not needed, or the fault is none.
"""

import argparse
import ast
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# The test files that belong to each module, by folder.
BELONGS: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
# Imported once, before a process is made for each fault: most of a short run of tests is spent on these.
LIBRARIES = ("click", "hypothesis.extra.numpy", "jinja2", "msgspec", "numpy", "pydantic", "rich.console")
COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
NAMES = {"any": "all", "all": "any", "min": "max", "max": "min", "floor": "ceil", "ceil": "floor"}
LEAVES = ast.Raise | ast.Return | ast.Continue | ast.Break


def changed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what a slip of the hand may put in the place of a node."""
    match node:
        case ast.Compare(left, [op], [right]):
            yield ast.Compare(left, [COMPARISONS[type(op)]()], [right])
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            yield from (ast.BoolOp(op, values[:n] + values[n + 1 :]) for n in range(len(values) if values[2:] else 0))
            yield from values[:2] if not values[2:] else ()
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield operand
        case ast.BinOp(left, ast.BitOr() | ast.BitAnd(), right):
            yield from (left, right)
        case ast.BinOp(left, op, right) if type(op) in OPERATORS:
            yield ast.BinOp(left, OPERATORS[type(op)](), right)
        case ast.IfExp(_, body, orelse):
            yield from (body, orelse)
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value)):
            yield from (ast.Constant(value + 1), ast.Constant(value - 1))
        case ast.Constant(float(value)):
            yield from map(ast.Constant, (value * 2, value / 2) if value else (1.0,))
        case ast.Tuple(items) | ast.List(items) if any(isinstance(item, ast.Starred) for item in items):
            yield from (type(node)(items[:n] + items[n + 1 :], ast.Load()) for n in range(len(items)))
            yield type(node)(items[::-1], ast.Load())
        case ast.Slice(lower, upper, step) if lower or upper:
            yield ast.Slice(None, upper if lower else None, step)
        case ast.comprehension(target, source, [*_, _], how):
            yield ast.comprehension(target, source, node.ifs[1:], how)
        case ast.If(body=[*_, last], orelse=[]) if isinstance(last, LEAVES):
            yield ast.Pass()
        case ast.AugAssign() | ast.Expr(ast.Call()):
            yield ast.Pass()
        case ast.If(_, body, orelse):
            yield ast.If(ast.Constant(False), body, orelse)
        case ast.Call():
            yield from changed_calls(node)


def changed_calls(call: ast.Call) -> Iterator[ast.AST]:
    """Yield another function's call, the call's first argument or object, swapped arguments, a keyword less."""
    match call.func:
        case ast.Name(name) if name in NAMES:
            yield ast.Call(ast.Name(NAMES[name]), call.args, call.keywords)
        case ast.Attribute(value, name) if name in NAMES:
            yield ast.Call(ast.Attribute(value, NAMES[name]), call.args, call.keywords)
        case ast.Name(name) if call.args and name[0].islower() and not isinstance(call.args[0], ast.Starred):
            yield call.args[0]
        case ast.Attribute(value) if not call.args:
            yield value
    if len(call.args) > 1:
        yield ast.Call(call.func, [call.args[1], call.args[0], *call.args[2:]], call.keywords)
    for n, keyword in enumerate(call.keywords):
        if keyword.arg != "strict":
            yield ast.Call(call.func, call.args, call.keywords[:n] + call.keywords[n + 1 :])


def faults(source: str) -> Iterator[tuple[int, str, str]]:
    """Yield (line, what was done, the whole text with it), for each small fault that a module can have."""
    tree = ast.parse(source)
    for parent, field, value in list(places(tree)):
        nodes = value if isinstance(value, list) else [value]
        for n, node in enumerate(nodes):
            for new in changed(node) if isinstance(node, ast.AST) else ():
                turned = [*nodes[:n], new, *nodes[n + 1 :]]
                setattr(parent, field, turned if isinstance(value, list) else new)
                text = ast.unparse(ast.fix_missing_locations(tree))
                setattr(parent, field, value)
                shown = (" ".join(ast.unparse(one).split())[:90] for one in (node, new))
                yield getattr(node, "lineno", getattr(parent, "lineno", 0)), "  ->  ".join(shown), text


def places(node: ast.AST) -> Iterator[tuple[ast.AST, str, object]]:
    """Yield every field that a fault may be in: no types, and no words that are for people."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list") or isinstance(node, ast.JoinedStr | ast.Raise):
            continue
        if isinstance(node, ast.keyword) and node.arg == "strict":  # of zip: a check that holds
            continue
        yield node, field, value
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, ast.AST):
                yield from places(inner)


def copy_of_tree() -> Path:
    """Copy what git knows of, and what is new, to a folder of its own."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    copy = Path(tempfile.mkdtemp(prefix="mutation-"))
    for name in subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    return copy


def passes(copy: Path, tests: Sequence[str], seconds: float) -> bool:
    """Whether the tests pass in a copy of the tree; those that take too long do not."""
    child = os.fork()
    if not child:
        os.setsid()
        os.chdir(copy)
        os.environ["PYTHONPATH"] = str(copy)
        os.dup2(os.open(copy / "output", os.O_CREAT | os.O_WRONLY | os.O_TRUNC), 1)
        os.dup2(1, 2)
        sys.modules.pop("tests")
        sys.path.insert(0, str(copy))
        os._exit(pytest.main(["-xq", "-o", "addopts=", "-p", "no:cacheprovider", "-m", "not thorough", *tests]))
    late = time.monotonic() + seconds
    while not (ended := os.waitpid(child, os.WNOHANG))[0] and time.monotonic() < late:
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL) if not ended[0] else None
    return ended[0] != 0 and ended[1] == 0


@cache
def time_of(copy: Path, tests: Sequence[str]) -> float:
    """Return how long these tests take without a fault."""
    began = time.monotonic()
    if not passes(copy, tests, 600):
        sys.exit(f"{' '.join(tests)}: fail without a fault; see {copy / 'output'}")
    return time.monotonic() - began


def tried(module: str, count: int, seed: int, copy: Path) -> tuple[int, int]:
    """Try so many faults of a module, print those that survive, and return (caught, tried)."""
    folder = BELONGS.get(Path(module).parent.as_posix(), {})
    names = folder.get(Path(module).stem, folder.get("*", "")).split()
    if not names:
        sys.exit(f"{module}: no test files are named for it in tests/mutation.toml")
    tests = tuple(f"tests/test_{name}.py" for name in names)
    seconds = 20 + 3 * time_of(copy, tests)
    source = (copy / module).read_text(encoding="utf-8")
    every = list(faults(source))
    chosen = random.Random(f"{seed} {module}").sample(every, min(count, len(every)))
    caught = 0
    for n, (line, what, text) in enumerate(sorted(chosen)):
        (copy / module).write_text(text, encoding="utf-8")
        os.utime(copy / module, (n, n))  # or else Python takes the bytecode of the fault before
        survived = passes(copy, tests, seconds)
        caught += not survived
        if survived:
            print(f"  {module}:{line}: {what}", flush=True)
    (copy / module).write_text(source, encoding="utf-8")
    print(f"{module}: {caught} of {len(chosen)} caught ({len(every)} can be made)", flush=True)
    return caught, len(chosen)


def main() -> None:
    """Try faults of each module that is named, and say how many were caught."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", help="modules, or folders of them")
    parser.add_argument("--count", type=int, default=20, help="faults for each module")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    for name in LIBRARIES:
        import_module(name)
    copy = copy_of_tree()
    files = [
        file for path in map(Path, given.paths) for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])
    ]
    totals = [tried(file.as_posix(), given.count, given.seed, copy) for file in files]
    print(f"{sum(caught for caught, _ in totals)} of {sum(count for _, count in totals)} caught")
    shutil.rmtree(copy)


if __name__ == "__main__":
    main()
