"""The known mistakes: what people get wrong, as facts and as functions that get it wrong in the same way.

What lives here: tables of mistakes (`table_*.py`: id, misconception, question, slide) and one faulty
implementation per function (or family of functions), whose mistakes can be combined. What may not: I/O,
tolerances, and anything that decides a mark. Here a reply is explained; it was judged before.

To add a mistake is to add a row to a table and a switch to a faulty implementation.
"""

from collections.abc import Callable

from autograder.assignment import Functions, Mistakes

from ..mistakes.backward import faulty_bptt_bias, faulty_bptt_u, faulty_bptt_v, faulty_bptt_w
from ..mistakes.forward import faulty_forward
from ..mistakes.jacobian import faulty_hidden_jacobian
from ..mistakes.loss import (
    faulty_cross_entropy,
    faulty_gradient_step,
    faulty_output_error,
    faulty_softmax,
)
from ..mistakes.table_flow import FLOW, SLOPES
from ..mistakes.table_forward import FORWARD, STATE_AND_ACTIVATION
from ..mistakes.table_jacobian import JACOBIAN
from ..mistakes.table_loss import CROSS_ENTROPY, OUTPUT_ERROR, SOFTMAX
from ..mistakes.table_step import GRADIENT_STEP
from ..mistakes.table_terms import FACTORS, TERMS
from ..mistakes.table_wrappers import MANY_TO_MANY, WRAPPERS
from ..mistakes.wrappers import (
    faulty_many_to_many,
    faulty_many_to_one,
    faulty_one_to_many,
    faulty_one_to_one,
)
from ..tasks import TASK_BY_ID

_FAULTY: dict[str, Callable[[frozenset[str]], Functions]] = {
    "softmax": faulty_softmax,
    "cross_entropy": faulty_cross_entropy,
    "forward": faulty_forward,
    "output_error": faulty_output_error,
    "bptt_V": faulty_bptt_v,
    "hidden_jacobian": faulty_hidden_jacobian,
    "bptt_W": faulty_bptt_w,
    "bptt_U": faulty_bptt_u,
    "bptt_bias": faulty_bptt_bias,
    "gradient_step": faulty_gradient_step,
    "one_to_one": faulty_one_to_one,
    "one_to_many": faulty_one_to_many,
    "many_to_one": faulty_many_to_one,
    "many_to_many": faulty_many_to_many,
}

_ROWS = (
    *SOFTMAX,
    *CROSS_ENTROPY,
    *OUTPUT_ERROR,
    *STATE_AND_ACTIVATION,
    *FORWARD,
    *SLOPES,
    *FLOW,
    *TERMS,
    *FACTORS,
    *JACOBIAN,
    *GRADIENT_STEP,
    *WRAPPERS,
    *MANY_TO_MANY,
)

#: Different thoughts that compute the same numbers, by construction: where one explains a reply, so does the other.
ALIKE: dict[str, tuple[frozenset[str], ...]] = {
    "softmax": (frozenset({"overflow", "epsilon-in-exp"}),),  # e^1e-12 cancels in the quotient
    "forward": (frozenset({"ignores-h_init", "wraparound"}),),
    "bptt_W": (
        frozenset({"local-only", "carry-not-added"}),
        frozenset({"last-step-only", "carry-replaces-error"}),
        frozenset({"first-step-dropped", "h_init-as-zero"}),
    ),
    "bptt_U": (
        frozenset({"local-only", "carry-not-added"}),
        frozenset({"last-step-only", "carry-replaces-error"}),
    ),
    "bptt_bias": (
        frozenset({"local-only", "carry-not-added"}),
        frozenset({"last-step-only", "carry-replaces-error"}),
        frozenset({"first-step-dropped", "bias-skipped-at-0"}),
    ),
}

#: Pairs that the table's switches allow and that are no pairs, with the reason.
_NO_PAIRS: dict[tuple[str, frozenset[str]], str] = {
    ("forward", frozenset({"no-b", "no-c"})): "it has an id of its own, no-bias",
    ("gradient_step", frozenset({"b-forgotten", "c-forgotten"})): "it has an id of its own, biases-forgotten",
    ("hidden_jacobian", frozenset({"slope-of-wrong-step", "misses-first-factor"})): "it is misses-last-factor",
}

#: Task by task.
BUGS = tuple(sorted(_ROWS, key=lambda row: TASK_BY_ID[row.task].number))

MISTAKES = Mistakes(BUGS, _FAULTY, ALIKE, _NO_PAIRS)
