"""How verdicts are put on every page: states, points, headings. Text that students control is made printable."""

from autograder.points import number
from autograder.rubric import TASK_BY_ID
from autograder.text import printable
from autograder.verdict import Finding, Outcome, State, Verdict

# The longest piece of text that may come from a student, such as an exception's message.
LIMIT = 500

# A sign and a tone for each state; the state itself always stands beside them in words.
_SIGNS: dict[State, tuple[str, str]] = {"pass": ("✓", "pass"), "partial": ("◐", "partial")}
_LOST = ("✗", "lost")


def safe(text: str) -> str:
    """Return a text on one line, with nothing invisible in it, of a length that a page can show."""
    return printable(text, LIMIT)


def words(name: str) -> str:
    """Write a status or a state, such as "not_implemented", in words."""
    return name.replace("_", " ")


def sign(state: State) -> tuple[str, str]:
    """Return the symbol of a state and the name of its tone."""
    return _SIGNS.get(state, _LOST)


def points(outcome: Outcome) -> str:
    """Write what a task earned."""
    return f"{number(outcome.points)} of {number(outcome.max_points)}"


def total(verdict: Verdict) -> str:
    """Write the score of a submission, or that there is none."""
    if verdict.score is None:
        return "No mark: this submission could not be graded, and that is not your fault."
    return f"{number(verdict.score)} of {number(verdict.max_score)} points ({words(verdict.status)})"


def part(outcome: Outcome, finding: Finding) -> str:
    """Write what a finding is about, such as "the tanh network", with the case."""
    parts = {part.id: part.what for part in TASK_BY_ID[outcome.task].parts}
    what = safe(parts.get(finding.part, finding.part))
    return f'{what} (case "{safe(finding.case)}")' if finding.case else what
