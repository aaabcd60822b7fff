"""One number for all that a function returned: answers that are alike have numbers that are.

The handout gets this file as it is: its hints hold such numbers of known mistakes, off which no answer can be read.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: What else is known of a reply, in bits; those from CHANGED on stand for the arrays among the arguments.
RAISED, BEYOND, CHANGED = 1, 2, 4
_LARGEST = 3e38  # what float32 can hold, in which digests are stored


def digest(arrays: Sequence[NDArray[np.number[Any]]]) -> tuple[float, float]:
    """Return a weighted mean of all entries, and the largest one, by which a difference is measured.

    Whether an entry is nan or infinite often depends on how a formula is written: both count as a large number.
    """
    entries = np.concatenate([np.zeros(0), *(np.asarray(array, np.float64).ravel() for array in arrays)])
    scale = float(np.abs(entries[np.isfinite(entries)]).max(initial=0.0))
    high = min(2 * scale + 1, _LARGEST)
    finite = np.clip(np.where(np.isfinite(entries), entries, high), -_LARGEST, _LARGEST)
    turn = sum(array.ndim for array in arrays)  # a matrix of one row is not the vector
    weights = np.cos(np.arange(1.0, finite.size + 1.0) + turn) / max(finite.size, 1)
    return float(weights @ finite), float(np.abs(finite).max(initial=0.0))
