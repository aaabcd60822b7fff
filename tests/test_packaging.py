"""What an installation brings: the packages that grading needs, and a wheel that does the whole job by itself."""

import ast
import csv
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.conftest import SAMPLE_CLASS, SAMPLES

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


FOLDERS = ("autograder", "solutions")
DISTRIBUTIONS = packages_distributions()


def named(requirements: list[str]) -> set[str]:
    """The names of packages in a list of requirements."""
    return {re.split(r"[<>=\[]", line)[0] for line in requirements}


def imported(path: Path) -> Iterator[str]:
    """The packages, by the names that pip knows them by, that a file imports anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        modules += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        for module in modules:
            yield from (name.lower().replace("_", "-") for name in DISTRIBUTIONS.get(module.partition(".")[0], ()))


def test_grading_installs_what_it_imports_and_nothing_else():
    """The kit depends on all that its files import and on nothing more; what nbgrader and Dask bring is an extra."""
    files = [*(ROOT / "autograder").rglob("*.py"), *(ROOT / "solutions").glob("*.py")]
    extra = {path for path in files if "nbgrader" in path.parts or path.stem in ("cluster", "nbgrader")}
    # pydantic-core is a part of pydantic, which pins it.
    needed = {name for path in set(files) - extra for name in imported(path)} - {"bptt-kit", "pydantic-core"}
    assert needed == named(PROJECT["dependencies"])


def away_from_here(wheel: Path, place: Path) -> dict[str, str]:
    """Install a wheel beside the libraries of this environment, and return an environment that finds nothing else."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(place), str(wheel)]
    subprocess.run(command, check=True, capture_output=True)
    return {**os.environ, "PYTHONPATH": f"{place}{os.pathsep}{sysconfig.get_path('purelib')}"}


@pytest.mark.thorough
def test_the_demo_of_a_wheel(tmp_path: Path) -> None:
    """A wheel has every file of the kit. Installed, its demo gives the sample class its marks wherever it is run."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / "source" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / "source")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), "./source"]
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    installed, empty = tmp_path / "installed", tmp_path / "empty"
    environment = away_from_here(next(tmp_path.glob("*.whl")), installed)
    for path in (path for name in FOLDERS for path in (tmp_path / "source" / name).rglob("*")):
        assert (installed / path.relative_to(tmp_path / "source")).exists(), path

    empty.mkdir()
    # Without -S, the editable installation of this environment would be found as well.
    command = [sys.executable, "-S", str(installed / "bin" / "bptt"), "demo"]
    done = subprocess.run(command, env=environment, cwd=empty, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert str(installed / SAMPLE_CLASS.relative_to(ROOT)) in done.stderr
    with (empty / "demo-results" / "grades.csv").open(encoding="utf-8", newline="") as file:
        statuses = {row["student_id"]: row["status"] for row in csv.DictReader(file)}
    assert statuses == {student: row["status"] for student, row in SAMPLES.items()}
    assert (empty / "demo-results" / "report.html").is_file()
    assert (empty / "demo-results" / "assignment" / "rnn.py").is_file()
