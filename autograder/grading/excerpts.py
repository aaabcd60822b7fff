"""The student's own functions, cut out of what they handed in, for feedback on them.

A submission is text here: it is cut by lines and indentation, and neither parsed nor run.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from autograder.model.loading import loaded
from autograder.model.verdict import Excerpt, Outcome
from autograder.submissions import Source

# What a page shows of one function; the longest line is cut by the page.
_MOST_LINES = 80
_MOST_CHARACTERS = 200
# A longer submission is not searched: it is data, or meant to keep the grader busy.
_MOST_TEXT = 1 << 18
# Functions that are shown beside those of the task.
_MOST_OTHERS = 3
_POINTED_AT = re.compile(r"(?P<label>.+?), line (?P<line>\d{1,6})(?::|$)", re.DOTALL)
_DEFINED = re.compile(r"[ \t]*(?:async[ \t]+)?def[ \t]+(?P<name>\w+)[ \t]*\(")
_CALLED = re.compile(r"(?<![\w.])([^\W\d]\w*)[ \t]*\(")
_QUOTES = re.compile(r"\"\"\"|'''")

_Place = tuple[str, int]  # a label and the number of a line


def with_code(outcome: Outcome, source: Source) -> Outcome:
    """Return the outcome with the functions concerned, where it lost marks and the file defines them.

    These are the functions of the task; and where an exception points into others, those, or else the helpers
    that the task's functions call. What has a task of its own is shown there.
    """
    if not outcome.findings or outcome.state == "not_implemented" or not _searched(source):
        return outcome
    pointed = {
        (match["label"], int(match["line"]))
        for finding in outcome.findings
        if (match := _POINTED_AT.match(finding.where))
    }
    named = (_last(source, function) for function in loaded().task[outcome.task].functions)
    own = [excerpt for excerpt in named if excerpt]
    others = _around(source, pointed, own) if pointed else _helpers(source, own)
    return replace(outcome, code=tuple(_marked(excerpt, pointed) for excerpt in (*own, *others[:_MOST_OTHERS])))


def _marked(excerpt: Excerpt, pointed: Collection[_Place]) -> Excerpt:
    return replace(excerpt, marked=tuple(sorted(line for label, line in pointed if _holds(excerpt, (label, line)))))


def _holds(excerpt: Excerpt, place: _Place) -> bool:
    label, line = place
    return label == excerpt.label and excerpt.first_line <= line < excerpt.first_line + len(excerpt.lines)


def _around(source: Source, pointed: Collection[_Place], shown: Sequence[Excerpt]) -> list[Excerpt]:
    """Return the functions that exceptions point into, but for those that are shown already."""
    found: list[Excerpt] = []
    for label, line in sorted(pointed):
        if any(_holds(excerpt, (label, line)) for excerpt in (*shown, *found)):
            continue
        lines = next((chunk.lines for chunk in _searched(source) if chunk.label == label), ())
        last = min(line, len(lines))
        # No excerpt that begins further up would reach as far.
        starts = (number for number in range(last, max(last - _MOST_LINES, 0), -1) if _name(lines[number - 1]))
        around = (_cut(label, lines, number) for number in starts)
        found += [excerpt for excerpt in around if _holds(excerpt, (label, line))][:1]
    return found


def _helpers(source: Source, shown: Sequence[Excerpt]) -> list[Excerpt]:
    """Return the functions of the student's own that the shown ones call, in the order of the calls."""
    defined = {name for chunk in _searched(source) for name in chunk.defined}
    called = dict.fromkeys(name for excerpt in shown for line in excerpt.lines for name in _CALLED.findall(line))
    names = [name for name in called if name in defined and name not in loaded().task_of]
    return [excerpt for name in names[:_MOST_OTHERS] if (excerpt := _last(source, name))]


def _name(line: str) -> str:
    match = _DEFINED.match(line)
    return match["name"] if match else ""


class _Chunk(NamedTuple):
    """A chunk of a submission, cut into lines."""

    label: str
    lines: tuple[str, ...]
    defined: dict[str, int]  # where each function is defined last, as the number of a line


@lru_cache(maxsize=1)
def _searched(source: Source) -> tuple[_Chunk, ...]:
    """Return the chunks of a submission; none where it is too long."""
    if sum(len(code) for _, code in source.chunks) > _MOST_TEXT:
        return ()
    cut = ((label, tuple(code.split("\n"))) for label, code in source.chunks)
    return tuple(
        _Chunk(label, lines, {name: number for number, line in enumerate(lines, 1) if (name := _name(line))})
        for label, lines in cut
    )


def _last(source: Source, name: str) -> Excerpt | None:
    """Return the last definition of a function, which is the one that counts."""
    for chunk in reversed(_searched(source)):
        if name in chunk.defined:
            return _cut(chunk.label, chunk.lines, chunk.defined[name])
    return None


def _cut(label: str, lines: Sequence[str], number: int) -> Excerpt:
    """Return the function that begins in the line of this number."""
    kept = list(_body(lines[number - 1 : number - 1 + _MOST_LINES]))
    while len(kept) > 1 and not kept[-1].strip():
        kept.pop()
    return Excerpt(label, number, tuple(line.rstrip("\r")[:_MOST_CHARACTERS] for line in kept))


def _body(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the function that begins in the first one."""
    indentation = _indentation(lines[0])
    quoted = False
    for index, line in enumerate(lines):
        # Text in triple quotes, comments and the end of a signature may stand further left.
        ends = line.strip() and not quoted and not line.lstrip().startswith((")", "]", "#"))
        if index and ends and _indentation(line) <= indentation:
            return
        yield line
        quoted ^= len(_QUOTES.findall(line)) % 2 == 1


def _indentation(line: str) -> int:
    expanded = line.expandtabs()
    return len(expanded) - len(expanded.lstrip())
