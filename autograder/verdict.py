"""What the judge says: outcomes of tasks and verdicts on submissions. Plain data, with no I/O.

The two lists of names below are the only place where statuses and states are spelled.
"""

from dataclasses import dataclass, field
from typing import Literal, get_args

Status = Literal["graded", "import_error", "timeout", "memory", "crashed", "rejected", "missing", "not_graded"]
State = Literal["pass", "partial", "fail", "error", "timeout", "memory", "crashed", "not_implemented", "forbidden"]
STATUSES: tuple[Status, ...] = get_args(Status)
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True)
class Finding:
    """One thing that cost marks, or would have: what was expected, what came, where it begins."""

    part: str
    case: str  # the case's name, such as "square"; never its arrays
    summary: str  # one sentence
    expected: str = ""
    got: str = ""
    where: str = ""  # index and step of the first difference
    profile: tuple[float, ...] = ()  # where rows are steps: the error of each step, relative to the largest entry


@dataclass(frozen=True)
class Diagnosis:
    """The known mistake that explains a wrong answer, or several that explain it equally well."""

    bugs: tuple[tuple[str, ...], ...]  # ids; each explanation is one mistake or a pair
    misconception: str  # a clause: "the slope of tanh, 1 - h², is left out"
    questions: tuple[str, ...]  # what a tutor would ask
    slides: tuple[str, ...]


@dataclass(frozen=True)
class Excerpt:
    """A function as its student wrote it, for feedback on it. Text of theirs, and nothing of it is run."""

    label: str  # "rnn.py" or "cell 3"
    first_line: int
    lines: tuple[str, ...]
    marked: tuple[int, ...] = ()  # line numbers that an exception points at


@dataclass(frozen=True)
class Outcome:
    """The result of one task."""

    task: str
    state: State
    points: float
    max_points: float
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()  # remarks that cost nothing
    diagnoses: tuple[Diagnosis, ...] = ()
    observations: tuple[str, ...] = ()  # what is seen where no known mistake explains the answers
    code: tuple[Excerpt, ...] = ()  # the student's own functions, where they lost marks


@dataclass(frozen=True)
class Late:
    """What a late hand-in cost; the score of its verdict is what is left."""

    handed_in: str  # ISO 8601
    days: int  # begun
    lost: float


@dataclass(frozen=True)
class Verdict:
    """The result of one submission. `score` is None where no mark may be given (our fault)."""

    student_id: str
    status: Status
    score: float | None
    max_score: float
    message: str = ""
    tasks: tuple[Outcome, ...] = ()
    notes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()  # for the instructor alone: what was tried, and when; no accusation
    seconds: float = field(default=0.0, compare=False)  # wall time; no part of the marks
    late: Late | None = None
