"""What will be different at grading, and what lies in the way here: said before it costs anything.

The grader has one file, numpy and Python's own modules, and a Python of its own; `grader.json` says which.
"""

import ast
import contextlib
import io
import json
import re
import sys
import tokenize
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib.resources import files
from importlib.util import decode_source
from pathlib import Path
from typing import cast

from . import limit
from .cases import ALL_TASKS, MODULE, TASKS
from .hidden import hidden
from .results import Result

_FUNCTIONS = {name: task.id for task in ALL_TASKS for name in task.signatures}
_ALL = frozenset(task.id for task in TASKS)
# What the handout has; every other file is the student's own.
_HANDOUT = {f"{MODULE}.py", "conftest.py", f"test_{MODULE}.py"}
# Where work is looked for: here, and one folder down.
_PLACES = ("*.py", "*.ipynb", "[!.]*/*.py", "[!.]*/*.ipynb")
_AT_GRADING = {*sys.stdlib_module_names, "numpy", "__future__"}
# Conditions of what the grader does not run.
_NOT_RUN = re.compile("__main__|TYPE_CHECKING")
_PYTHON = tuple(json.loads((files(__package__) / "grader.json").read_text(encoding="utf-8"))["python"])


def remarks(path: Path, results: Sequence[Result]) -> list[str]:
    """Return what is to be said of a student's file that was checked, besides the results."""
    left = {result.task for result in results if result.state == "to do"}
    found = [without] if (without := limit.remark()) else []
    found += [said] if (said := hidden(path.parent)) else []
    try:
        raw = path.read_bytes()
        found += _of_source(path.parent, path.name, decode_source(raw))
    except (OSError, SyntaxError, ValueError):  # it was changed while it was checked
        return found
    encoding = tokenize.detect_encoding(io.BytesIO(raw).readline)[0]
    if encoding not in ("utf-8", "utf-8-sig"):
        found.append(f"{path.name} is in the encoding {encoding}, as it declares; UTF-8 is understood everywhere")
    return found + (elsewhere(path, left) if left else [])


def of_cells(namespace: Mapping[str, object]) -> list[str]:
    """Return what is to be said of the cells that were run in a notebook, by the number of each one's last run."""
    ran = cast("Sequence[str]", namespace.get("In", ()))
    found = [said] if (said := hidden(Path.cwd())) else []
    for number, cell in ((number, cell) for number, cell in enumerate(ran) if cell not in ran[number + 1 :]):
        python = re.sub(r"^[ \t]*[!%].*", "pass", cell, flags=re.MULTILINE)  # which is not run at grading
        with contextlib.suppress(SyntaxError, ValueError):
            found += _of_source(Path.cwd(), f"In [{number}]", python)
    return found


def _of_source(folder: Path, name: str, source: str) -> Iterator[str]:
    """Yield what is to be said of code, in a file or a cell of this name. Raises SyntaxError where it is none."""
    for module, line in _imported(ast.parse(source)):
        if module not in {*_AT_GRADING, Path(name).stem}:
            yield _foreign(folder, f"{name}, line {line},", module)
    if newer := _newer(source):
        version = ".".join(map(str, _PYTHON))
        yield f"{name} is newer than Python {version}, by which it is graded: {newer}"


def _foreign(folder: Path, where: str, module: str) -> str:
    own = (folder / f"{module}.py").is_file() or (folder / module).is_dir()
    why = "one file is handed in" if own else "only numpy and Python's own modules are there"
    return f"{where} needs {module}{'.py' * own}, which will be missing at grading: {why}"


def _imported(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield the first name of each module that is imported, and the line; not where the file can do without."""
    if isinstance(node, ast.Import):
        yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module.partition(".")[0], node.lineno
    for child in ast.iter_child_nodes(node):
        if isinstance(node, ast.Try) and node.handlers and child in node.body:
            continue
        if isinstance(node, ast.If) and _NOT_RUN.search(ast.dump(node.test)) and child in node.body:
            continue
        yield from _imported(child)


def _newer(source: str) -> str:
    """Return what the grader's Python would say of the syntax, or ""."""
    if sys.version_info[:2] <= _PYTHON:
        return ""
    try:
        ast.parse(source, feature_version=_PYTHON)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    if sys.version_info >= (3, 12) > _PYTHON:
        return _nested_quotes(source)
    return ""


def _nested_quotes(source: str) -> str:
    """Return which line of an f-string holds, in braces, what older Pythons don't take there, or ""."""
    quotes: list[str] = []  # those of the f-strings that are open
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind = tokenize.tok_name[token.type]
        inside = quotes[-1] if quotes else ""
        opening = re.sub(r"^\w+", "", token.string)
        string = kind in ("STRING", "FSTRING_START") and (opening.startswith(inside) or "\\" in token.string)
        if inside and (string or kind == "COMMENT" or (kind == "NL" and len(inside) == 1)):
            return f"line {token.start[0]}: its own quotes, a backslash or a comment in the braces of an f-string"
        if kind == "FSTRING_START":
            quotes.append(opening)
        elif kind == "FSTRING_END":
            quotes.pop()
    return ""


def elsewhere(path: Path, left: Collection[str] = _ALL) -> list[str]:
    """Return a line for each other file here, or one folder down, with tasks written that this one does not have."""
    here, found = path.parent, []
    for other in sorted(one for pattern in _PLACES for one in here.glob(pattern)):
        package = other.parent != here and (other.parent / "__init__.py").exists()  # of the handout's own
        if package or other == path or (other.parent == here and other.name in _HANDOUT):
            continue
        written = [task for task in _written(other) if task in left]
        if written:
            what = written[0] if len(written) == 1 else f"{len(written)} tasks that are to do in {path.name}"
            move = f"rename it to {path.name}" if other.parent == here else f"put it here as {path.name}"
            check = "check it there: run the cells" if other.suffix == ".ipynb" else move
            name = other.relative_to(here).as_posix()
            found.append(f"{name} has {what}: pytest checks {path.name} alone; {check}")
    return found


def _written(path: Path) -> list[str]:
    """Return the tasks whose functions are more than stubs in a file or a notebook, in order."""
    try:
        text = decode_source(path.read_bytes())
        if path.suffix == ".ipynb":
            cells = json.loads(text)["cells"]
            parts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        else:
            parts = [text]
    except (OSError, SyntaxError, ValueError, KeyError, TypeError):
        return []
    functions = dict.fromkeys(_FUNCTIONS[node.name] for part in parts for node in _functions(part))
    return list(functions)


def _functions(source: str) -> list[ast.FunctionDef]:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):  # magics, or half a line
        return []
    found = [node for node in body if isinstance(node, ast.FunctionDef) and node.name in _FUNCTIONS]
    return [node for node in found if not ast.unparse(node.body[-1]).startswith("raise NotImplementedError")]
