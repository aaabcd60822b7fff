"""The network of the worked examples: the first two steps of "deep", with weights of one decimal.

D = K = 3 (the characters d, e, p), H = 2 and T = 2: few numbers, and no two sizes that a shape could confuse
but D and K, which the feedback of `one_to_one` needs to be equal.
"""

import numpy as np

from .. import rnn
from ..rnn import Array, Params

_d, _e, _p = np.eye(3)

PARAMS = Params(
    U=np.array([[0.5, -0.4, 0.3], [0.2, 0.6, -0.5]]),
    W=np.array([[0.2, -0.6], [0.7, 0.3]]),
    V=np.array([[-0.4, 0.3], [0.8, 0.5], [0.1, 0.9]]),
    b=np.array([0.1, -0.2]),
    c=np.array([0.2, 0.0, -0.1]),
)
X = np.array([_d, _e])
Y = np.array([_e, _e])
H_INIT = np.array([0.5, -0.5])
LEARNING_RATE = 0.5
# Where the decoder of `many_to_many` starts, and the class that ends it.
START, STOP = _p, 1

# What a student gets from these. Row r of an array is step r + 1.
U, W, V, B, C = PARAMS
H, Y_HAT = rnn.forward(PARAMS, X, H_INIT)
A = np.array([U @ x + W @ h + B for x, h in zip(X, (H_INIT, H[0]), strict=True)])
LOGITS = H @ V.T + C
DO = rnn.output_error(Y_HAT, Y)
SLOPE = 1 - H**2
JACOBIAN = rnn.hidden_jacobian(PARAMS, H, 1, 0)
# The terms (t, k) of the double sum for W, before the outer product.
TERM_11 = SLOPE[0] * (V.T @ DO[0])
TERM_22 = SLOPE[1] * (V.T @ DO[1])
TERM_21 = SLOPE[0] * (JACOBIAN.T @ V.T @ DO[1])
DELTA = np.array([TERM_11 + TERM_21, TERM_22])
GRADS = Params(
    rnn.bptt_U(PARAMS, DO, X, H),
    rnn.bptt_W(PARAMS, DO, H, H_INIT),
    rnn.bptt_V(DO, H),
    rnn.bptt_b(PARAMS, DO, H),
    rnn.bptt_c(DO),
)


def tiny_source() -> str:
    """Return the network as Python, a dictionary called `tiny`, to paste below `rnn.py`'s functions."""
    fields = "".join(f"        {name}=np.array({value.tolist()}),\n" for name, value in PARAMS._asdict().items())
    arrays = {
        "X": f"{X.tolist()}),  # the characters d, e",
        "Y": f"{Y.tolist()}),  # what follows them: e, e",
        "h_init": f"{H_INIT.tolist()}),",
    }
    rest = "".join(f'    "{name}": np.array({text}\n' for name, text in arrays.items())
    return f'tiny = {{\n    "params": Params(\n{fields}    ),\n{rest}}}'


def spelled(*factors: tuple[float, float] | float) -> str:
    """Return a sum as one writes it by hand: `0.5 · 1 + 0.2 · (-0.5)`. A number alone is a term of its own.

    The numbers are shown as everywhere, with four decimals at most.
    """
    terms: list[str] = []
    for factor in factors:
        numbers = factor if isinstance(factor, tuple) else (factor,)
        first, *others = (shown(float(number)) for number in numbers)
        lead = first if not terms or not first.startswith("-") else f"({first})"
        terms.append(" · ".join([lead, *(f"({other})" if other.startswith("-") else other for other in others)]))
    return " + ".join(terms)


def shown(value: float) -> str:
    """Return a number with four decimals, or fewer where the rest are zeros; never -0."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def array_shown(value: Array) -> str:
    """Return a number, vector or matrix as Python would take it."""
    if value.ndim == 0:
        return shown(float(value))
    return f"[{', '.join(array_shown(part) for part in value)}]"
