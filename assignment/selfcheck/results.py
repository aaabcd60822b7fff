"""What a check says. Plain data."""

from typing import Literal, NamedTuple

# "waiting": it needs another task to be right first. "not made": a numerical gradient that would say nothing new.
State = Literal["pass", "fail", "error", "to do", "waiting", "not made"]


class Finding(NamedTuple):
    """One thing that is wrong: what was expected, what came, and where it begins."""

    summary: str  # one sentence
    expected: str = ""
    got: str = ""
    where: str = ""


class Hint(NamedTuple):
    """A known mistake, or two together, that returns the same as yours on all public cases."""

    looks_like: str  # a clause, such as "the minus is missing"
    ask: str  # what a tutor would ask: a line for each mistake
    slide: str  # in the same way


class Result(NamedTuple):
    """The result of one check."""

    check: str
    task: str
    state: State
    points: float
    max_points: float
    call: str = ""  # the call that went wrong
    case: str = ""  # its case and sizes, in words
    finding: Finding | None = None
    others: str = ""  # how the other cases of this check went
    note: str = ""  # a remark that costs nothing, or what the check waits for
    why: str = ""  # a property must hold
    seen: tuple[str, ...] = ()  # relations to what was due, where no known mistake explains it
    hints: tuple[Hint, ...] = ()  # more than one where several mistakes explain it equally well


class Waiting(Exception):
    """There is no loss to differentiate yet; str() says what is missing."""


class NotWrittenYet(Exception):
    """The function, or one that it calls, is still the stub; str() is the stub's title."""


class Wrong(Exception):
    """A call did not give what it must."""

    def __init__(self, finding: Finding, state: Literal["fail", "error"] = "fail") -> None:
        super().__init__(finding.summary)
        self.finding = finding
        self.state: Literal["fail", "error"] = state
