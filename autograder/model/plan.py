"""Plans: what the sandbox is asked to do, as plain data. Inputs only; never an expected value.

A plan may leave this process. What a case expects stays beside it in `cases.py`, on the trusted side.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solutions.rnn import Params

Array = NDArray[np.float64]


class Ref(NamedTuple):
    """Stands for what an earlier call of the same plan returned, or for a piece of it.

    With it a plan can chain the student's own functions (a decoder that starts from their own encoder's state).
    """

    call: str
    path: tuple[int, ...] = ()  # (0, -1) is the last row of the first item


Value = Array | Params | Ref | float | int | str


@dataclass(frozen=True, eq=False)
class Call:
    """One call of one student function."""

    id: str  # unique in its plan, such as "bptt_W/square"
    group: str  # calls of a group live and die together: the task's id
    function: str
    args: tuple[Value, ...]
    kwargs: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Plan:
    """The calls of one run, in order."""

    calls: tuple[Call, ...]
