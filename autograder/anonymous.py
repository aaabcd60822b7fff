"""Verdicts without names: students become numbers, and texts lose what may tell who wrote them."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from autograder.verdict import Finding, Outcome, Verdict

# Shorter words of a name ("An", "Li") are words of the feedback as well.
_SHORTEST = 4
_WORD = re.compile(r"[^\W\d_]+|\d+")


def anonymised(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the verdicts under the ids "student 01", "student 02" and so on, sorted by them.

    The numbers follow a hash, so they say nothing about the order of names. Notes, which name files, are
    left out; in every other text the id and its longer words are replaced.
    """
    width = len(str(len(verdicts)))
    shuffled = sorted(verdicts, key=lambda verdict: _hash(verdict.student_id))
    return [_renamed(verdict, f"student {number:0{width}}") for number, verdict in enumerate(shuffled, start=1)]


def _hash(student_id: str) -> str:
    return hashlib.sha256(student_id.encode("utf-8", "surrogatepass")).hexdigest()


def _renamed(verdict: Verdict, name: str) -> Verdict:
    words = [word for word in _WORD.findall(verdict.student_id) if len(word) >= _SHORTEST]
    known = sorted({verdict.student_id, *words} - {""}, key=len, reverse=True)
    pattern = re.compile("|".join(re.escape(word) for word in known), re.IGNORECASE)

    def hidden(text: str) -> str:
        return pattern.sub(name, text) if known else text

    return replace(
        verdict,
        student_id=name,
        message=hidden(verdict.message),
        notes=(),
        flags=tuple(hidden(flag) for flag in verdict.flags),
        tasks=tuple(_outcome(outcome, hidden) for outcome in verdict.tasks),
    )


def _outcome(outcome: Outcome, hidden: Callable[[str], str]) -> Outcome:
    return replace(
        outcome,
        findings=tuple(_finding(finding, hidden) for finding in outcome.findings),
        notes=tuple(hidden(note) for note in outcome.notes),
        code=(),  # comments name people
        observations=tuple(hidden(sentence) for sentence in outcome.observations),
    )


def _finding(finding: Finding, hidden: Callable[[str], str]) -> Finding:
    return replace(
        finding,
        summary=hidden(finding.summary),
        expected=hidden(finding.expected),
        got=hidden(finding.got),
        where=hidden(finding.where),
    )
