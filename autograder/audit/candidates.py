"""What a suite of tests is tried on: right styles, and known mistakes or mutants, each with the inputs that tell."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from autograder.assignment import Assignment, AssignmentError
from autograder.audit.mistakes import answers_of
from autograder.audit.submissions import styles
from autograder.cases import mutant_trials
from autograder.cases.case_sets import case_set
from autograder.cases.mutants import Mutant
from autograder.cases.proof import shows
from autograder.judge.prediction import Prediction, labelled
from autograder.model.cases import Case
from autograder.model.loading import loaded
from autograder.model.plan import fields_of, is_record
from autograder.model.tolerance import BUG_SEEN


@dataclass(frozen=True)
class Candidate:
    """One submission. A known mistake is named by its task and id, all else is a text."""

    name: str
    function: str = ""  # where it is wrong; "" where nothing is
    text: str = ""
    task: str = ""
    mistake: str = ""
    what: str = ""  # a clause that says what is wrong

    @property
    def wrong(self) -> bool:
        """Whether a suite should reject it."""
        return bool(self.function)


@dataclass(frozen=True)
class Telling:
    """A case on which a wrong submission shows."""

    case: str
    call: str  # as code, with shapes in place of long arrays
    what: str  # "result[0, 2] is 0.31, and not 0.52"
    arguments: Mapping[str, Any] = field(default_factory=dict)  # in full: of plain lists
    expected: tuple[Any, ...] = ()
    got: tuple[Any, ...] | None = None


def right_styles() -> list[Candidate]:
    """Return the right submissions, the reference first."""
    return [Candidate(name, text=text) for name, text in styles().items()]


def wrong_ones(part: int = 1) -> list[Candidate]:
    """Return every known mistake, and mutants where a task has none; of them all every third, where `part` is 3."""
    known = loaded().mistakes.rows
    rows = [Candidate(f"{bug.task}/{bug.id}", bug.function, "", bug.task, bug.id, bug.misconception) for bug in known]
    edited = [
        Candidate(mutant.what, mutant.function, mutant.text, what=f"as if line {mutant.line} read `{mutant.reads}`")
        for mutant in _mutants(loaded())
    ]
    return (rows + edited)[::part]


def job_of(candidate: Candidate) -> dict[str, Any]:
    """Return what the runner needs to make the module of a submission."""
    if not candidate.mistake:
        return {"text": candidate.text, "faulty": None, "texts": {}}
    place, attribute = _home(candidate.task)
    return {"faulty": (place, attribute, [candidate.mistake]), "texts": _texts(place), "reference": _reference()}


def _reference() -> str:
    return loaded().reference.__name__


def _home(task: str) -> tuple[str, str]:
    """Return the module and the name of the function that makes faulty functions of a task.

    Raises:
        AssignmentError: it has no name in its module.
    """
    faulty = loaded().mistakes.faulty[task]
    module = sys.modules[faulty.__module__]
    for name, value in vars(module).items():
        if value is faulty:
            return module.__name__, name
    raise AssignmentError(f"{module.__file__}: what makes the mistakes of {task} must be a function with a name")


@cache
def _texts(place: str) -> dict[str, str]:
    """Return the modules of the assignment by name; of packages, which may import the kit, only `place`."""
    package = _reference().partition(".")[0]
    found = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == package}
    return {
        name: Path(str(module.__file__)).read_text(encoding="utf-8")
        for name, module in found.items()
        if module.__file__ and (name == place or not hasattr(module, "__path__"))
    }


# ---- inputs that tell


@cache
def _mutants(_: Assignment) -> tuple[Mutant, ...]:
    if not mutant_trials.unproved():
        return ()
    return tuple(found.mutant for found in mutant_trials.states(case_set(0), None) if found.state == "shown")


@cache
def _answers_of_mutants(_: Assignment) -> dict[str, dict[str, Prediction]]:
    found: dict[str, dict[str, Prediction]] = {}
    for task in mutant_trials.unproved():
        for mutant, answers in mutant_trials.predictions(case_set(0), task):
            found.setdefault(mutant.what, {}).update(answers)
    return found


def telling(candidate: Candidate) -> Telling | None:
    """Return the shortest case of ours on which a wrong submission shows; None where none does."""
    cases = case_set(0)
    asked: Iterable[Case] = cases.cases
    if candidate.mistake:
        asked = cases.of(candidate.task)
        answers: Mapping[str, Prediction] = answers_of(asked, candidate.task, (candidate.mistake,))
    else:
        answers = _answers_of_mutants(loaded()).get(candidate.name, {})
    shown = [case for case in asked if case.call.id in answers and shows(answers[case.call.id], case, BUG_SEEN)]
    best = min(shown, key=lambda case: (_size(case), case.call.id), default=None)
    return None if best is None else _told(best, answers[best.call.id])


def _size(case: Case) -> int:
    return sum(array.size for array in labelled(case.call.args).values())


def _told(case: Case, answer: Prediction) -> Telling:
    names = loaded().parameters(case.call.function)
    arguments = dict(zip(names, case.call.args, strict=False)) | case.call.kwargs
    said = ", ".join(f"{name}={_short(value)}" for name, value in arguments.items())
    return Telling(
        case.name,
        f"{case.call.function}({said})",
        _difference(case, answer, names),
        {name: _plain(value) for name, value in arguments.items()},
        tuple(_plain(item) for item in case.expected),
        None if answer.got is None else tuple(_plain(item) for item in answer.got),
    )


def _difference(case: Case, answer: Prediction, names: tuple[str, ...]) -> str:
    """Say where an answer differs most from what is right."""
    if answer.got is None:
        return "raises an exception"
    if len(answer.got) != len(case.expected):
        return f"returns {len(answer.got)} arrays, and not {len(case.expected)}"
    for name, got, expected in zip(case.items, answer.got, case.expected, strict=True):
        if got.shape != expected.shape:
            return f"{name} has the shape {got.shape}, and not {expected.shape}"
        if case.at_least is not None and got >= case.at_least.least:
            continue
        error = np.nan_to_num(np.where(got == expected, 0.0, np.abs(got - expected)), nan=np.inf)
        if error.max(initial=0.0) > BUG_SEEN * np.abs(expected[np.isfinite(expected)]).max(initial=0.0):
            at = tuple(map(int, np.unravel_index(error.argmax(), error.shape)))
            place = f"{name}[{', '.join(map(str, at))}]" if at else name
            return f"{place} is {got[at]:.5g}, and not {expected[at]:.5g}"
    changed = sorted(names[int(label.partition(".")[0])] for label in answer.changed)
    return f"the argument {changed[0]} is changed" if changed else "another number"


def _short(value: Any) -> str:
    """Return an argument as code; a long array as its shape."""
    if is_record(value):
        inside = ", ".join(f"{name} {_shape(item)}" for name, item in fields_of(value).items())
        return f"{type(value).__name__}({inside})"
    if isinstance(value, np.ndarray):
        most = 6
        return np.array2string(value, precision=3, separator=", ") if value.size <= most else _shape(value)
    return repr(value)


def _shape(array: Any) -> str:
    return "×".join(map(str, np.shape(array))) or "number"


def _plain(value: Any) -> Any:
    """Return an argument as JSON has it."""
    if is_record(value):
        return {name: _plain(item) for name, item in fields_of(value).items()}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return repr(value) if isinstance(value, float) and not np.isfinite(value) else value


def by_function(candidates: Iterable[Candidate]) -> Iterator[tuple[str, list[Candidate]]]:
    """Yield the functions of wrong submissions with theirs, in the order of the assignment, helpers last."""
    of: dict[str, list[Candidate]] = {name: [] for name in loaded().task_of}
    for candidate in candidates:
        of.setdefault(candidate.function, []).append(candidate)
    yield from ((name, rows) for name, rows in of.items() if rows)
