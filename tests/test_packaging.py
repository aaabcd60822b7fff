"""What an installation brings: the packages that grading needs, and a wheel that does the whole job by itself."""

import ast
import csv
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest

import autograder
from tests.conftest import SAMPLES

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]

FOLDERS = ("autograder", "solutions")
DISTRIBUTIONS = metadata.packages_distributions()


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
    files = [path for path in files if "files" not in path.parts]  # those run on a student's machine
    extra = {path for path in files if "nbgrader" in path.parts or path.stem in ("cluster", "nbgrader")}
    # pydantic-core is a part of pydantic, which pins it.
    needed = {name for path in set(files) - extra for name in imported(path)} - {"bptt-kit", "pydantic-core"}
    assert needed == named(PROJECT["dependencies"])


@dataclass(frozen=True)
class Installed:
    """The kit, installed from a wheel into an environment of its own, away from the repository."""

    wheel: Path
    source: Path  # what it was built from
    python: Path
    empty: Path  # an empty folder

    @property
    def package(self) -> Path:
        """The folder of the installed engine."""
        return next(self.python.parent.parent.glob("lib/*/site-packages/autograder"))

    def run(self, *command: str | Path) -> str:
        """Run a program of the environment in the empty folder, and return all that it prints."""
        program = [self.python.parent / command[0], *command[1:]]
        apart = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(program, cwd=self.empty, env=apart, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr


BUILD = "import sys; from setuptools import build_meta; print(getattr(build_meta, sys.argv[1])(sys.argv[2]))"


def build(kind: str, source: Path, out: Path) -> Path:
    """Build `source` with the build tools that lie in the folder `tools` beside it; return the file."""
    tools = {**os.environ, "PYTHONPATH": str(source.parent / "tools")}
    command = [sys.executable, "-c", BUILD, f"build_{kind}", str(out)]
    done = subprocess.run(command, cwd=source, env=tools, check=True, capture_output=True, text=True)
    return out / done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Build a wheel of this tree, and install it beside the libraries of this environment."""
    place = tmp_path_factory.mktemp("packaging")
    source = place / "source"
    for name in FOLDERS:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("LICENSE", "MANIFEST.in", "README.md", "pyproject.toml", "setup.py"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    requires = PYPROJECT["build-system"]["requires"]
    subprocess.run([*pip, "install", "--target", place / "tools", *requires], check=True, capture_output=True)
    wheel = build("wheel", source, place)

    python = place / "environment" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", python.parents[1]], check=True)
    install = [*pip, "--python", python, "install", "--no-deps", wheel]
    subprocess.run(install, check=True, capture_output=True)
    found = Installed(wheel, source, python, place / "empty")
    # The libraries alone: what is installed here as editable is found by a file that is not read there.
    found.package.with_name("libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    found.empty.mkdir()
    return found


@pytest.mark.thorough
def test_a_wheel_holds_the_engine_and_the_assignment_inside_of_it(installed: Installed) -> None:
    """A wheel has every file of both, and installs one package, whose name nobody else has."""
    package = installed.package
    for folder, there in (("autograder", package), ("solutions", package / "bundled")):
        for path in (installed.source / folder).rglob("*"):
            assert (there / path.relative_to(installed.source / folder)).exists(), path
    assert (package / "py.typed").is_file()
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(installed.wheel).namelist()}
    assert tops == {"autograder", f"bptt_kit-{autograder.__version__}.dist-info"}


@pytest.mark.thorough
def test_a_source_distribution_builds_the_same_wheel(installed: Installed, tmp_path: Path) -> None:
    """What is built from the source distribution has the same files with the same content."""
    with tarfile.open(build("sdist", installed.source, tmp_path)) as archive:
        archive.extractall(tmp_path, filter="data")
    (tmp_path / "tools").symlink_to(installed.source.parent / "tools")
    unpacked = next(path for path in tmp_path.glob("bptt_kit-*") if path.is_dir())
    again = build("wheel", unpacked, tmp_path)
    first, second = (
        {name: archive.read(name) for name in archive.namelist()}
        for archive in (zipfile.ZipFile(installed.wheel), zipfile.ZipFile(again))
    )
    assert first == second


@pytest.mark.thorough
def test_nothing_of_an_earlier_build_gets_into_a_wheel(installed: Installed, tmp_path: Path) -> None:
    """Files that are gone from the tree since the last build are not packed."""
    (installed.source / "build" / "lib" / "solutions").mkdir(parents=True)
    (installed.source / "build" / "lib" / "solutions" / "__init__.py").touch()
    again = build("wheel", installed.source, tmp_path)
    assert zipfile.ZipFile(again).namelist() == zipfile.ZipFile(installed.wheel).namelist()


@pytest.mark.thorough
def test_an_editable_installation_is_a_plain_path(installed: Installed, tmp_path: Path) -> None:
    """An editable installation adds one folder to the path, and no hook that every start of Python has to load."""
    names = zipfile.ZipFile(build("editable", installed.source, tmp_path)).namelist()
    assert [name for name in names if ".dist-info/" not in name] == [
        f"__editable__.bptt_kit-{autograder.__version__}.pth"
    ]


@pytest.mark.thorough
def test_the_demo_of_a_wheel(installed: Installed) -> None:
    """Installed from a wheel, the demo gives the sample class its marks wherever it is run."""
    said = installed.run("bptt", "demo")
    assert str(installed.package / "bundled" / "samples") in said
    results = installed.empty / "demo-results"
    with (results / "grades.csv").open(encoding="utf-8", newline="") as file:
        statuses = {row["student_id"]: row["status"] for row in csv.DictReader(file)}
    assert statuses == {student: row["status"] for student, row in SAMPLES.items()}
    assert (results / "report.html").is_file()


@pytest.mark.thorough
def test_the_handout_of_a_wheel(installed: Installed) -> None:
    """Installed from a wheel, the kit releases the very handout that is checked in."""
    installed.run("bptt", "release", "--out", "handout")
    made, kept = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (installed.empty / "handout", ROOT / "assignment")
    )
    assert made == {path: content for path, content in kept.items() if "__pycache__" not in path.parts}


@pytest.mark.thorough
def test_the_kit_is_the_same_from_a_wheel(installed: Installed) -> None:
    """Marks of a wheel and of the tree that it was built from are marks of the same kit."""
    code = "from autograder.model.identity import kit_identity; print(kit_identity())"
    source = {**os.environ, "PYTHONPATH": str(installed.source)}
    here = subprocess.run([sys.executable, "-c", code], cwd="/", env=source, capture_output=True, text=True, check=True)
    assert installed.run("python", "-c", code) == here.stdout


@pytest.mark.thorough
def test_a_course_of_nbgrader_from_a_wheel(installed: Installed) -> None:
    """Installed from a wheel, the kit makes a course with its instructor's notebook."""
    pytest.importorskip("nbgrader")
    installed.run("bptt", "nbgrader", "init", "course")
    assert (installed.empty / "course" / "source" / "rnn" / "rnn.ipynb").is_file()


def test_the_version_has_one_home():
    """pyproject.toml reads the version where the kit says it."""
    assert PROJECT["dynamic"] == ["version"]
    assert PYPROJECT["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "autograder.__version__"}
    assert metadata.version("bptt-kit") == autograder.__version__
