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
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# The test files that belong to a module, the quickest first: what the first pattern that fits says.
BELONGS = {
    "autograder/model/tolerance.py": "contract",
    "autograder/model/loading.py": "loaded assignment",
    "autograder/assignment.py": "loaded problems assignment",
    "autograder/cases/mutation_proof.py": "proving",
    "autograder/cases/case_sets.py": "proving proof",
    "autograder/cases/[cdlp]*": "proof proving assignment",
    "autograder/cases/*": "own_proof assignments",
    "autograder/model/po*": "words",
    "autograder/model/[cp]*s.py": "problems assignment casebook",
    "autograder/model/text.py": "words text",
    "solutions/cases.py": "casebook first_questions",
    "solutions/networks.py": "casebook first_questions",
    "autograder/grading/passes.py": "passes own_proof grading",
    "autograder/sandbox/host/l*": "levels",
    "autograder/sandbox/host/perform.py": "session",
    "autograder/sandbox/host/mo*": "monitor time replies",
    "autograder/sandbox/host/me*": "monitor replies",
    "autograder/sandbox/host/f*": "filters",
    "autograder/sandbox/host/u*": "time",
    "autograder/sandbox/worker/s*": "stateless",
    "autograder/sandbox/worker/lo[ac]*": "loading lockdown",
    "autograder/sandbox/worker/[ac]*": "calls perform",
    "autograder/sandbox/[uw]*": "time replies perform",
    "autograder/sandbox/*": "perform replies calls loading time",
    "autograder/results/lock.py": "lock",
    "autograder/handout/files/selfcheck/compare.py": "selfcheck_answers selfcheck_odd",
    "autograder/handout/files/selfcheck/[hos][ibt]*": "selfcheck_calls selfcheck_hints",
    "autograder/handout/files/selfcheck/[il]*": "selfcheck_calls",
    "autograder/handout/files/selfcheck/c[ha]*": "selfcheck_checks selfcheck_calls",
    "autograder/handout/files/selfcheck/[rw][eo][mr]*": "selfcheck_lines",
    "autograder/handout/files/selfcheck/f*": "selfcheck_functions",
    "autograder/handout/files/*": "selfcheck_odd selfcheck_hints selfcheck selfcheck_remarks selfcheck_limit",
    "solutions/handout/selfcheck/*": "selfcheck selfcheck_odd selfcheck_hints selfcheck_properties",
    "autograder/judge/[rs]e*": "relations explanations half_done",
    "solutions/follow/*": "follow_plan follow_shape follow_agreement follow_through unearned",
    "autograder/judge/numerical.py": "numerical_evidence numerical",
    "autograder/judge/values.py": "values contradictions guards judge_diagnosis contract",
    "autograder/judge/le*": "guards",
    "autograder/judge/ac*": "paid_once accounting",
    "autograder/judge/j*": "judge paid_once accounting judge_diagnosis follow_through",
    "autograder/judge/p*": "predicted",
    "autograder/judge/[dm]*": "predicted judge_diagnosis explanations accounting diagnosis",
    "autograder/judge/*": "judge values judge_diagnosis follow_through diagnosis",
    "autograder/submissions/[npr]*": "read_source submissions untouched",
    "autograder/submissions/*": "submissions downloads hostile_zips order hand_ins lone_downloads untouched",
    "autograder/nbgrader/export.py": "exports_gradebook exports_nbgrader",
    "autograder/nbgrader/by_hand.py": "nbgrader_agreement",
    "autograder/nbgrader/[opr][ue][tnp]*": "nbgrader_cells",
    "autograder/exports/job.py": "exports_rules exports",
    "autograder/exports/feedback.py": "exports_feedback",
    "autograder/exports/gradescope_m*": "gradescope_machine",
    "autograder/exports/[cfm]*": "exports_csv exports_shapes exports",
    "autograder/exports/*": "exports_csv exports_matching exports late",
    "autograder/model/settings.py": "config contract late variant",
    "autograder/results/late.py": "late",
    "autograder/results/standing.py": "standing",
    "autograder/results/ma[rd]*": "marking made",
    "autograder/results/[as][bh]*": "sheet exports_shapes",
    "autograder/results/people.py": "people exports_shapes",
    "autograder/results/roster.py": "forget",
    "autograder/results/names.py": "names",
    "autograder/results/without_details.py": "without_details",
    "autograder/results/database.py": "damage store store_run",
    "autograder/results/matching.py": "exports_matching exports",
    "autograder/results/anonymous.py": "anonymous class_page",
    "autograder/results/store.py": "store_run store damage",
    "autograder/results/results_file.py": "damage store",
    "autograder/results/doctor.py": "damage",
    "autograder/model/verdict.py": "verdict",
    "autograder/reports/document.py": "verdict",
    "autograder/reports/[pt][re][or]*": "report_words terminal",
    "autograder/reports/[sw]*": "report_words feedback_page sections",
    "autograder/reports/losses.py": "losses",
    "autograder/reports/[fh]*": "feedback feedback_page class_page",
    "autograder/reports/*": "overview class_page sections",
    "autograder/review/similar/*": "similar",
    "autograder/review/fresh.py": "replay_marks",
    "autograder/review/*": "replay",
    "autograder/audit/suite*": "suite",
    "autograder/audit/[tc][ao][lv]*": "tally first_questions",
    "autograder/audit/*": "audit first_questions",
    "autograder/handout/[ms][ta][nu]*": "handout_rules",
    "autograder/handout/[hm][ta][mt]*": "html_pages",
    "autograder/results/changes.py": "diff",
    "autograder/model/identity.py": "fingerprint",
    "autograder/commands/order.py": "grade_order",
    "autograder/commands/forget.py": "forget",
    "autograder/commands/watch.py": "watch",
    "autograder/commands/[co][ou]*": "outputs",
    "autograder/commands/*": "cli run_remarks resume term trial",
    "autograder/grading/local.py": "local",
    "autograder/grading/co*": "coordinator",
    "autograder/grading/gr*": "grader",
    "autograder/grading/e*": "excerpts",
    "autograder/grading/*": "coordinator classroom",
    "*": "",
}
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
    if not tests or not passes(copy, tests, 600):
        sys.exit(f"{' '.join(tests)}: fail without a fault, or BELONGS names none; see {copy / 'output'}")
    return time.monotonic() - began


def tried(module: str, count: int, seed: int, copy: Path) -> tuple[int, int]:
    """Try so many faults of a module, print those that survive, and return (caught, tried)."""
    names = next(names for pattern, names in BELONGS.items() if fnmatch(module, pattern)).split()
    tests = tuple(f"tests/test_{name}.py" for name in names if (copy / f"tests/test_{name}.py").exists())
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
