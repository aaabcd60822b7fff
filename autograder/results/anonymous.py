"""Verdicts without names: students become numbers, and texts lose the ids of everybody in the class.

What is covered: ids, and in every text (messages, exceptions, flags, what was expected and came) each id of the
class and each longer word of one. Notes, which name files, and code, in which people sign, are left out. What is
not: a name that is no part of an id, such as a nickname in an exception.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from autograder.model.verdict import Finding, Outcome, Verdict

# Shorter words of a name ("An", "Li") are words of the feedback as well; whole ids are replaced at any length.
_SHORTEST = 4
_WORD = re.compile(r"[^\W\d_]+|\d+")
_SOMEBODY = "a student"  # for a word that several ids have


def anonymised(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the verdicts under the ids "student 01", "student 02" and so on, sorted by them.

    The numbers follow a hash, so they say nothing about the order of names.
    """
    width = len(str(len(verdicts)))
    shuffled = sorted(verdicts, key=lambda verdict: _hash(verdict.student_id))
    names = {one.student_id: f"student {number:0{width}}" for number, one in enumerate(shuffled, start=1)}
    people = _People(names)
    return [_renamed(verdict, names[verdict.student_id], people) for verdict in shuffled]


def _hash(student_id: str) -> str:
    return hashlib.sha256(student_id.encode("utf-8", "surrogatepass")).hexdigest()


class _People:
    """Everybody's ids, and the words of them, to be found in texts."""

    def __init__(self, names: dict[str, str]) -> None:
        self._words: dict[str, str] = {}
        self._ids: dict[str, list[tuple[str, str]]] = {}  # by the first word; an id without the signs around it
        for student, name in names.items():
            words = list(_WORD.finditer(student))
            for word in {word[0].casefold() for word in words if len(word[0]) >= _SHORTEST}:
                self._words[word] = name if word not in self._words else _SOMEBODY
            if words:
                core = student[words[0].start() : words[-1].end()]
                if len(core) >= _SHORTEST or not core.isdigit():  # a 7 in a text is a number
                    self._ids.setdefault(words[0][0].casefold(), []).append((core, name))

    def hidden(self, text: str, student_id: str, name: str) -> str:
        """Return a text of one student's with no id of the class in it; of theirs, no part of a word either."""
        own = _own(student_id)
        pieces, done = [], 0
        for word in _WORD.finditer(text):
            if word.start() < done:  # within an id that was replaced
                continue
            pieces.append(text[done : word.start()])
            end, found = self._at(text, word)
            done = end
            pieces.append(found or (own.sub(name, word[0]) if own else word[0]))
        return "".join([*pieces, text[done:]])

    def _at(self, text: str, word: "re.Match[str]") -> tuple[int, str]:
        """Return where what begins with a word ends, and by what it is replaced, "" if it stays."""
        key = word[0].casefold()
        for core, name in sorted(self._ids.get(key, ()), key=lambda one: -len(one[0])):
            end = word.start() + len(core)
            alone = not (text[word.start() - 1 : word.start()].isalnum() or text[end : end + 1].isalnum())
            if text[word.start() : end].casefold() == core.casefold() and (alone or len(core) >= _SHORTEST):
                return end, name
        return word.end(), self._words.get(key, "")


def _own(student_id: str) -> "re.Pattern[str] | None":
    words = {word for word in _WORD.findall(student_id) if len(word) >= _SHORTEST}
    return re.compile("|".join(sorted(words, key=len, reverse=True)), re.IGNORECASE) if words else None


def _renamed(verdict: Verdict, name: str, people: _People) -> Verdict:
    def hidden(text: str) -> str:
        return people.hidden(text, verdict.student_id, name)

    tasks = tuple(_outcome(outcome, hidden) for outcome in verdict.tasks)
    flags = tuple(map(hidden, verdict.flags))
    return replace(verdict, student_id=name, message=hidden(verdict.message), notes=(), flags=flags, tasks=tasks)


def _outcome(outcome: Outcome, hidden: Callable[[str], str]) -> Outcome:
    return replace(
        outcome,
        findings=tuple(_finding(finding, hidden) for finding in outcome.findings),
        notes=tuple(map(hidden, outcome.notes)),
        code=(),
        # A known mistake is in the kit's words; all else may quote the student's own code.
        parts=tuple(one if one.lost_by == "mistake" else replace(one, what=hidden(one.what)) for one in outcome.parts),
        observations=tuple(map(hidden, outcome.observations)),
    )


def _finding(finding: Finding, hidden: Callable[[str], str]) -> Finding:
    texts: dict[str, Any] = {name: hidden(getattr(finding, name)) for name in ("summary", "expected", "got", "where")}
    return replace(finding, **texts)
