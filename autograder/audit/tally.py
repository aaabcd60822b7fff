"""What an audit counts, and what the counts must be."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Literal, get_args

from autograder.model.tolerance import STYLES_AGREE

Part = Literal["styles", "rewrites", "single mistakes", "pairs of mistakes", "mutants", "pairs of mutants"]
PARTS: tuple[Part, ...] = get_args(Part)


@dataclass(frozen=True)
class Downstream:
    """What one known mistake costs in the tasks that build on its own, in points."""

    mistake: str  # its task and its id
    lost: float  # before follow-through
    given_back: float


@dataclass
class Tally:
    """The counts of one part of the audit, or of a share of it."""

    part: Part
    checked: int = 0  # submissions, or wrong answers to a task
    left_out: int = 0  # pairs that on these cases are one mistake, or none
    right_tasks: int = 0  # by the truth
    wrong_tasks: int = 0
    false_rejects: int = 0  # right tasks that did not pass
    false_accepts: int = 0  # wrong tasks that passed
    marks_lost: float = 0.0  # in right tasks
    flagged: int = 0  # styles of which an instructor would be told something
    apart: int = 0  # right answers that are farther from the reference than styles may be
    right: int = 0  # diagnoses that name what was done
    wrong: int = 0  # diagnoses that name something else
    missing: int = 0  # mistakes that nothing was said about
    followed: list[Downstream] = field(default_factory=list)  # what mistakes further up cost, and got back
    faults: list[str] = field(default_factory=list)  # a line for everything that should not be

    def add(self, other: "Tally") -> None:
        """Take in the counts of another share."""
        for count in fields(self)[1:]:
            setattr(self, count.name, getattr(self, count.name) + getattr(other, count.name))

    @property
    def diagnosed(self) -> int:
        """How many wrong answers a diagnosis was due for."""
        return self.right + self.wrong + self.missing


def together(tallies: Iterable[Tally]) -> dict[Part, Tally]:
    """Return one tally for each part."""
    totals = {part: Tally(part) for part in PARTS}
    for tally in tallies:
        totals[tally.part].add(tally)
    return totals


@dataclass(frozen=True)
class Target:
    """A number that the audit must reach."""

    what: str
    bound: str  # as it is shown
    found: float
    met: bool

    @property
    def shown(self) -> str:
        """The number as it is shown: a share has a bound in percent."""
        return f"{self.found:.2%}" if self.bound.endswith("%") else f"{self.found:g}"


def _share(count: int, total: int, of_none: float) -> float:
    return count / total if total else of_none


def targets(totals: Mapping[Part, Tally]) -> tuple[Target, ...]:
    """Hold the counts against what was promised."""

    def none(what: str, number: Callable[[Tally], float]) -> Target:
        found = sum(map(number, totals.values()))
        return Target(what, "0", found, found == 0)

    def at_least(what: str, part: Part, share: float) -> Target:
        found = _share(totals[part].right, totals[part].diagnosed, 1.0)
        return Target(what, f"≥ {share:.0%}", found, found >= share)

    wrong = sum(tally.wrong for tally in totals.values())
    due = sum(tally.diagnosed for tally in totals.values())
    named = _share(wrong, due, 0.0)
    names = (
        at_least("single mistakes named rightly", "single mistakes", 0.98),
        at_least("pairs of mistakes named rightly", "pairs of mistakes", 0.85),
        Target("wrong names", "≤ 0.5%", named, named <= 0.005),
    )
    return (
        none("right tasks that did not pass", lambda tally: tally.false_rejects),
        none("wrong tasks that passed", lambda tally: tally.false_accepts),
        none("marks lost in right tasks", lambda tally: tally.marks_lost),
        none("styles that are flagged", lambda tally: tally.flagged),
        none(f"style answers off by more than {STYLES_AGREE:g}", lambda tally: tally.apart),
        *(names if due else ()),  # an assignment without known mistakes has no names
    )
