"""The contract between the engine and an assignment: what an assignment says.

The engine grades any assignment and knows none. An assignment is a Python package, a folder with an `__init__.py`, in
which `ASSIGNMENT` is an `Assignment`. What is needed: a name, a title, the file that students hand in, the reference
module, the table of tasks, and `draw`, which makes the cases. All else is optional, and what is missing is left out.

A folder is loaded by its path, so that no package of a generic name has to be installed. Inside it, modules import
each other by relative imports.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from autograder.model.cases import Case, CaseSet

#: How a mistake is recognised. "output": by the value. "mutation": the function writes into an argument (the value is
#: right as a rule). "sequence": it keeps something between calls, so that it must be called again.
Shows = Literal["output", "mutation", "sequence"]
Functions = dict[str, Callable[..., Any]]  # by name

MAX_PUBLIC_SEED = 2**62


class AssignmentError(Exception):
    """An assignment can't be used; the message says which file or task, and what to do."""


# ---- tasks


class Unsuitable(Exception):
    """Nothing that can be asked came of a seed; the message says why. The next one is tried."""


@dataclass(frozen=True)
class Part:
    """A share of a task's points, earned when every case of that part is right."""

    id: str
    points: float
    what: str  # completes the sentence "right for …"

    def scaled(self, scale: float) -> "Part":
        """Return the part with so many times its points."""
        return replace(self, points=round(self.points * scale, 4))


@dataclass(frozen=True, eq=False)
class Derivative:
    """What the answers of a function are the derivative of: the self-check differentiates a student's own loss.

    Expressions are Python's. They name functions of the assignment, which are the student's own then; numpy as `np`;
    arguments of the function, or what `small` has under their names; and the names of `where`. Arguments are those of
    the first public case that has them all: a mask that has a default takes part where it is named.
    """

    function: str
    of: str  # "loss(w, X, y)"
    by: str  # the array that is moved: "w", or a field of a named tuple, "params.W"
    where: Mapping[str, str] = field(default_factory=dict)  # names that are expressions: {"H": "hidden(params, X)"}
    item: str = ""  # which of the arrays that the function returns, by the name that `Task.returns` has for it


@dataclass(frozen=True)
class Task:
    """One row of the assignment; `id` names it in stubs, tests, CSV columns and feedback alike."""

    number: int
    id: str
    signatures: tuple[str, ...]  # one per function, as the handout prints it: "area(radius)"
    parts: tuple[Part, ...]
    slide: str = ""  # or chapter: where the lecture speaks of it
    returns: tuple[str, ...] = ()  # names of what is returned, where that is several arrays
    rows_are_steps: bool = False  # what is returned has one row for each step in time
    differentiates: str = ""  # of what its answers are the derivative: "the loss by W"
    derivatives: tuple[Derivative, ...] = ()  # the same for the self-check, for each array that can be checked
    builds_on: tuple[str, ...] = ()  # ids of tasks that `Assignment.follow` takes into account, needed with these

    @property
    def points(self) -> float:
        """The task's points before an instructor changes them."""
        return sum(part.points for part in self.parts)

    @property
    def functions(self) -> tuple[str, ...]:
        """The names of the functions that students write for this task."""
        return tuple(signature.partition("(")[0] for signature in self.signatures)

    @property
    def title(self) -> str:
        """How a stub, a test and a report head this task."""
        return f"Task {self.number}: {self.id}"

    def with_parts(self, parts: tuple[Part, ...]) -> "Task":
        """Return the task with other parts."""
        return replace(self, parts=parts)


class Variant(BaseModel):
    """What a course can vary: the table [variant] of its settings. An assignment adds fields, with bounds.

    Cases are drawn for a variant; `seed` is of the public cases alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_default=True)

    seed: int = Field(default=0, ge=0, le=MAX_PUBLIC_SEED)

    @property
    def asked(self) -> "Variant":
        """The variant as cases are drawn for it."""
        return self.model_copy(update={"seed": 0})

    def task(self, task: Task) -> Task:
        """Return a task with the parts that it has in this variant."""
        return task

    @property
    def unseen(self) -> frozenset[str]:
        """Ids of known mistakes that no case of this variant can show."""
        return frozenset()


# ---- what explains a wrong answer


@dataclass(frozen=True)
class Mistake:
    """One form of a known mistake in one function; `(task, id)` is unique."""

    id: str
    task: str
    misconception: str  # a clause in lower case: "the maximum is not subtracted"
    question: str  # what a tutor would ask
    slide: str
    shows: Shows
    function: str  # where the mistake sits
    family: str  # forms of one misconception share it
    sets: frozenset[str]  # what it decides; two mistakes that decide the same thing contradict each other
    hides: frozenset[str]  # what can no longer be seen beside it


@dataclass(frozen=True, eq=False)
class Mistakes:
    """The known mistakes of an assignment, as facts and as functions that make them."""

    rows: tuple[Mistake, ...] = ()
    #: By task: from ids of mistakes to the task's functions with these mistakes, and with a memory of their own.
    faulty: Mapping[str, Callable[[frozenset[str]], Functions]] = field(default_factory=dict)
    #: By task: ids of different thoughts that compute the same numbers, by construction.
    alike: Mapping[str, tuple[frozenset[str], ...]] = field(default_factory=dict)
    #: Pairs that the rows allow and that are no pairs, with the reason.
    no_pairs: Mapping[tuple[str, frozenset[str]], str] = field(default_factory=dict)

    @cached_property
    def of(self) -> dict[str, dict[str, Mistake]]:
        """The mistakes of each task, by id."""
        found: dict[str, dict[str, Mistake]] = {}
        for row in self.rows:
            found.setdefault(row.task, {})[row.id] = row
        return found


# ---- the assignment


@dataclass(frozen=True, kw_only=True, eq=False)
class Assignment:
    """Everything that the engine has to know of an assignment."""

    name: str  # a short word: "bptt"
    title: str
    module: str  # the file that students hand in, without its ending: "rnn"
    reference: ModuleType  # with solution markers; its signatures and docstrings become the stubs
    tasks: tuple[Task, ...]
    draw: "Callable[[np.random.Generator, Any], Iterable[Case]]"  # (dice, variant) → cases, see `autograder.model.ask`
    records: tuple[type, ...] = ()  # named tuples of arrays that may be arguments or answers
    variant: type[Variant] = Variant
    certify: "Callable[[CaseSet], str]" = lambda _: ""  # what is wrong with a case set, "" where nothing is
    mistakes: Mistakes = field(default_factory=Mistakes)
    # What is right for a student's own wrong functions earns a share: a `Follow` of `judge.following`.
    follow: Callable[..., Any] | None = None
    relations: Any = None  # what else may be seen in wrong answers: `Relations` of `judge.relations`
    #: (dice) → a small question for the handout's own numerical checks, by name: what its files read as `small`.
    small: Callable[[np.random.Generator], Mapping[str, object]] = lambda _: {}
    handout: Callable[[], Mapping[str, object]] = dict  # what templates in the folder handout are filled with, by name
    # For the audit: questions whose answers do not come from the reference, names or
    # ids of cases that are always among the first questions, and what mistakes cost further down.
    trials: Callable[[], Iterable[Any]] = tuple  # `Trial`s of `audit.trials`
    always_first: tuple[str, ...] = ()
    downstream: "Callable[[CaseSet], Iterable[Any]]" = lambda _: ()  # `Downstream`s of `audit.tally`

    @property
    def folder(self) -> Path:
        """The folder of the package."""
        return self.file.parent

    @property
    def samples(self) -> Path | None:
        """A class of submissions for the demo: the folder samples."""
        return self._folder("samples")

    @property
    def styles(self) -> Path | None:
        """Right submissions in many styles, for the audit: the folder styles."""
        return self._folder("styles")

    def _folder(self, name: str) -> Path | None:
        return self.folder / name if (self.folder / name).is_dir() else None

    @cached_property
    def task(self) -> dict[str, Task]:
        """The tasks by id."""
        return {task.id: task for task in self.tasks}

    @cached_property
    def task_of(self) -> dict[str, Task]:
        """The task of each function."""
        return {function: task for task in self.tasks for function in task.functions}

    @cached_property
    def signatures(self) -> dict[str, str]:
        """The signature of each function."""
        return {signature.partition("(")[0]: signature for task in self.tasks for signature in task.signatures}

    def parameters(self, function: str) -> tuple[str, ...]:
        """Return the names of a function's parameters, in the order of its signature."""
        inside = self.signatures[function].partition("(")[2].rstrip(")")
        return tuple(part.partition("=")[0].strip() for part in inside.split(","))

    def required(self, function: str) -> tuple[str, ...]:
        """Return the parameters of a function that have no default."""
        parameters = signature(getattr(self.reference, function)).parameters.values()
        return tuple(one.name for one in parameters if one.default is one.empty)

    @property
    def file(self) -> Path:
        """The file of the reference."""
        return Path(str(self.reference.__file__))

    def source(self) -> str:
        """Return the source of the reference."""
        return self.file.read_text(encoding="utf-8")
