"""docs/api.md names what may be imported: all of it is there, and the bundled assignment needs nothing else."""

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
SOLUTIONS = ROOT / "solutions"
HANDED_IN = (SOLUTIONS / "samples", SOLUTIONS / "styles")


def named() -> dict[str, set[str]]:
    """Return the names that the page's tables give of each module; a row without one goes on with the last."""
    found: dict[str, set[str]] = {}
    module = ""
    for first, second in re.findall(r"^\| (?:`(autograder[\w.]*)`)? ?\| (`[^|]+`) \|", PAGE, re.MULTILINE):
        module = first or module
        found.setdefault(module, set()).update(re.findall(r"`(\w+)`", second))
    return found


@pytest.mark.parametrize("module", named())
def test_each_name_is_there(module: str) -> None:
    """Each module of the page can be imported, and has the names."""
    if module.startswith("autograder.nbgrader."):
        pytest.importorskip("nbgrader")
    missing = [name for name in sorted(named()[module]) if not hasattr(import_module(module), name)]
    assert missing == []


def test_the_bundled_assignment_imports_nothing_else() -> None:
    """Whoever writes another assignment finds on the page all that this one takes from the engine."""
    files = (path for path in SOLUTIONS.rglob("*.py") if not any(path.is_relative_to(one) for one in HANDED_IN))
    taken = {
        (node.module or "", alias.name)
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograder")
        for alias in node.names
    }
    offered = named()
    # A module that is imported whole stands for its names.
    others = [
        (module, name)
        for module, name in sorted(taken)
        if name not in offered.get(module, ()) and f"{module}.{name}" not in offered
    ]
    assert others == []


def test_the_example_is_an_assignment(tmp_path: Path) -> None:
    """A handout can be made of the page's example, and work is graded by it."""
    start, reference = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    for name, text in (("first/__init__.py", start), ("first/work.py", reference), ("class/ana/work.py", reference)):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for words in (("release", "--out", "handout"), ("grade", "class", "--out", "results", "--unprotected")):
        command = [sys.executable, "-m", "autograder", "--assignment", "first", *words]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert "NotImplementedError" in (tmp_path / "handout" / "work.py").read_text(encoding="utf-8")
    assert "ana,10,10,graded,10\n" in (tmp_path / "results" / "grades.csv").read_text(encoding="utf-8")
