"""The house keeps its order: the engine knows no assignment, the worker no host, and no package what comes after it."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import get_args

from solutions import ASSIGNMENT
from solutions.rnn import Activation

ROOT = Path(__file__).parent.parent
ENGINE, SOLUTIONS = ROOT / "autograder", ROOT / "solutions"
WORKER = ENGINE / "sandbox" / "worker"
#: The packages of the engine in their order: the table in docs/architecture.md, which is the one list of them.
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGES = re.findall(r"^\| \d+ \| `(\w+)", PAGE, re.MULTILINE)
MOST_PACKAGES, MOST_FLOORS, MOST_LINES, MOST_LINES_OF_A_FUNCTION = 16, 9, 300, 40
PLAIN_DATA = ("assignment", "model")

#: Students hand in one file, so the reference is one; samples and styles are what people handed in.
NO_LIMIT = [SOLUTIONS / f"{ASSIGNMENT.module}.py", SOLUTIONS / "samples", SOLUTIONS / "styles"]
#: Quoted words that only look like the assignment's: by file of the engine.
OTHER_THINGS = {
    ("cases/case_sets.py", "identity"),  # what a key is derived for
}


def python_files(*folders: Path) -> list[Path]:
    """Return the Python files of folders, without what has no limit."""
    found = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    return [path for path in found if not any(path.is_relative_to(free) for free in NO_LIMIT)]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield (module, line) of what code imports, inside functions too; what only types need is left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            inside = node.module == "autograder"
            yield from ((f"{node.module}.{alias.name}" if inside else node.module, node.lineno) for alias in node.names)
        yield from imports(node)


def package_of(path: Path) -> str:
    return path.relative_to(ENGINE).parts[0].removesuffix(".py")


def imported_packages(path: Path) -> Iterator[tuple[str, int]]:
    """Yield (package, line) of what a file of the engine imports from others."""
    for module, line in imports(parsed(path)):
        engine, _, rest = module.partition(".")
        package = rest.partition(".")[0]
        if engine == "autograder" and package in PACKAGES and package != package_of(path):
            yield package, line


def test_the_packages_are_those_of_the_architecture_page() -> None:
    """The table lists every package of the engine once, and there are few."""
    entries = {path.name.removesuffix(".py") for path in ENGINE.iterdir() if path.suffix in ("", ".py")}
    assert sorted(PACKAGES) == sorted(name for name in entries if not name.startswith("__"))
    assert len(PACKAGES) <= MOST_PACKAGES


def none(found: Iterable[str]) -> None:
    """Fail with all that was found, a line each."""
    lines = sorted(set(found))
    assert not lines, "\n".join(["", *lines])


def test_a_package_imports_only_from_those_before_it() -> None:
    """No import of the engine runs back up the table, and none inside of a function either."""
    none(
        f"{path.relative_to(ROOT)}:{line}: {package_of(path)} imports {package}"
        for path in python_files(ENGINE)
        if package_of(path) in PACKAGES
        for package, line in imported_packages(path)
        if PACKAGES.index(package) > PACKAGES.index(package_of(path))
    )


def test_the_house_is_low() -> None:
    """Between the command line and the plain data, the longest chain of packages that import each other is short."""
    needs: dict[str, set[str]] = {package: set() for package in PACKAGES}
    for path in python_files(ENGINE):
        if package_of(path) in PACKAGES:
            needs[package_of(path)] |= {package for package, _ in imported_packages(path)}
    chains: dict[str, list[str]] = {}
    for package in PACKAGES:  # each after what it imports
        longest = max((chains[name] for name in needs[package] - {*PLAIN_DATA} if name in chains), key=len, default=[])
        chains[package] = [*longest, package]
    between = chains["cli"][:-1]
    assert len(between) <= MOST_FLOORS, " < ".join(between)


def test_the_engine_imports_no_assignment() -> None:
    """An assignment is loaded by its path: the engine has no import of one."""
    none(
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for path in python_files(ENGINE)
        for module, line in imports(parsed(path))
        if module.partition(".")[0] == "solutions" or module.startswith("autograder.bundled")
    )


def test_an_assignment_imports_its_own_by_relative_imports() -> None:
    """An assignment doesn't know by what name it is loaded. What students get has no package around it."""
    none(
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for path in python_files(SOLUTIONS)
        for module, line in imports(parsed(path))
        if module.partition(".")[0] == "solutions"
    )


def test_the_engine_names_nothing_of_the_assignment() -> None:
    """No code, docstring or template of the engine has a task's id, a student's function or an activation.

    A plain word (forward) may be said, and not quoted.
    """
    names = {*ASSIGNMENT.task, *ASSIGNMENT.task_of}
    words = {name for name in names if name.isalpha() and name.islower()}
    quoted = "|".join(sorted(words | set(get_args(Activation))))
    named = re.compile(rf"\b(?:{'|'.join(sorted(names - words))})\b|(?<=[\"'`])(?:{quoted})\b")
    files = (path for path in ENGINE.rglob("*") if path.is_file() and path.suffix != ".pyc")
    none(
        f"{path.relative_to(ENGINE)}:{number}: {name}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for name in named.findall(line)
        if (path.relative_to(ENGINE).as_posix(), name) not in OTHER_THINGS
    )


def test_the_worker_imports_nothing_of_the_host() -> None:
    """The program beside student code imports the standard library, numpy and its neighbours."""
    known = {*sys.stdlib_module_names, "numpy", *(path.stem for path in WORKER.glob("*.py"))}
    none(
        f"{path.name}:{line}: {module}"
        for path in python_files(WORKER)
        for module, line in imports(parsed(path))
        if module.partition(".")[0] not in known
    )


def test_no_file_is_long() -> None:
    """Each file can be read in one sitting."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in python_files(ENGINE, SOLUTIONS)}
    none(f"{path.relative_to(ROOT)} has {lines} lines" for path, lines in lengths.items() if lines > MOST_LINES)


def test_no_function_is_long() -> None:
    """Each function fits on a screen, with its docstring."""
    none(
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.name} has {lines} lines"
        for path in python_files(ENGINE, SOLUTIONS)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for lines in [(node.end_lineno or node.lineno) - node.lineno + 1]
        if lines > MOST_LINES_OF_A_FUNCTION
    )


def test_what_make_runs_of_the_tests_can_be_imported() -> None:
    """A benchmark or a picture-maker imports nothing of the kit that is no longer there."""
    for path in (*ROOT.glob("tests/[!t_]*.py"), *ROOT.glob("tests/benchmarks/*.py")):
        try:
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] in ("autograder", "solutions", "tests"):
                raise
