"""Is a gradient that is right differentiated numerically, and not by backpropagation? What speaks for it.

Precision does: backpropagation in float64 is right to the last digits, and differences of a loss are not. An imaginary
step leaves no such trace, but it needs an imaginary number, which backpropagation has no use for. A submission is text
here, and is neither parsed nor run.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograder.judge.values import CaseResult, number
from autograder.model import tolerance
from autograder.model.loading import loaded
from autograder.model.text import printable

_NUMBER = r"(?<![\w.])(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][-+]?\d+)?"
_ASIDE = re.compile(r"\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?'''|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|#[^\n]*")
_IMAGINARY = re.compile(rf"{_NUMBER}[jJ]\b")
_COMPLEX = re.compile(r"\b(?:imag|complex|complex64|complex128|clongdouble|cdouble|csingle)\b")
_ENDS_IMAGINARY = re.compile(r"[\d.][jJ]\b")
_WORDS = ("imag", "complex", "cdouble", "clongdouble", "csingle")
_TAKEN_APART = re.compile(r"\b(?:imag|angle|conj|conjugate)\b")
_FLOAT32 = re.compile(r"\b(?:float32|float16|single|half|f4|f2)\b")
_WORD = re.compile(r"[^\W\d]\w*")
_BINDS = re.compile(r"[ \t]*(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)")
_ASSIGNS = re.compile(r"([^\W\d]\w*(?:[ \t]*,[ \t]*[^\W\d]\w*)*)[ \t]*(?::[^=\n]*)?=(?!=)")
# Something over one name, call or number, a factor aside. What a function gives is a step with its arguments: a sum is
# another one each time.
_FACTOR = rf"(?:{_NUMBER}[ \t]*\*[ \t]*)?"
_STEP = rf"(?P<step>{_NUMBER}|[^\W\d][\w.]*(?:\([^()\n]*\)|(?![\w.(])))"
_DIVIDED = re.compile(
    rf"[\w)\]][ \t]*/[ \t]*"
    rf"(?:{_FACTOR}{_STEP}|\([ \t]*{_FACTOR}{_STEP.replace('step', 'inner')}(?:[ \t]*\*[ \t]*{_NUMBER})?[ \t]*\))"
)


# Divisions as differences end: by twice a step, by a tiny number, or by what steps are called.
_BY_A_STEP = re.compile(
    r"/[ \t]*\(?[ \t]*"
    r"(?:2(?:\.0?)?[ \t]*\*|\d[\d.]*[eE]-\d|(?:eps|epsilon|delta|step|dx|dh|dw)\b(?![ \t]*[.(\[]))"
)
_DIFFERENCE = re.compile(r"[\w)\]][ \t]*-[ \t]*[\w(]")
# Bounds on what is looked at, so that no file holds the grader up.
_LONGEST_FILE, _MOST_REACHED, _LONGEST_LINE, _MOST_DIVISIONS, _MOST_QUOTED = 1_000_000, 200_000, 2_000, 30, 100


class Block(NamedTuple):
    """A piece of a file that begins at the left margin: what it binds, and its code."""

    names: frozenset[str]
    code: str


@dataclass(frozen=True)
class Evidence:
    """What speaks for numerical differentiation in one task."""

    said: str  # a sentence
    in_source: bool  # an argument is moved, and a difference or an imaginary part divided by the step


def numerical(results: Mapping[str, Sequence[CaseResult]], codes: Sequence[str]) -> dict[str, Evidence]:
    """Return, by task, what speaks for numerical differentiation where a derivative is right.

    Args:
        results: of the cases, by task.
        codes: the pieces of what was handed in.
    """
    derivatives = [task.id for task in loaded().tasks if task.differentiates]
    right = {task: [one for one in results.get(task, ()) if one.finding is None and one.got] for task in derivatives}
    worst = {task: max(map(_error, own)) for task, own in right.items() if own}
    codes = list(_looked_at(codes))
    hint = any(_may_be_numerical(code) for code in codes)
    suspects = [task for task, error in worst.items() if hint or error > tolerance.NUMERICAL]
    blocks = [block for code in codes for block in _blocks(code)] if suspects else []
    found = {}
    for task in suspects:
        code = _reached(blocks, loaded().task[task].functions)
        evidence = _evidence(task, code, worst[task], single=all(map(_is_single, right[task])))
        if evidence is not None:
            found[task] = evidence
    return found


def _may_be_numerical(code: str) -> bool:
    """Whether it is worth a closer look; most files are done with here."""
    return bool(any(word in code for word in _WORDS) or _ENDS_IMAGINARY.search(code) or _BY_A_STEP.search(code))


def _looked_at(codes: Iterable[str]) -> Iterator[str]:
    left = _LONGEST_FILE
    for code in codes:
        yield code[:left]
        left -= min(len(code), left)


def _evidence(task: str, code: str, worst: float, *, single: bool) -> Evidence | None:
    """Say what speaks for it in one task, whose right answers are off by so much and may all be of float32."""
    literal = _IMAGINARY.search(code)
    lines = list(_divisions(code))
    difference = next((line for line, differs in lines if differs and _BY_A_STEP.search(line)), "")
    divided = difference or next((line for line, _ in lines), "")
    said = []
    if literal or (_COMPLEX.search(code) and _TAKEN_APART.search(code)):
        said.append(f"its source makes an imaginary step{f' ({literal[0][:30]})' if literal else ''}")
    if worst > tolerance.NUMERICAL and (divided or not (single or _FLOAT32.search(code))):
        said.append(f"it is right to {number(worst)} of the largest entry, and backpropagation to 1e-13")
    shown = bool(said and divided)
    if shown or difference:
        said.append(f"its source divides by a step ({divided})")
    if not said:
        return None
    return Evidence(f"{task} looks like numerical differentiation: {'; '.join(said)}", shown)


def _error(result: CaseResult) -> float:
    """Return the largest error of a right answer, relative to the largest entry; 0 where it is nothing to tell of."""
    worst = 0.0
    for got, due, scale in zip(result.got or (), result.case.expected, result.case.scales, strict=True):
        error = got - due
        if scale and np.vdot(error, error) > (tolerance.NUMERICAL * scale) ** 2:  # most are done with here
            worst = max(worst, float(np.abs(error).max()) / scale)
    return worst


def _is_single(result: CaseResult) -> bool:
    """Whether an answer holds nothing that float32 does not."""
    with np.errstate(over="ignore"):
        arrays: list[NDArray[np.float64]] = [*(result.got or ())]
        return all(np.array_equal(array, array.astype(np.float32)) for array in arrays)


def _reached(blocks: Sequence[Block], functions: Iterable[str]) -> str:
    """Return the source of functions and of everything in the file that they name."""
    binding: dict[str, list[Block]] = {}
    for block in blocks:
        for name in block.names:
            binding.setdefault(name, []).append(block)
    wanted, taken = [*functions], dict[Block, None]()
    while wanted:
        for block in binding.pop(wanted.pop(), ()):
            if block not in taken:
                taken[block] = None
                wanted += set(_WORD.findall(block.code))
    return "\n".join(block.code for block in taken)[:_MOST_REACHED]


def _blocks(code: str) -> Iterator[Block]:
    """Yield the pieces of a file that begin at the left margin, without comments and strings."""
    short = "\n".join(line for line in code.split("\n") if len(line) <= _LONGEST_LINE)
    lines = _ASIDE.sub(" ", short).split("\n")
    starts = [n for n, line in enumerate(lines) if line[:1].strip() and line[0] not in ")]}@"]
    for start, end in zip(starts, [*starts[1:], len(lines)][: len(starts)], strict=True):
        names = {match[1] for line in lines[start:end] if (match := _BINDS.match(line))}
        assigned = _ASSIGNS.match(lines[start])
        names |= set(_WORD.findall(assigned[1])) if assigned else set()
        yield Block(frozenset(names), "\n".join(lines[start:end]))


def _divisions(code: str) -> Iterator[tuple[str, bool]]:
    """Yield the lines that divide by what an argument was moved by, and whether a difference is in them."""
    for match in islice(_DIVIDED.finditer(code), _MOST_DIVISIONS):
        step = match["step"] or match["inner"]
        line = code[code.rfind("\n", 0, match.start()) + 1 : match.end()].strip()
        elsewhere, name = f"{code[: match.start()]}\n{code[match.end() :]}", rf"{re.escape(step)}[jJ]?(?![\w.])"
        # Added to something, put into an array of zeros, or times a direction.
        if re.search(rf"[-+]=?[ \t]*{name}|\][ \t]*=[ \t]*{name}|\*[ \t]*{name}|{name}[ \t]*\*", elsewhere):
            quoted = line if len(line) <= _MOST_QUOTED else f"…{line[-_MOST_QUOTED:]}"
            yield printable(quoted), "imag" in line or bool(_DIFFERENCE.search(line))
