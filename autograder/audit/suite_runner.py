"""Runs somebody else's tests on one submission. It is sent to the worker as text, and imports nothing of the kit.

`prepare` makes the module under test, shows it under the names that the suite imports, and returns the function that
runs one test by its name. Of pytest there is a small stand-in: `approx`, `raises`, `skip`, `fail`, `fixture`, and the
marks `parametrize`, `skip`, `skipif` and `xfail`; what is skipped passes.
"""

import contextlib
import importlib
import importlib.abc
import importlib.util
import inspect
import itertools
import re
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

# Not there and not needed: what tables of an assignment are made of, and what only draws.
ABSENT = ("autograder", "matplotlib", "IPython", "seaborn")


class Skipped(Exception):
    """A test that does not want to run."""


def prepare(job: Mapping[str, Any], space: dict[str, Any]) -> Callable[[str], float]:
    """Return what runs a test by its name.

    Args:
        job: as `autograder.audit.suite` makes it.
        space: the names of the suite's own module.
    """
    module = _module_under_test(job)
    names = {"np": np, **{name: value for name, value in vars(module).items() if not name.startswith("__")}}
    theirs = names | {name: eval(expression, dict(names)) for name, expression in job["names"].items()}  # noqa: S307 - the adapter
    shown = types.ModuleType(job["modules"][-1])
    shown.__dict__.update(theirs)
    sys.modules |= dict.fromkeys(job["modules"], shown) | {"pytest": _pytest()}
    if job["cells"]:
        space.update(theirs)
    handed = {test: eval(expression, dict(theirs)) for test, expression in job["tests"].items()}  # noqa: S307 - the same

    def run(name: str) -> float:
        with _skipping():
            if name in job["cells"]:
                for label, code in job["cells"][name]:
                    exec(compile(code, label, "exec"), space)  # noqa: S102 - what the worker is for
            elif name in handed:
                space[name](handed[name])
            elif name.partition(".")[0] != name or isinstance(space[name], type):
                _run_class(*name.partition(".")[::2], space)
            else:
                _run_function(space[name], space)
        return 0.0

    return run


# ---- the module under test


def _module_under_test(job: Mapping[str, Any]) -> types.ModuleType:
    """Return a module of the given text; with the functions of a known mistake in it, where one is asked for."""
    sys.meta_path.insert(0, _Texts(job["texts"]))
    if not job["faulty"]:
        module = types.ModuleType(job["modules"][0])
        exec(compile(job["text"], f"{module.__name__}.py", "exec"), module.__dict__)  # noqa: S102 - the same
        return module
    place, attribute, ids = job["faulty"]
    functions = getattr(importlib.import_module(place), attribute)(frozenset(ids))
    module = importlib.import_module(job["reference"])
    module.__dict__.update(functions)
    return module


class _Texts(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules of the assignment, which are texts; anything for those of the kit, and for what only draws."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts

    def find_spec(self, name: str, *_: object) -> Any:
        """Return how a module is made, None for modules that are found elsewhere."""
        empty = any(known.startswith(f"{name}.") for known in self.texts) or name.partition(".")[0] in ABSENT
        if name in self.texts or empty:
            return importlib.util.spec_from_loader(name, self, is_package=empty)
        return None

    def create_module(self, spec: object) -> None:
        """Leave it to Python."""

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the text of a module."""
        if module.__name__.partition(".")[0] in ABSENT:
            vars(module)["__getattr__"] = lambda _: _Anything
        exec(compile(self.texts.get(module.__name__, ""), module.__name__, "exec"), module.__dict__)  # noqa: S102 - the same


class _Anything:
    """Stands for what tables of an assignment are made of, and for pictures: no answer needs them."""

    def __init__(self, *_: object, **__: object) -> None: ...

    def __getattr__(self, name: str) -> "_Anything":
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything()


# ---- what runs a test


@contextlib.contextmanager
def _skipping() -> Iterator[None]:
    """Let a test pass that does not want to run."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, Skipped) and type(error).__name__ != "SkipTest":  # unittest's, which may not be loaded
            raise


def _run_class(title: str, only: str, space: Mapping[str, Any]) -> None:
    """Run one test method of a class, or all where none is named, each on an instance of its own."""
    kind = space[title]
    for name in [only] if only else [name for name in dir(kind) if name.startswith("test")]:
        instance = kind(name) if hasattr(kind, "assertEqual") else kind()  # unittest's take the name of a test
        with _skipping():
            for before in ("setUpClass", "setup_class", "setUp", "setup_method"):
                getattr(instance, before, lambda: None)()
            _run_function(getattr(instance, name), space)


def _run_function(test: Callable[..., Any], space: Mapping[str, Any]) -> None:
    """Run a test with all combinations of its parameters."""
    if getattr(test, "skipped", False):
        return
    for rows in itertools.product(*getattr(test, "parameters", ())):
        given: dict[str, Any] = {name: value for row in rows for name, value in row.items()}
        for fixture in space.values():
            if getattr(fixture, "autouse", False) is True:
                _made(fixture, space, given)
        test(**_arguments(test, space, given))


def _arguments(function: Callable[..., Any], space: Mapping[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    for name, parameter in inspect.signature(function).parameters.items():
        if name not in given and parameter.default is parameter.empty:
            if not hasattr(space.get(name), "autouse"):
                raise TypeError(f"there is no fixture {name!r} here")
            given[name] = _made(space[name], space, given)
    return {name: given[name] for name in inspect.signature(function).parameters if name in given}


def _made(fixture: Callable[..., Any], space: Mapping[str, Any], given: dict[str, Any]) -> Any:
    value = fixture(**_arguments(fixture, space, given))
    return next(value) if inspect.isgenerator(value) else value


# ---- a stand-in for pytest


def _pytest() -> types.ModuleType:
    module = types.ModuleType("pytest")
    module.__dict__.update(approx=_Approx, raises=_raises, skip=_skip, fail=_fail, fixture=_fixture, mark=_Mark())
    return module


class _Approx:
    def __init__(self, expected: Any, rel: float | None = None, abs: float | None = None, nan_ok: bool = False) -> None:  # noqa: A002 - as pytest has it
        self.expected, self.nan_ok = expected, nan_ok
        self.absolute = 1e-12 if abs is None else abs
        self.relative = (0.0 if abs is not None else 1e-6) if rel is None else rel

    def __eq__(self, actual: object) -> bool:
        if isinstance(self.expected, dict):
            if not isinstance(actual, dict) or actual.keys() != self.expected.keys():
                return False
            return all(self._near(actual[key], value) for key, value in self.expected.items())
        return self._near(actual, self.expected)

    __hash__ = None  # type: ignore[assignment] # what is near has no hash
    __array_ufunc__ = None  # an array on the left leaves the comparison to this class
    __array_priority__ = 100

    def __repr__(self) -> str:
        return f"approx({self.expected!r})"

    def _near(self, actual: Any, expected: Any) -> bool:
        a, e = np.asarray(actual), np.asarray(expected)
        if a.shape != e.shape and e.shape:
            return False
        allowed = np.maximum(self.relative * np.abs(e), self.absolute)
        near = (a == e) | (np.abs(a - e) <= allowed) | (self.nan_ok & np.isnan(a) & np.isnan(e))
        return bool(np.all(near))


@contextlib.contextmanager
def _raises(kinds: Any, match: str = "") -> Iterator[types.SimpleNamespace]:
    info = types.SimpleNamespace(value=None, type=None)
    try:
        yield info
    except kinds as error:
        info.value, info.type = error, type(error)
        if not re.search(match, str(error)):
            raise AssertionError(f"{match!r} is not in {str(error)!r}") from error
    else:
        raise AssertionError(f"did not raise {kinds}")


def _skip(reason: str = "", **_: object) -> None:
    raise Skipped(reason)


def _fail(reason: str = "", **_: object) -> None:
    raise AssertionError(reason)


def _fixture(function: Any = None, *, autouse: bool = False, **_: object) -> Any:
    def marked(made: Any) -> Any:
        made.autouse = autouse
        return made

    return marked if function is None else marked(function)


class _Mark:
    """The marks: those that are not known change nothing."""

    def __getattr__(self, name: str) -> Any:
        def mark(*arguments: Any, **options: Any) -> Any:
            bare = len(arguments) == 1 and not options and inspect.isroutine(arguments[0])

            def marked(test: Any) -> Any:
                if name in ("skip", "xfail") or (name == "skipif" and arguments[0]):
                    test.skipped = True
                if name == "parametrize":
                    test.parameters = [*getattr(test, "parameters", ()), _rows(*arguments[:2])]
                return test

            return marked(arguments[0]) if bare else marked

        return mark


def _rows(names: Any, values: Any) -> list[dict[str, Any]]:
    """Return the values of parameters by their names, one dictionary for each run."""
    split = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    return [dict(zip(split, value if len(split) > 1 else (value,), strict=True)) for value in values]
