"""The student's own functions, cut out of what they handed in, for feedback on them.

A submission is text here: it is cut by lines and indentation, and neither parsed nor run.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from autograder.rubric import TASK_BY_ID
from autograder.submissions import Source
from autograder.verdict import Excerpt, Outcome

# What a page shows of one function; the longest line is cut by the page.
_MOST_LINES = 80
_MOST_CHARACTERS = 200
_POINTED_AT = re.compile(r"(?P<label>.+?), line (?P<line>\d{1,6})(?::|$)", re.DOTALL)
_QUOTES = re.compile(r"\"\"\"|'''")


def with_code(outcome: Outcome, source: Source) -> Outcome:
    """Return the outcome with the functions of its task, where it lost marks and the file defines them."""
    if not outcome.findings or outcome.state == "not_implemented":
        return outcome
    pointed = [match for finding in outcome.findings if (match := _POINTED_AT.match(finding.where))]
    excerpts = []
    for function in TASK_BY_ID[outcome.task].functions:
        excerpt = _function(source, function)
        if excerpt:
            last = excerpt.first_line + len(excerpt.lines)
            numbers = {int(match["line"]) for match in pointed if match["label"] == excerpt.label}
            marked = tuple(sorted(number for number in numbers if excerpt.first_line <= number < last))
            excerpts.append(replace(excerpt, marked=marked))
    return replace(outcome, code=tuple(excerpts))


def _function(source: Source, name: str) -> Excerpt | None:
    """Return the last definition of a function, which is the one that counts."""
    start = re.compile(rf"[ \t]*(?:async[ \t]+)?def[ \t]+{re.escape(name)}[ \t]*\(")
    for label, code in reversed(source.chunks):
        lines = code.split("\n")
        for number in range(len(lines) - 1, -1, -1):
            if start.match(lines[number]):
                kept = list(_body(lines[number : number + _MOST_LINES]))
                while len(kept) > 1 and not kept[-1].strip():
                    kept.pop()
                return Excerpt(label, number + 1, tuple(line.rstrip("\r")[:_MOST_CHARACTERS] for line in kept))
    return None


def _body(lines: list[str]) -> Iterator[str]:
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
