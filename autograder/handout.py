"""The handout: made from `solutions/`, and the only thing that students may get.

`release` writes it, `drift` tells what in a folder differs from what `release` would write.
"""

import ast
import io
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeGuard
from zipfile import BadZipFile

import numpy as np
from jinja2 import Environment, StrictUndefined

from autograder.cases import Array
from autograder.public_cases import public_files
from autograder.rubric import SIGNATURES, TASK_BY_FUNCTION, TASKS
from autograder.tolerance import STYLES_AGREE, TAU

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_COPIED = (".py", ".txt", ".ini")
# What running the self-check leaves behind.
_LEFT_BEHIND = ("__pycache__", ".pytest_cache")


class HandoutError(Exception):
    """The handout cannot be made, or not there; str() says why and what to do."""


def release(out: Path) -> None:
    """Write the handout into a folder. Other files in it stay.

    Raises:
        HandoutError: `out` is no folder, or its rnn.py has somebody's work in it.
    """
    if out.exists() and not out.is_dir():
        raise HandoutError(f"{out} is not a folder; choose another place")
    _require_no_work(out / "rnn.py")
    for name, content in _handout().items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def drift(folder: Path) -> list[str]:
    """Say which files of a released folder are not what `release` would write; nothing when all are.

    Text is compared byte by byte. Arrays may differ in their last bits, as numpy's builds do.
    """
    due = _handout()
    found = []
    for name, content in due.items():
        path = folder / name
        if not path.is_file():
            found.append(f"{name} is missing")
        elif name.endswith(".npz"):
            found += [f"{name}: {difference}" for difference in _array_drift(path.read_bytes(), content)]
        elif path.read_bytes() != content:
            found.append(f"{name} differs {_first_difference(path.read_bytes(), content)}")
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in due and not set(_LEFT_BEHIND) & set(path.relative_to(folder).parts):
            found.append(f"{name} is no part of the handout")
    return found


def stub(source: str) -> str:
    """Take the solutions out of a reference's source.

    A marked region in a function's body becomes the `NotImplementedError` that names its task; one at
    module level, with its helpers, goes without a trace.

    Raises:
        HandoutError: a marker has no partner, or a task's function would keep code of its own.
    """
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    lines: list[str] = []
    opened = 0  # the line of the open BEGIN; 0: none is open
    for number, line in enumerate(source.splitlines(), start=1):
        marker = line.strip()
        if marker == BEGIN:
            if opened:
                raise HandoutError(f"line {number}: {BEGIN} inside the region that line {opened} began")
            opened = number
            inside = next((f.name for f in functions if f.lineno < number <= (f.end_lineno or 0)), None)
            if inside is not None:
                lines.append(f"{line.partition('#')[0]}raise NotImplementedError({_title(inside, number)})")
        elif marker == END:
            if not opened:
                raise HandoutError(f"line {number}: {END} without a {BEGIN}")
            opened = 0
        elif not opened:
            lines.append(line)
    if opened:
        raise HandoutError(f"line {opened}: {BEGIN} without an {END}")
    text = "\n".join(lines) + "\n"
    stubs = {node.name for node in ast.parse(text).body if _is_stub(node)}
    if exposed := [name for name in SIGNATURES if name not in stubs]:
        raise HandoutError(f"{', '.join(exposed)}: one region must hold the whole body, or its answer is released")
    return text


def _title(function: str, line: int) -> str:
    if function not in TASK_BY_FUNCTION:
        raise HandoutError(f"line {line}: {function} is no task's function; put the region around all of it")
    return f'"{TASK_BY_FUNCTION[function].title}"'


def _require_no_work(path: Path) -> None:
    """Raise where an rnn.py holds more than stubs: overwriting it would lose what somebody wrote."""
    if not path.exists():
        return
    try:
        body = ast.parse(path.read_bytes()).body
    except (SyntaxError, ValueError):
        untouched = False
    else:
        code = [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
        untouched = all(node.name == "Params" or _is_stub(node) for node in code)
    if not untouched:
        raise HandoutError(f"{path} has been edited, and the handout would overwrite it; choose another folder")


def _is_stub(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    """Whether this is a function whose body, apart from its docstring, says only that it is to be written."""
    if not isinstance(node, ast.FunctionDef):
        return False
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return len(body) == 1 and ast.unparse(body[0]).startswith("raise NotImplementedError('Task ")


def _handout() -> dict[str, bytes]:
    """Return every file of the handout by its path inside it."""
    made = dict(_copied(files("solutions") / "handout"))
    made["rnn.py"] = stub((files("solutions") / "rnn.py").read_text(encoding="utf-8")).encode()
    made["README.md"] = _readme().encode()
    made |= public_files("selfcheck/public_cases")
    return dict(sorted(made.items()))


def _copied(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name not in _LEFT_BEHIND:
            yield from _copied(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(_COPIED):
            # Read as text: a checkout on Windows may have other line ends.
            yield prefix + entry.name, entry.read_text(encoding="utf-8").encode()


def _readme() -> str:
    # Markdown, not HTML, and all that goes in is our own.
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True)  # noqa: S701
    environment.filters["points"] = lambda points: f"{points:g}"
    template = environment.from_string((files("solutions") / "handout" / "README.md.j2").read_text(encoding="utf-8"))
    return template.render(tasks=TASKS, total=sum(task.points for task in TASKS), tolerance=f"{TAU:g}")


def _array_drift(found: bytes, due: bytes) -> Iterator[str]:
    try:
        with np.load(io.BytesIO(found), allow_pickle=False) as file:
            ours = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        yield f"cannot be read ({error})"
        return
    with np.load(io.BytesIO(due), allow_pickle=False) as file:
        theirs = {name: file[name] for name in file.files}
    if ours.keys() != theirs.keys():
        yield f"other arrays: {', '.join(sorted(ours.keys() ^ theirs.keys())[:5])}"
    both = [name for name in theirs if name in ours]
    if other := [name for name in both if not _equal(ours[name], theirs[name])]:
        yield f"{len(other)} of {len(theirs)} arrays have other values, the first is {other[0]}"


def _equal(ours: Array, theirs: Array) -> bool:
    return ours.shape == theirs.shape and np.allclose(ours, theirs, STYLES_AGREE, STYLES_AGREE)


def _first_difference(found: bytes, due: bytes) -> str:
    ours, theirs = found.splitlines(), due.splitlines()
    for number, (our, their) in enumerate(zip(ours, theirs, strict=False), start=1):
        if our != their:
            return f"from line {number} on"
    return f"in length: {len(ours)} lines for {len(theirs)}" if len(ours) != len(theirs) else "in its line ends"
