"""Import a student's file, and call the functions in it. What goes wrong becomes words."""

import inspect
import linecache
import re
import sys
import traceback
import types
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from functools import partial
from importlib.util import decode_source
from pathlib import Path
from textwrap import indent
from types import SimpleNamespace
from typing import NamedTuple, cast

import numpy as np

from .cases import ALL_TASKS, RECORDS, Case, Record
from .input import unanswered
from .limit import SECONDS, TookTooLong, limited
from .remarks import elsewhere
from .results import Finding, NotWrittenYet, Wrong

_TITLES = tuple(f"Task {task.number}: {task.id}" for task in ALL_TASKS)
#: Of each function, as the handout prints it.
SIGNATURES = {name: signature for task in ALL_TASKS for name, signature in task.signatures.items()}


# How a cell is named where a message quotes a line of it: in old kernels and in browsers, in Colab, and elsewhere.
_CELL = re.compile(r"<ipython-input-[^>]*>|(?:ipython-input-[\d-]*)?\d{6,}\.py")


class CannotImport(Exception):
    """There is nothing to check; str() says which line broke and what to do."""


class Reply(NamedTuple):
    """What a call returned, and the arrays among its arguments that it changed: name -> (before, after)."""

    value: object
    changes: dict[str, tuple[np.ndarray, np.ndarray]]


def _quote(filename: str, line: int | None, function: str = "") -> str:
    """Return where a line is, and the line itself below."""
    name = Path(filename).name
    name = "this notebook" if _CELL.fullmatch(name) else name
    place = f"{name}, line {line}" + (f", in {function}" if function else "")
    return f"{place}:\n    {linecache.getline(filename, line or 0).strip()}"


def _said(error: BaseException) -> str:
    """Return the exception's name and the first lines of its message."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()][:3]
    return ": ".join([type(error).__name__, " ".join(lines)[:300]] if lines else [type(error).__name__])


def _own_lines(error: BaseException, own: Collection[str]) -> str:
    """Return the line of the function that was called, and the innermost one, among those of the student's files."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in own]
    shown = frames[:1] + frames[1:][-1:]
    return "\n".join(_quote(frame.filename, frame.lineno, frame.name.replace("<module>", "")) for frame in shown)


def load(path: Path) -> "Student":
    """Import a student's file.

    Raises:
        CannotImport: the file is missing, is not Python, or an exception stops it.
    """
    source = _read(path)
    filename = str(path)
    module = types.ModuleType(path.stem)
    module.__file__ = filename
    linecache.checkcache(filename)
    try:
        # Compiled from the text each time: bytecode in __pycache__ can be older than a quick edit.
        code = compile(source, filename, "exec", dont_inherit=True)
        sys.modules[path.stem] = module  # dataclasses, and an import of the file by itself, look here
        with limited(), unanswered(), np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(code, module.__dict__)  # noqa: S102  # running the student's own file is the purpose
    except SyntaxError as error:
        raise CannotImport(
            f"{path.name} is not valid Python: {error.msg}\n  {_quote(error.filename or filename, error.lineno)}\n"
            "Correct this line (or the end of the one above it), then run pytest again."
        ) from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # also SystemExit, when a file calls exit()
        said = f"it did not end within {SECONDS:g} seconds" if isinstance(error, TookTooLong) else _said(error)
        raise CannotImport(
            f"{path.name} cannot be imported: {said}\n{indent(_own_lines(error, [filename]), '  ')}\n"
            "This line runs as soon as the file is imported. Correct it, or move it into a\n"
            "function, then run pytest again."
        ) from error
    return Student(module.__dict__, partial(load, path))


def _read(path: Path) -> str:
    try:
        return decode_source(path.read_bytes())
    except FileNotFoundError as error:
        here = "\n".join(elsewhere(path))
        raise CannotImport(f"There is no {path.name} here. Put yours into {path.parent}\n{here}".rstrip()) from error
    except OSError as error:
        raise CannotImport(f"{path.name} cannot be read: {_said(error)}") from error
    except (UnicodeDecodeError, SyntaxError) as error:  # SyntaxError: it names a coding that does not exist
        what = f"{path.name} is not text in UTF-8: {error}"
        raise CannotImport(f"{what}\nSave it as UTF-8, then run pytest again.") from error


class Student:
    """The functions of one student, by name: those of a file, or of a notebook.

    `reload` imports them again, as they are before the first call; a notebook can not.
    """

    def __init__(self, namespace: Mapping[str, object], reload: "Callable[[], Student] | None" = None) -> None:
        self._namespace = namespace
        self._reload = reload
        #: Functions that did not end in time, and what is said of each: they are not called again.
        self.stopped: dict[str, Wrong] = {}

    def anew(self) -> "Student":
        """Return the functions with nothing left over from earlier calls, where that can be had."""
        return self._reload() if self._reload else self

    def call(self, case: Case) -> object:
        """Call a case's function with fresh arguments, and return what it returned.

        Raises:
            NotWrittenYet: the function, or one that it calls, is still a stub.
            Wrong: it is missing, has another signature, raised, or changed its arguments.
        """
        reply = self.ask(case)
        for name, (before, after) in reply.changes.items():
            raise Wrong(_changed(name, before, after))
        return reply.value

    def ask(self, case: Case) -> Reply:
        """Call it in the same way, and see what happens to the arguments. Raises as `invoke` does."""
        args, kwargs = case.arguments(self.records)
        before = {name: array.copy() for name, array in _arrays(case, args)}
        value = self.invoke(case.function, *args, **kwargs)
        now = _arrays(case, args)
        changes = {name: (before[name], array) for name, array in now if not np.array_equal(before[name], array)}
        return Reply(value, changes)

    def invoke(self, name: str, *args: object, **kwargs: object) -> object:
        """Call one function.

        Raises:
            NotWrittenYet: the function, or one that it calls, is still a stub.
            Wrong: it is missing, has another signature, raised, or did not end in time.
        """
        if name in self.stopped:
            raise self.stopped[name]
        function = self._function(name)
        try:
            with self._without_stopped(), limited(), unanswered(), np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return function(*args, **kwargs)
        except (KeyboardInterrupt, Wrong):
            raise
        except TookTooLong as error:
            raise self._stop(name, function, error) from None
        except BaseException as error:  # also SystemExit: one function that calls exit() ends no other check
            if isinstance(error, NotImplementedError) and str(error) in _TITLES:
                raise NotWrittenYet(str(error)) from error
            if isinstance(error, TypeError):
                _require_signature(name, function, args, kwargs)
            raise Wrong(_raised(function, error), "error") from error

    @property
    def records(self) -> SimpleNamespace:
        """The student's own named tuples, by name."""
        return SimpleNamespace(**{kind: partial(self.invoke, kind) for kind in RECORDS})

    def _stop(self, name: str, function: Callable[..., object], error: TookTooLong) -> Wrong:
        """Remember the function, and the innermost other one of the assignment in which it was stopped."""
        inside = [frame.name for frame in traceback.extract_tb(error.__traceback__) if frame.name in SIGNATURES]
        where = _own_lines(error, _files(function))
        for one in {name, *inside[-1:]}:
            summary = f"did not end within {SECONDS:g} seconds, and was stopped"
            finding = Finding(summary, got="no answer: does a loop in it never end?", where=where)
            self.stopped[one] = Wrong(finding, "error")
        return self.stopped[name]

    @contextmanager
    def _without_stopped(self) -> Iterator[None]:
        """Keep the other functions from calling one that did not end: each would take as long."""
        namespace = cast("MutableMapping[str, object]", self._namespace)
        theirs = {name: namespace[name] for name in self.stopped if name in namespace}
        namespace.update({name: partial(_refuse, name) for name in theirs})
        try:
            yield
        finally:
            namespace.update(theirs)

    def _function(self, name: str) -> Callable[..., object]:
        function = self._namespace.get(name)
        if callable(function):
            return cast("Callable[..., object]", function)
        if name in self._namespace:
            got = f"{name} is {type(function).__name__}, not a function"
            raise Wrong(Finding(f"{name} cannot be called", expected=SIGNATURES.get(name, ""), got=got), "error")
        import difflib  # it takes longer to load than a check takes, and is rarely needed

        close = difflib.get_close_matches(name, self._namespace, n=1, cutoff=0.75)
        got = f"no such name; there is {close[0]}: is that it?" if close else "no such name"
        raise Wrong(Finding(f"{name} is missing", expected=SIGNATURES.get(name, f"class {name}"), got=got), "error")


def _refuse(name: str, *_: object, **__: object) -> None:
    raise Wrong(Finding(f"{name}, which it calls, did not end in time, and is not called again"), "error")


def _files(function: Callable[..., object]) -> set[str]:
    """Return the files, or cells of a notebook, in which the functions beside this one are written."""
    function = inspect.unwrap(function)
    beside: dict[str, object] = getattr(function, "__globals__", {})
    own = [value for value in [function, *beside.values()] if getattr(value, "__globals__", None) is beside]
    return {code.co_filename for value in own if (code := getattr(value, "__code__", None))}


def _arrays(case: Case, args: tuple[object, ...]) -> list[tuple[str, np.ndarray]]:
    """Return every array among the arguments with its name, those inside a named tuple included."""
    found: list[tuple[str, object]] = []
    for name, value in zip(case.args, args, strict=True):
        if isinstance(record := case.args[name], Record):
            found += [(f"{name}.{field}", getattr(value, field, None)) for field in record.arrays]
        else:
            found.append((name, value))
    return [(name, value) for name, value in found if isinstance(value, np.ndarray)]


def _changed(name: str, before: np.ndarray, after: np.ndarray) -> Finding:
    if before.shape != after.shape:
        change = f"its shape was {before.shape} and is now {after.shape}"
    else:
        index = tuple(int(i) for i in np.argwhere(before != after)[0])
        change = f"{name}{list(index)} was {before[index]:.6g} and is now {after[index]:.6g}"
    return Finding(
        f"the argument {name} was changed",
        expected="arguments that stay as they are: the caller still needs them",
        got=change,
        where="look for +=, -=, out= or an assignment to a slice; work on a copy",
    )


def _require_signature(
    name: str, function: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]
) -> None:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # a builtin that does not tell
        return
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        bare = [parameter.replace(annotation=parameter.empty) for parameter in signature.parameters.values()]
        got = f"{name}{signature.replace(parameters=bare, return_annotation=signature.empty)}: {error}"
        finding = Finding(f"{name} has another signature", expected=SIGNATURES.get(name, "as in the handout"), got=got)
        raise Wrong(finding, "error") from error


def _raised(function: Callable[..., object], error: BaseException) -> Finding:
    return Finding("raised an exception", got=_said(error), where=_own_lines(error, _files(function)))
