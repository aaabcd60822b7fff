"""Somebody else's tests, tried on the right styles and the known mistakes of the assignment.

The suite is a pytest file, or a notebook whose cells with checks are its tests. Beside it may be an adapter, a file
of the same name that ends in .toml. The suite is not trusted: it runs in the sandbox, beside one submission at a time.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from autograder.assignment import AssignmentError
from autograder.audit.bench import Bench
from autograder.audit.candidates import Candidate, job_of, right_styles, wrong_ones
from autograder.audit.run import spread
from autograder.model.loading import loaded, place, use
from autograder.model.plan import Call, Plan
from autograder.model.replies import RaisedError, Reply
from autograder.model.settings import Limits
from autograder.model.text import printable
from autograder.sandbox.host.levels import Machine
from autograder.sandbox.host.perform import EncodedPlan, Session
from autograder.sandbox.host.supervisor import open_worker
from autograder.submissions import Source, Unreadable, read_source

#: For the reference; what is tried after it gets some times what the reference took.
LIMITS = Limits(call_cpu_seconds=5, submission_seconds=30)
_TIMES, _LEAST_SECONDS = 5, 0.5
_RUNNER = Path(__file__).with_name("suite_runner.py")
_PREPARED = "the adapter"  # label of the chunk that prepares everything
_IN_BATCH = 20
_MOST_SAID = 160

_TEST = re.compile(r"^def (test\w*)|^class (Test\w*|\w+(?=\([^)\n]*TestCase))(.*\n(?:(?:[ \t#].*)?\n)*)", re.MULTILINE)
_METHOD = re.compile(r"^\s+def (test\w*)", re.MULTILINE)
_CHECKS = re.compile(r"\bassert|allclose|isclose|array_equal")
_DEFINES = re.compile(r"^(?:def|class) (\w+)", re.MULTILINE)

Cells = tuple[tuple[str, str], ...]


class SuiteError(AssignmentError):
    """A suite can't be audited; the message says why."""


class Adapter(BaseModel):
    """What a suite calls things. Values are expressions of Python in the names of the submission's own file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    module: str = ""  # that the suite imports
    functions: dict[str, str] = {}
    tests: dict[str, str] = {}  # functions of the suite that want the function under test as their argument


@dataclass(frozen=True)
class Suite:
    """The tests, by name, and the names that they use."""

    label: str
    text: str  # of a file; of a notebook ""
    tests: tuple[str, ...]
    adapter: Adapter
    cells: Mapping[str, Cells] = field(default_factory=dict)  # what to run for each test of a notebook

    @property
    def asked(self) -> frozenset[str]:
        """The functions of the assignment that the suite names."""
        code = "\n".join([self.text, *(code for cells in self.cells.values() for _, code in cells)])
        words = set(re.findall(r"\w+", code))
        said = [value for name, value in self.adapter.functions.items() if name in words]
        words.update(*(re.findall(r"\w+", value) for value in (*said, *self.adapter.tests.values())))
        return frozenset(words & loaded().task_of.keys())

    def source(self, candidate: Candidate) -> Source:
        """Return what the sandbox loads to try the suite on a submission."""
        module = loaded().module
        job = job_of(candidate) | {
            "modules": [module, self.adapter.module or module],
            "names": self.adapter.functions,
            "tests": self.adapter.tests,
            "cells": dict(self.cells),
        }
        runner = _RUNNER.read_text(encoding="utf-8")
        prepared = (
            "import types\n_runner = types.ModuleType('suite_runner')\n"
            f"exec(compile({runner!r}, 'suite_runner.py', 'exec'), vars(_runner))\n"
            f"run_check = _runner.prepare({job!r}, globals())\n"
        )
        cells = [(label, "") for cells in self.cells.values() for label, _ in cells]  # labels that errors may name
        return Source("py", ((_PREPARED, prepared), *cells, (self.label, self.text)), "")

    def line(self, where: str, number: int) -> str:
        """Return a line of a cell, "" where there is none."""
        lines = {label: code.splitlines() for cells in self.cells.values() for label, code in cells}.get(where, [])
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""

    @property
    def plan(self) -> Plan:
        """The calls that run the tests; each lives and dies by itself."""
        return Plan(tuple(Call(name, name, "run_check", (name,)) for name in self.tests))


@dataclass(frozen=True)
class Result:
    """What the suite made of one submission: the tests that failed, with their messages."""

    candidate: Candidate
    failed: Mapping[str, str]


def read_suite(path: Path) -> Suite:
    """Read a suite and the adapter beside it.

    Raises:
        SuiteError: one of them can't be read, or there is no test.
    """
    adapter = _read_adapter(path.with_suffix(".toml"))
    try:
        source = read_source(path, LIMITS.file_bytes)
    except (Unreadable, OSError) as error:
        raise SuiteError(f"the suite can't be read: {error}") from error
    if path.suffix == ".ipynb":
        cells = dict(_check_cells(source.chunks, {*(adapter.functions or loaded().task_of)}))
        suite = Suite(path.name, "", tuple(cells), adapter, cells)
        none = "no cell with a check, such as assert or np.allclose"
    else:
        text = "\n".join(code for _, code in source.chunks)
        suite = Suite(path.name, text, tuple(dict.fromkeys((*_tests(text), *adapter.tests))), adapter)
        none = "no function test_… and no class Test…, and no adapter names tests"
    if not suite.tests:
        raise SuiteError(f"{path} has {none}")
    return suite


def _read_adapter(path: Path) -> Adapter:
    if not path.exists():
        return Adapter()
    try:
        return Adapter.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        raise SuiteError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SuiteError(f"{path} can't be read: {error}") from error


def _tests(text: str) -> Iterator[str]:
    """Yield the names of test functions, and of test methods after that of their class."""
    for function, kind, body in _TEST.findall(f"{text}\n"):
        yield from (f"{kind}.{name}" for name in _METHOD.findall(body)) if _METHOD.search(body) else [function or kind]


def _check_cells(cells: Sequence[tuple[str, str]], given: set[str]) -> Iterator[tuple[str, Cells]]:
    """Yield each cell that checks something, after those before it that no check has run.

    Cells that define a function under test are stubs, or somebody's answers, and are left out.
    """
    before: list[tuple[str, str]] = []
    for label, code in cells:
        if given.intersection(_DEFINES.findall(code)):
            continue
        before.append((label, re.sub(r"^\s*[%!].*$", "pass", code, flags=re.MULTILINE)))
        if _CHECKS.search(code):
            yield label, tuple(before)
            before = []


def audit_suite(
    suite: Suite, machine: Machine, jobs: int, part: int, on_share: Callable[[int, int], None]
) -> list[Result]:
    """Try a suite on every right style and every mistake.

    Args:
        suite: the tests.
        machine: where they run.
        jobs: how many processes.
        part: 1 for all mistakes; 3 for every third.
        on_share: called with (batches done, batches in all) after each.

    Raises:
        SuiteError: it rejects the reference.
        WorkerBroken: the worker failed.
    """
    reference, *others = right_styles()
    [first], seconds = try_suite(suite, [reference], LIMITS, machine)
    for test, why in first.failed.items():
        raise SuiteError(f"your suite rejects the reference: {test} says {why}")
    each = max(_LEAST_SECONDS, _TIMES * seconds)
    limits = Limits(call_cpu_seconds=each, submission_seconds=4 * each)
    candidates = [*others, *wrong_ones(part)]
    batches = [candidates[n : n + _IN_BATCH] for n in range(0, len(candidates), _IN_BATCH)]
    results = [first]
    work = [partial(_batch, suite, batch, limits, place()) for batch in batches]
    for done, found in enumerate(spread(machine, work, jobs), 1):
        results += found
        on_share(done, len(batches))
    return results


def _batch(suite: Suite, candidates: Sequence[Candidate], limits: Limits, folder: str, bench: Bench) -> list[Result]:
    use(folder)
    return try_suite(suite, candidates, limits, bench.machine)[0]


def try_suite(
    suite: Suite, candidates: Sequence[Candidate], limits: Limits, machine: Machine
) -> tuple[list[Result], float]:
    """Return what a suite makes of submissions, and the seconds of processor time that it took.

    Raises:
        SuiteError: a submission can't be prepared, as with an adapter that names what is not there.
        WorkerBroken: the worker failed.
    """
    results, seconds, plan = [], 0.0, EncodedPlan(suite.plan)
    with open_worker(machine, limits) as worker:
        for candidate in candidates:
            session = Session(worker, suite.source(candidate))
            transcript = session.perform(plan)
            seconds += limits.submission_seconds - session.left.cpu
            problems = transcript.problems
            if problems and problems[0].where == _PREPARED:
                raise SuiteError(f"{_PREPARED} does not fit {candidate.name}: {_said(suite, problems[0])}")
            failed = {name: _why(suite, reply) for name, reply in transcript.replies.items() if reply.kind != "value"}
            if failed and problems:  # what is missing in a test is most likely what was not loaded
                failed = {suite.label: _said(suite, problems[0])} | failed
            results.append(Result(candidate, failed))
    return results, seconds


def _why(suite: Suite, reply: Reply) -> str:
    if reply.error:
        return _said(suite, reply.error)
    return reply.lost.message if reply.lost else "nothing: it could not be run"


def _said(suite: Suite, error: RaisedError) -> str:
    """Return an error of the suite's in one line."""
    message = printable(" ".join(error.message.split()), _MOST_SAID)
    line = f" (line {error.line} of {printable(error.where)})" if error.line else ""
    code = printable(error.text or suite.line(error.where, error.line), _MOST_SAID)
    return f"{printable(error.type)}{': ' if message else ''}{message}{line}{': ' if code else ''}{code}"
