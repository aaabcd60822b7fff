"""Fixtures shared by the tests: one room for all, and the way a submission is written in a test."""

import fcntl
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import settings

import solutions  # noqa: F401 - tests and engine share one copy of it
from autograder.grading import Grader
from autograder.model.settings import Limits, Settings
from autograder.model.verdict import Outcome, Verdict
from autograder.sandbox.host.levels import detect
from autograder.submissions import Source

SOLUTIONS = Path(__file__).parent.parent / "solutions"
SAMPLE_CLASS = SOLUTIONS / "samples"
REFERENCE = (SOLUTIONS / "rnn.py").read_text(encoding="utf-8")
# What each of the sample class is, and must get.
SAMPLES: dict[str, dict[str, Any]] = tomllib.loads(SAMPLE_CLASS.with_suffix(".toml").read_text(encoding="utf-8"))


def pytest_configure(config: pytest.Config) -> None:
    """Give hypothesis the same examples in every run of the quick tests; `make test-all` looks for others."""
    settings.register_profile("kit", deadline=None, derandomize="not thorough" in config.option.markexpr)
    settings.load_profile("kit")


def edited(*edits: tuple[str, str]) -> str:
    """Return the reference with texts replaced; each must be there, so that no test edits nothing."""
    text = REFERENCE
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return text


def outcomes(verdict: Verdict) -> dict[str, Outcome]:
    """Return the outcomes of a verdict by task."""
    return {outcome.task: outcome for outcome in verdict.tasks}


def lost(verdict: Verdict) -> dict[str, str]:
    """Return the states of the tasks that are not fully right."""
    return {outcome.task: outcome.state for outcome in verdict.tasks if outcome.state != "pass"}


# What never ends is ended soon.
SHORT = Limits(call_cpu_seconds=0.3)


@pytest.fixture(scope="session")
def grade() -> Iterator[Callable[[str], Verdict]]:
    """Grade the text of an rnn.py in a real room."""
    grader = Grader(Settings(limits=SHORT), None, detect())
    yield lambda text: grader.grade("student", Source("py", (("rnn.py", text),), "digest"))
    grader.close()


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], ModuleType]]:
    """Return a module of the self-check by name."""
    from tests.desk import kept_selfcheck  # which imports from here

    with kept_selfcheck(tmp_path_factory.mktemp("desk")):
        yield lambda name: import_module(f"selfcheck.{name}")


@pytest.fixture(scope="session")
def sample_results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `bptt grade` leaves of the sample class, for tests that only read it; one process of a run makes it."""
    base = tmp_path_factory.getbasetemp()
    results = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "sample" / "results"
    results.parent.mkdir(exist_ok=True)
    with (results.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not results.exists():
            config = results.parent / "course.toml"
            limits = f"call_cpu_seconds = {SHORT.call_cpu_seconds}\noutput_mb = 0.1"  # to print 1 MB takes longer
            config.write_text(f"[limits]\n{limits}\n", encoding="utf-8")
            command = [sys.executable, "-m", "autograder", "grade", str(SAMPLE_CLASS), "--out", str(results)]
            subprocess.run([*command, "--unprotected", "--config", str(config)], check=True, capture_output=True)
    return results
