"""Attacks as they stand in their files: what is tried, the text to grade, and what is expected of it.

    # What it tries, in one sentence.
    # in: bptt_V                          the function whose body this is (left out: bptt_V); top, end: lines above
                                          the first function and below the last; file: all of the file
    # costs: bptt_V crashed, softmax fail tasks that lose marks and the state of each (left out: nothing), several
                                          states with "|" between them; everything: no task keeps any
    # status: crashed                     of the submission (left out: graded)
    # says: exit status 3 | SIGKILL       in the verdict: one of these texts
    # flag: kill(                         in a flag for the instructor
    # note: openat                        in a remark
    # with limits only: not tried, why    also: "gets through, reads the environment", or other costs
    # with kernel filters: ...            the same for that level

Words in @…@ stand for places and processes of this machine (`ground.py`): whoever attacks knows them all.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder.sandbox.host.levels import Level
from tests.conftest import REFERENCE
from tests.desk import solved

FOLDER = Path(__file__).parent / "submissions"
FAMILIES = (
    "exits",
    "patches",
    "reading",
    "writing",
    "forging",
    "lying",
    "resources",
    "network",
    "recognition",
    "shadowing",
    "output",
    "unearned",
)
KEYS = ("in", "costs", "status", "says", "flag", "note", "with limits only", "with kernel filters")
EVERYTHING = "everything"


@dataclass(frozen=True)
class Expected:
    """What comes of an attack at one level."""

    costs: dict[str, str]  # by task, its state or several with "|" between them; the others have full marks
    everything: bool  # no task has any
    effects: tuple[str, ...] = ()  # what it does outside its own marks; on a protected level never anything
    not_tried: str = ""  # why not, "" if it is tried

    def allows(self, lost: dict[str, str]) -> bool:
        """Whether these are the tasks that may lose marks, in the states that they may have."""
        return lost.keys() == self.costs.keys() and all(
            state in self.costs[task].split("|") for task, state in lost.items()
        )


@dataclass(frozen=True)
class Attack:
    """One file."""

    path: Path
    tries: str
    code: str
    facts: dict[str, str]

    @property
    def family(self) -> str:
        """The folder it is in."""
        return self.path.parent.name

    @property
    def name(self) -> str:
        """Family and name."""
        return f"{self.family}/{self.path.stem}"

    @cached_property
    def text(self) -> str:
        """The whole submission, with the words in @…@ still in it."""
        place = self.facts.get("in", "bptt_V")
        if place == "file":
            return self.code
        if place == "top":
            head = "\n### BEGIN SOLUTION\n"
            return REFERENCE.replace(head, f"\n{self.code}\n{head}", 1)
        if place == "end":
            return f"{REFERENCE}\n\n{self.code}"
        return solved(**{place: self.code})

    def expected(self, level: Level) -> Expected:
        """Return what the header says of a level."""
        special = self.facts.get(f"with {level}", "")
        kind, _, rest = special.partition(", ")
        if kind == "not tried":
            return Expected({}, False, not_tried=rest)
        if kind == "gets through":
            return Expected({}, False, effects=tuple(rest.split(", ")))
        costs = special or self.facts.get("costs", "")
        if costs == EVERYTHING:
            return Expected({}, True)
        pairs = [pair.partition(" ") for pair in costs.split(", ") if pair not in ("", "nothing")]
        return Expected({task: state for task, _, state in pairs}, False)

    def says(self, key: str) -> tuple[str, ...]:
        """Return the texts of which one must be in the verdict ("says"), a flag or a note; none if nothing is asked."""
        return tuple(text.strip() for text in self.facts.get(key, "").split("|") if text.strip())


def read(path: Path) -> Attack:
    """Read one attack.

    Raises:
        ValueError: its header is not as agreed.
    """
    lines = path.read_text(encoding="utf-8").split("\n")
    header = 0
    while header < len(lines) and lines[header].startswith("# "):
        header += 1
    facts = {}
    for line in lines[1:header]:
        key, colon, value = line.removeprefix("# ").partition(": ")
        if not colon or key not in KEYS:
            raise ValueError(f"{path}: {line!r} is none of {', '.join(KEYS)}")
        facts[key] = value
    return Attack(path, lines[0].removeprefix("# "), "\n".join(lines[header:]).strip("\n"), facts)


def attacks() -> list[Attack]:
    """Return all attacks in order of families and names."""
    found = [read(path) for family in FAMILIES for path in sorted((FOLDER / family).glob("*.py"))]
    left = {path for path in FOLDER.rglob("*") if path.is_file()} - {attack.path for attack in found}
    if left:
        raise ValueError(f"files that are no attack: {left}")
    return found
