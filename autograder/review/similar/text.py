"""What the texts of two submissions share: fingerprints of their tokens, chosen by winnowing. Pure, and parses nothing.

The method is that of Schleimer, Wilkerson and Aiken ("Winnowing", SIGMOD 2003). A text is cut into tokens; names that
a student can choose are all one token, and comments, layout and docstrings are none. Of every window of runs of
tokens the run with the smallest hash is kept, so two texts that share GUARANTEED tokens in a row share a fingerprint,
wherever these stand.
"""

import hashlib
import keyword
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import combinations
from math import log

import numpy as np

Lines = frozenset[tuple[int, int]]  # (index of a chunk, number of a line)

# Tokens in one fingerprint, and in a row that two texts share for certain to be seen.
RUN, GUARANTEED = 16, 23

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*|^[ \t]*[%!][^\n]*)
    |(?P<string>[rbfuRBFU]{0,2}(?:\"\"\"[\s\S]*?(?:\"\"\"|\Z)|'''[\s\S]*?(?:'''|\Z)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))
    |(?P<number>\d[\w.]*)
    |(?P<name>\w+)
    |(?P<sign>[*/=<>!-]=|\*\*|//|->|:=|[^\s\w])""",
    re.VERBOSE | re.MULTILINE,
)
_ANY_NAME, _ANY_STRING = "n", "s"
# Names that nobody chooses: they stay what they are.
_FIXED = {
    *keyword.kwlist,
    *("range", "len", "zip", "enumerate", "sum", "float", "int", "reversed", "list", "tuple", "max", "min", "map"),
    *(name for place in (np, np.ndarray, np.linalg) for name in dir(place) if not name.startswith("_")),
}


@dataclass(frozen=True)
class Token:
    """A token without what a student can change and leave the program as it is."""

    text: str
    place: tuple[int, int]


def tokens(chunks: Iterable[str]) -> Iterator[Token]:
    """Yield the tokens of a submission's chunks, in order."""
    for index, code in enumerate(chunks):
        line, at = 1, 0
        for match in _TOKEN.finditer(code):
            line += code.count("\n", at, match.start())
            at = match.start()
            alone = not code[code.rfind("\n", 0, at) + 1 : at].strip()
            text = match[0]
            if match.lastgroup == "comment" or (match.lastgroup == "string" and alone):  # a docstring
                continue
            if match.lastgroup == "string":
                text = _ANY_STRING
            elif match.lastgroup == "name" and text not in _FIXED:
                text = _ANY_NAME
            yield Token(text, (index, line))


@dataclass(frozen=True)
class Fingerprints:
    """The chosen runs of one text, each with the lines that it covers the first time."""

    lines: Mapping[int, Lines]
    whole: int  # a hash of all tokens


def fingerprints(chunks: Sequence[str]) -> Fingerprints:
    """Return the fingerprints of a submission."""
    found = list(tokens(chunks))
    hashes = [_hash(found[at : at + RUN]) for at in range(len(found) - RUN + 1)]
    window = GUARANTEED - RUN + 1
    chosen: dict[int, Lines] = {}
    for start in range(max(1, len(hashes) - window + 1)):
        stretch = hashes[start : start + window]
        if stretch:
            least = min(range(len(stretch)), key=lambda at: (stretch[at], -at))
            run = found[start + least : start + least + RUN]
            chosen.setdefault(stretch[least], frozenset(token.place for token in run))
    return Fingerprints(chosen, _hash(found))


def all_runs(chunks: Sequence[str]) -> set[int]:
    """Return the hashes of all runs of a text, chosen or not: what everybody was given is taken away by them."""
    found = list(tokens(chunks))
    return {_hash(found[at : at + RUN]) for at in range(len(found) - RUN + 1)}


def _hash(run: Sequence[Token]) -> int:
    text = " ".join(token.text for token in run)
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


# Of more than so many, or such a share of the class, what is shared says nothing about two of them.
_FEW, _FEW_SHARE = 10, 0.2
# A pair is shown from this share of the shorter text on, and so many fingerprints. The 17 independent styles share 7 %
# at most among themselves, and copies with other names, order and comments 73 % and more.
LEAST_SHARE, LEAST_SHARED = 0.25, 10


@dataclass(frozen=True)
class SharedText:
    """What the texts of two students have in common and few others have."""

    share: float  # of the one who has less; what fewer have weighs more
    lines: tuple[Lines, Lines]


def shared_texts(prints: Mapping[str, Fingerprints], known: Set[int]) -> dict[tuple[str, str], SharedText]:
    """Return the pairs of a class whose texts share much.

    Args:
        prints: by student.
        known: hashes of the runs that everybody was given, or that are accepted ways to write it.
    """
    own = Counter(one for each in prints.values() for one in each.lines)
    few = max(_FEW, int(_FEW_SHARE * len(prints)))
    holders: dict[int, list[str]] = {}
    for student in sorted(prints):
        for one in prints[student].lines:
            if 1 < own[one] <= few and one not in known:
                holders.setdefault(one, []).append(student)
    shared: dict[tuple[str, str], list[int]] = {}
    for one, students in holders.items():
        for pair in combinations(students, 2):
            shared.setdefault(pair, []).append(one)

    def weight(several: Iterable[int]) -> float:
        return sum(log((len(prints) + 1) / own[one]) for one in several)

    whole = {student: weight(each.lines) for student, each in prints.items()}
    found = {}
    for (a, b), several in shared.items():
        share = weight(several) / min(whole[a], whole[b])
        if share >= LEAST_SHARE and len(several) >= LEAST_SHARED:
            lines = (_covered(prints[a], several), _covered(prints[b], several))
            found[a, b] = SharedText(share, lines)
    return found


def same_texts(prints: Mapping[str, Fingerprints], given: Set[int]) -> dict[tuple[str, str], SharedText]:
    """Return the pairs whose texts are the same, token by token, and are not what everybody was given."""
    alike: dict[int, list[str]] = {}
    for student in sorted(prints):
        if len(prints[student].lines.keys() - given) >= LEAST_SHARED:
            alike.setdefault(prints[student].whole, []).append(student)
    found = {}
    for students in alike.values():
        for a, b in combinations(students, 2):
            lines = (_covered(prints[a], prints[a].lines), _covered(prints[b], prints[b].lines))
            found[a, b] = SharedText(1.0, lines)
    return found


def _covered(prints: Fingerprints, several: Iterable[int]) -> Lines:
    return frozenset(line for one in several for line in prints.lines[one])
