"""Load a student's file as far as it goes: all definitions above an error still count."""

import __future__

import ast
import re
import sys
import types
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

# A broken file is cut back to a prefix that parses; each cut is a parse, so there is a limit.
MAX_CUTS = 60
# A few tell enough about a notebook of a thousand broken cells.
MAX_PROBLEMS = 20
# A statement that is compiled by itself keeps what `from __future__` says further up.
FUTURE = __future__.annotations.compiler_flag
MAGIC_LINE = re.compile(r"^(\s*)(?:[%!?].*|[\w.]+\?{1,2}\s*)$")
MAGIC_VALUE = re.compile(r"^(\s*[\w, .\[\]]+=\s*)[%!].*$")
PYTHON_CELL_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun")


def describe(error: BaseException, files: dict[str, list[str]]) -> dict[str, Any]:
    """Return an error as plain data: type, message, and the line in the student's own file.

    `files` holds the lines of the student's chunks by label. `inside` is False if no frame of theirs was running,
    as when a call does not fit a function's signature.
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

    A chunk is run in one piece, which is faster. If that fails, the rest is run statement by statement; so is all of
    it if there are steps to skip.
    """

    def __init__(
        self,
        module: str,  # its name, and that of its file without the ending
        chunks: list[tuple[str, str]],
        notebook: bool,
        skip_steps: list[int] | None = None,
        progress: Callable[[int], None] = lambda _: None,
    ):
        self.chunks = chunks  # the label and the text of the file, or of each cell
        self.notebook = notebook
        self.skip_steps = skip_steps  # that ended an earlier process; None: a chunk is run in one piece
        self.progress = progress  # is told the number of each other step before it runs
        self.step = 0
        self.absent: set[str] = set()  # names that failed imports would have bound
        self.lines: dict[str, list[str]] = {}
        self.problems: list[dict[str, Any]] = []
        self.skipped: list[dict[str, Any]] = []
        self.module = types.ModuleType(module)
        self.module.__dict__["__file__"] = f"{module}.py"
        if notebook:
            self.module.__dict__.update(display=_nothing, get_ipython=_Shell)
        self.given = set(self.module.__dict__)  # names that are there before the submission's own

    def load(self) -> types.ModuleType:
        """Execute everything that can be. The rest is in `problems` and `skipped`."""
        sys.modules[self.module.__name__] = self.module
        for label, code in self.chunks:
            self.lines[label] = code.splitlines()
            complete = self._chunk(label, code)
            if not complete and not self.notebook:
                break  # as Python would; the cells of a notebook are run one by one
        return self.module

    def _chunk(self, label: str, code: str) -> bool:
        """Run one chunk, in one piece if it can be; False if it broke off."""
        whole = compiled(code, label) if self.skip_steps is None else None
        if not isinstance(whole, types.CodeType):
            return self._one_by_one(label, code)
        error = self._run(whole)
        if error is None:
            return True
        self._note(error)
        statements, _ = parse(code, label)
        failed = position_of(error, whole, statements)
        if failed < 0 or not self._goes_on_after(statements[failed], error):
            return False
        return self._one_by_one(label, code, failed + 1, whole.co_flags & FUTURE)

    def _one_by_one(self, label: str, code: str, start: int = 0, flags: int = 0) -> bool:
        """Run the statements of a chunk from number `start` on; False if it broke off."""
        for node in islice(self._statements(label, code), start, None):
            if node is None or not self._announce(label, node.lineno):
                return False
            statement = compiled(ast.Module([node], []), label, flags)
            flags |= getattr(statement, "co_flags", 0) & FUTURE
            error = self._run(statement)
            if error is not None:
                self._note(error)
                if not self._goes_on_after(node, error):
                    return False
        return True

    def _run(self, code: types.CodeType | BaseException) -> BaseException | None:
        """Run student code, and return the error in it."""
        if isinstance(code, BaseException):
            return code
        try:
            exec(code, self.module.__dict__)  # noqa: S102 - running student code is what this process is for
        except BaseException as error:  # sys.exit included
            return error
        return None

    def _goes_on_after(self, node: ast.stmt, error: BaseException) -> bool:
        """Whether only a package is missing: that costs no code that does not use it."""
        if isinstance(node, ast.Import | ast.ImportFrom):
            self.absent |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
            return True
        return isinstance(error, NameError) and error.name in self.absent

    def _announce(self, label: str, line: int) -> bool:
        """Tell the grader which step begins; False if that step is to be skipped."""
        self.step += 1
        if self.skip_steps is None:
            return True
        if self.step in self.skip_steps:
            self.skipped.append({"where": clean(label), "line": line})
            return False
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
        """Keep an error, as long as there is space for it in one frame."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(describe(error, self.lines))


def _nothing(*_: Any, **__: Any) -> None:
    """Take the place of a function that only a notebook has."""


class _Shell:
    """Takes the place of IPython's shell: every command does nothing."""

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return _nothing


def compiled(code: str | ast.Module, label: str, flags: int = 0) -> types.CodeType | BaseException:
    """Return code that can be run, or the error in it."""
    try:
        made: types.CodeType = compile(code, label, "exec", flags, dont_inherit=True)
    except BaseException as error:
        return error
    return made


def position_of(error: BaseException, whole: types.CodeType, statements: list[ast.stmt]) -> int:
    """Return the number of the statement in a chunk that raised an error, -1 if the error does not tell."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code is not whole:
        trace = trace.tb_next
    if trace is None:
        return -1
    line, _, column, _ = list(whole.co_positions())[trace.tb_lasti // 2]
    here = (line or trace.tb_lineno, column or 0)
    return sum(_begin(node) <= here for node in statements) - 1


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
