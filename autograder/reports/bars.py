"""The bars of the class page, computed: how long each is, in whole percent. The template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

_BINS = 20


@dataclass(frozen=True)
class Bin:
    """One column of a histogram. It goes from `start` to `end`, and `length` is its share of the highest column."""

    start: float
    end: float
    count: int
    length: int


def histogram(values: Sequence[float], most: float) -> list[Bin]:
    """Count how many values are in each twentieth of the range from 0 to `most`. The last bin includes `most`."""
    counts = [0] * _BINS
    for value in values:
        counts[min(int(_BINS * value / most), _BINS - 1) if most else 0] += 1
    edges = pairwise(most * edge / _BINS for edge in range(_BINS + 1))
    return [
        Bin(start, end, count, round(100 * count / max(counts)))
        for (start, end), count in zip(edges, counts, strict=True)
    ]


def shares(counts: Sequence[int]) -> list[int]:
    """Return each count as a share of their sum, rounded so that the shares add up to 100."""
    total = sum(counts)
    ends = [round(100 * count / total) for count in accumulate(counts, initial=0)]
    return [end - start for start, end in pairwise(ends)]
