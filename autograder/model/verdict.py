"""What the judge says: outcomes of tasks and verdicts on submissions. Plain data, with no I/O.

The two lists of names below are the only place where statuses and states are spelled.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, is_dataclass, replace
from typing import Literal, TypeVar, cast, get_args

import msgspec

Status = Literal[
    "graded", "import_error", "timeout", "memory", "crashed", "rejected", "missing", "not_graded", "withheld"
]
State = Literal["pass", "partial", "fail", "error", "timeout", "memory", "crashed", "not_implemented", "forbidden"]
# Under what the class page counts points that are lost; "" where none are.
LostBy = Literal["", "mistake", "observation", "exception", "not_written", "unexplained"]
STATUSES: tuple[Status, ...] = get_args(Status)
STATES: tuple[State, ...] = get_args(State)

MAX_BYTES = 1 << 16  # of a verdict that is stored
_Piece = TypeVar("_Piece")  # of a verdict: a dataclass, a tuple of them, a text
# Where it has more: lines of code, characters of a text and items of a list that are left, the mildest cut first.
_SAID = ("findings", "notes", "diagnoses", "observations", "as_if")
_CUTS = ((40, 500, 50), (10, 500, 50), (0, 500, 20), (0, 100, 5), (0, 40, 2))


def by_state(state: State, raised: str = "") -> tuple[LostBy, str]:
    """Return what points were lost by that nothing else explains: an exception of this type, or how the call ended."""
    if state == "not_implemented":
        return "not_written", ""
    if state in ("pass", "partial", "fail"):
        return "unexplained", ""
    return "exception", raised or state.replace("_", " ")


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
    misconception: str  # a clause: "the mean is taken where the sum was asked"
    questions: tuple[str, ...]  # what a tutor would ask
    slides: tuple[str, ...]
    clauses: tuple[str, ...] = ()  # each explanation alone, whichever function it is in

    @property
    def alternatives(self) -> tuple[str, ...]:
        """The explanations in words, one or several. Two tasks have one mistake where they share one of these."""
        return self.clauses or (self.misconception,)


@dataclass(frozen=True)
class Excerpt:
    """A function as its student wrote it, for feedback on it. Text of theirs, and nothing of it is run."""

    label: str  # the name of the file, or "cell 3"
    first_line: int
    lines: tuple[str, ...]
    marked: tuple[int, ...] = ()  # line numbers that an exception points at


@dataclass(frozen=True)
class ByHand:
    """What a person set in the place of what the judge said."""

    judged: float | None  # points
    points: float
    reason: str
    by: str
    when: str  # ISO 8601


@dataclass(frozen=True)
class PartOutcome:
    """What came of one part of a task."""

    id: str
    title: str  # completes the sentence "right for …"
    points: float
    max_points: float
    lost_by: LostBy = ""
    what: str = ""  # the mistake, the observation, the type of the exception, or how the call ended: "timeout"


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
    hand: ByHand | None = None  # where the points are not the judge's
    parts: tuple[PartOutcome, ...] = ()  # they add up to the points that the judge gave
    as_if: tuple[str, ...] = ()  # for the instructor alone: edits of the reference that give the same answers


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
    hand: ByHand | None = None  # where the score, before lateness, is not the sum of the tasks


def encoded(verdict: Verdict) -> bytes:
    """Return a verdict as it is stored: of one that is too long, the code goes first, then what is said at length."""
    body = msgspec.json.encode(verdict)
    for lines, characters, items in _CUTS:
        if len(body) <= MAX_BYTES:
            break
        body = msgspec.json.encode(_cut(verdict, lines, characters, items))
    return body


def with_texts(value: _Piece, change: Callable[[str], str]) -> _Piece:
    """Return a verdict, or a piece of one, with each of its texts changed."""
    changed: object = value
    if isinstance(value, str):
        changed = change(value)
    elif value is None or isinstance(value, int | float):  # most pieces are numbers
        return value
    elif isinstance(value, dict):
        changed = {name: with_texts(item, change) for name, item in value.items()}
    elif isinstance(value, tuple):
        changed = tuple(with_texts(item, change) for item in value)
    elif is_dataclass(value) and not isinstance(value, type):
        pieces = {name: with_texts(piece, change) for name, piece in vars(value).items()}
        changed = type(value)(**pieces)
    return cast("_Piece", changed)


def _cut(verdict: Verdict, lines: int, characters: int, items: int) -> Verdict:
    """Return a verdict that says less; who it is about, its marks and its states stay."""

    def shorter(text: str) -> str:
        return text if len(text) <= characters else text[: characters - 1] + "…"

    def fewer(outcome: Outcome) -> Outcome:
        code = tuple(replace(part, lines=part.lines[:lines], marked=()) for part in outcome.code) if lines else ()
        said = {name: getattr(outcome, name)[:items] for name in _SAID}
        return replace(outcome, code=code, **with_texts(said, shorter))

    said = (verdict.message, verdict.notes[:items], verdict.flags[:items])
    message, notes, flags = with_texts(said, shorter)
    return replace(verdict, message=message, notes=notes, flags=flags, tasks=tuple(map(fewer, verdict.tasks)))
