"""The assignment that this process works with: how one is found and loaded, by its path."""

import hashlib
import importlib.util
import sys
from pathlib import Path
from traceback import extract_tb
from types import ModuleType

from autograder.assignment import Assignment, AssignmentError
from autograder.model.problems import problems

_ENGINE = Path(__file__).parents[1]
#: The assignment that comes with the kit: in the wheel beside this file, in the repository beside its folder.
BUNDLED = next(place for place in (_ENGINE / "bundled", _ENGINE.parent / "solutions") if place.is_dir())

_in_use: list[Assignment] = []  # of this process: one, or none yet


def loaded() -> Assignment:
    """Return the assignment of this process: the bundled one, unless another was loaded."""
    if not _in_use:
        load(BUNDLED)
    return _in_use[0]


def load(folder: Path) -> Assignment:
    """Load the assignment in a folder, for this process.

    Raises:
        AssignmentError: there is none, or it can't be used.
    """
    package = _package(folder.resolve())
    found = getattr(package, "ASSIGNMENT", None)
    if not isinstance(found, Assignment):
        raise AssignmentError(f"{folder / '__init__.py'}: found no ASSIGNMENT = Assignment(…)")
    if wrong := list(problems(found)):
        raise AssignmentError("\n  ".join([f"{folder} can't be used:", *wrong]))
    _in_use[:] = [found]
    return found


def place() -> str:
    """Return where another process finds the assignment of this one; "" is the bundled one, wherever that is there."""
    return "" if loaded().folder == BUNDLED else str(loaded().folder)


def use(place: str) -> None:
    """Load what `place` said in another process, if it is not in use here.

    Raises:
        AssignmentError: there is none, or it can't be used.
    """
    folder = Path(place) if place else BUNDLED
    if loaded().folder != folder:
        load(folder)


def _package(folder: Path) -> ModuleType:
    """Return the package in a folder; one that is imported already is taken as it is."""
    start = folder / "__init__.py"
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None) == str(start):
            return module
    # Folders of one name in different places are different packages, and so are their modules.
    name = f"assignment_{hashlib.sha256(str(folder).encode()).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, start, submodule_search_locations=[str(folder)])
    if spec is None or spec.loader is None or not start.is_file():
        raise AssignmentError(f"{folder} is no assignment: it has no __init__.py")
    package = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    try:
        spec.loader.exec_module(package)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        said = in_words(error, folder).replace(name, folder.name)
        raise AssignmentError(f"{start} can't be loaded: {said}") from error
    return package


def in_words(error: BaseException, folder: Path) -> str:
    """Say what an assignment raised, and where in its folder; an error of syntax says so itself."""
    place = "" if isinstance(error, SyntaxError) else f" ({where(error, folder)})"
    return f"{type(error).__name__}: {error}{place}"


def where(error: BaseException, folder: Path) -> str:
    """Return the last line of code in a folder that an exception came from: "reference.py, line 24"."""
    frames = [frame for frame in extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(folder)]
    return f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else str(folder)
