"""Load a student's file statement by statement, so that what was defined before an error still counts."""

import __future__

import ast
import re
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from stateless import stateless

MODULE = "rnn"
# A broken file is cut back to a prefix that parses; each cut is a parse, so there is a limit.
MAX_CUTS = 60
# A few tell what is wrong with a notebook of a thousand broken cells.
MAX_PROBLEMS = 20
MAGIC_LINE = re.compile(r"^(\s*)(?:[%!?].*|[\w.]+\?{1,2}\s*)$")
MAGIC_VALUE = re.compile(r"^(\s*[\w, .\[\]]+=\s*)[%!].*$")
PYTHON_CELL_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun")


def describe(error: BaseException, files: dict[str, list[str]]) -> dict[str, Any]:
    """Return what went wrong, as plain data: type, message, and the line in the student's own file.

    `files` holds the lines of the student's chunks by label; `inside` is False where no frame of theirs
    was running, as when a call does not fit a function's signature.
    """
    where, line = "", 0
    if isinstance(error, SyntaxError):
        where, line = error.filename or "", error.lineno or 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in files:
            where, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    lines = files.get(where, [])
    try:
        message = str(error)[:500]
    except BaseException:
        message = "(its message could not be read)"
    return {
        "type": clean(type(error).__name__[:80]),
        "message": clean(message),
        "where": clean(where[:80]),
        "line": line,
        "text": clean(lines[line - 1].strip()[:200]) if 0 < line <= len(lines) else "",
        "memory": isinstance(error, MemoryError),
        "inside": bool(where),
    }


def clean(text: str) -> str:
    """Return `text` without lone surrogates, which JSON readers refuse."""
    return str.encode(str(text), "utf-8", "replace").decode()


class Loader:
    """Runs the chunks of one submission in a fresh module.

    A chunk is run in one piece. Where that fails, what stands above has been done, and the rest is gone through
    statement by statement; so is all of it where `progress` wants to be told of each step, or a step is poisoned.
    """

    def __init__(
        self, chunks: list[tuple[str, str]], notebook: bool, poison: list[int], progress: Callable[[int], None] | None
    ):
        self.chunks = chunks
        self.notebook = notebook
        self.poison = frozenset(poison)  # steps that ended an earlier process: not tried again
        self.progress = progress
        self.step = 0
        self.absent: set[str] = set()  # names that failed imports would have bound
        self.lines: dict[str, list[str]] = {}
        self.problems: list[dict[str, Any]] = []
        self.skipped: list[dict[str, Any]] = []
        self.module = types.ModuleType(MODULE)
        self.module.__dict__["__file__"] = "rnn.py"
        self.given: set[str] = set()  # names that are there before the submission's own

    def load(self) -> types.ModuleType:
        """Execute everything that can be; what could not is in `problems` and `skipped`."""
        sys.modules[MODULE] = self.module
        if self.notebook:
            self.module.__dict__.update(display=_nothing, get_ipython=_Shell)
        self.given = set(self.module.__dict__)
        for label, code in self.chunks:
            self.lines[label] = code.splitlines()
            complete = self._chunk(label, code)
            if not complete and not self.notebook:
                break  # as Python would; the cells of a notebook are run one by one
        return self.module

    def stateless(self) -> bool:
        """Whether what was loaded can remember nothing from one call to the next."""
        kept: bool = stateless(self.module.__dict__, self.given, self.lines)
        return kept

    def _chunk(self, label: str, code: str) -> bool:
        """Run one chunk; False where it broke off."""
        done = 0  # statements that have been run, one that failed included
        if self.progress is None and not self.poison:
            whole = compiled(code, label)
            if whole is not None:
                error = self._run(whole)
                if error is None:
                    return True
                self._note(error)
                statements, _ = parse(code, label)
                done = 1 + position_of(error, whole, statements)
                if not done or not self._goes_on_after(statements[done - 1], error):
                    return False
        flags = 0
        for number, node in enumerate(self._statements(label, code)):
            if node is None:
                return False
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                for alias in node.names:
                    flags |= getattr(getattr(__future__, alias.name, None), "compiler_flag", 0)
            if number < done:
                continue
            if not self._announce(label, node.lineno):
                return False
            error = self._run_one(node, label, flags)
            if error is not None:
                self._note(error)
                if not self._goes_on_after(node, error):
                    return False
        return True

    def _run_one(self, node: ast.stmt, label: str, flags: int) -> BaseException | None:
        try:
            code = compile(ast.Module([node], []), label, "exec", flags, dont_inherit=True)
        except BaseException as error:
            return error
        return self._run(code)

    def _run(self, code: types.CodeType) -> BaseException | None:
        """Run student code, and return what it raised."""
        try:
            exec(code, self.module.__dict__)  # noqa: S102 - running student code is what this process is for
        except BaseException as error:  # sys.exit included
            return error
        return None

    def _goes_on_after(self, node: ast.stmt, error: BaseException) -> bool:
        """Whether nothing worse happened than that a package is not here: it costs only what uses it."""
        if isinstance(node, ast.Import | ast.ImportFrom):
            self.absent |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
            return True
        return isinstance(error, NameError) and error.name in self.absent

    def _announce(self, label: str, line: int) -> bool:
        """Tell the grader which step begins; False where that step is known to end the process."""
        self.step += 1
        if self.step in self.poison:
            self.skipped.append({"step": self.step, "where": clean(label), "line": line})
            return False
        if self.progress is not None:
            self.progress(self.step)
        return True

    def _statements(self, label: str, code: str) -> Iterator[ast.stmt | None]:
        """Yield the statements that parse, then None if the text is broken."""
        if not self._announce(label, 1):
            yield None
            return
        statements, error = parse(code, label)
        if error is not None and self.notebook:
            statements, error = parse(without_magics(code), label)
        yield from statements
        if error is not None:
            self._note(error)
            yield None

    def _note(self, error: BaseException) -> None:
        """Keep what went wrong, as far as it goes into one frame."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(describe(error, self.lines))


def _nothing(*_: Any, **__: Any) -> None:
    """Stand in for what only a notebook does."""


class _Shell:
    """What `get_ipython()` gives: every command of IPython's does nothing."""

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return _nothing


def compiled(code: str, label: str) -> types.CodeType | None:
    """Return a chunk in one piece, or None where it is broken somewhere."""
    try:
        return compile(code, label, "exec", dont_inherit=True)
    except BaseException:
        return None


def position_of(error: BaseException, whole: types.CodeType, statements: list[ast.stmt]) -> int:
    """Return which of the statements of a chunk raised an error, -1 where it does not tell."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code is not whole:
        trace = trace.tb_next
    if trace is None:
        return -1
    line, _, column, _ = list(whole.co_positions())[trace.tb_lasti // 2]
    here = (line or trace.tb_lineno, column or 0)
    begun = [number for number, node in enumerate(statements) if _begin(node) <= here]
    return begun[-1] if begun else -1


def _begin(node: ast.stmt) -> tuple[int, int]:
    """Return the line and column at which a statement begins; a decorated one does so at its first decorator."""
    parts: list[ast.stmt | ast.expr] = [node, *getattr(node, "decorator_list", [])]
    return min((part.lineno, part.col_offset) for part in parts)


def parse(code: str, label: str) -> tuple[list[ast.stmt], BaseException | None]:
    """Return the statements of `code` and no error, or those above the error and the error."""
    try:
        return ast.parse(code, label).body, None
    except BaseException as error:
        return prefix_that_parses(code, label, error), error


def prefix_that_parses(code: str, label: str, error: BaseException) -> list[ast.stmt]:
    """Return the statements above the one that is broken, as far as they parse on their own."""
    lines = code.splitlines(keepends=True)
    last = min(getattr(error, "lineno", None) or 0, len(lines))
    starts = [n for n in range(last) if lines[n][:1].strip() and lines[n][0] not in "#)]}"]
    for n in reversed(starts[-MAX_CUTS:]):
        try:
            return ast.parse("".join(lines[:n]), label).body
        except BaseException:  # noqa: S112 - the next shorter prefix is tried
            continue
    return []


def without_magics(code: str) -> str:
    """Return a notebook cell's Python: magics and shell escapes become `pass`, lines keep their numbers."""
    lines = code.splitlines()
    first = next((line.strip() for line in lines if line.strip()), "")
    if first.startswith("%%") and first.split()[0] not in PYTHON_CELL_MAGICS:
        return ""  # another language, or text for a file
    return "\n".join(MAGIC_VALUE.sub(r"\1None", MAGIC_LINE.sub(r"\1pass", line)) for line in lines)
