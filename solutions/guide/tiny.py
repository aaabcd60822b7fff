"""The network of the worked examples, and the numbers that the lessons show of it, under their names on the slides.

It reads the first two steps of "deep". D = K = 3 (the characters d, e, p), H = 2 and T = 2: few numbers, and no two
sizes that a shape could confuse but D and K, which the feedback of `one_to_one` needs to be equal.
What has a step in its name is found by that step: h_2 is `h[2]`.
The weights are one of many sets for which rounding does no harm: the sums that the lessons show, taken of the rounded
terms, give the rounded sums. `tests/test_guide.py` adds them up.
"""

import math

import numpy as np

from autograder.handout.render import shown

from .. import rnn
from ..rnn import Array, Params

_d, _e, _p = np.eye(3)


def _by_step(rows: Array) -> dict[int, Array]:
    return dict(enumerate(rows, start=1))


params = Params(
    U=np.array([[0.2, -0.8, -0.5], [0.6, 0.3, -0.7]]),
    W=np.array([[0.3, -0.4], [-0.5, 0.7]]),
    V=np.array([[-0.3, -0.6], [0.2, 0.8], [0.3, -0.7]]),
    b=np.array([-0.4, -0.3]),
    c=np.array([0.2, 0.3, -0.3]),
)
U, W, V, b, c = params
X = np.array([_d, _e])
Y = np.array([_e, _e])
h_init = np.array([0.5, -0.5])

# What a student's functions give.
H, Y_hat = rnn.forward(params, X, h_init)
dO = rnn.output_error(Y_hat, Y)
jacobian = rnn.hidden_jacobian(params, H, 1, 0)
gradients = Params(
    rnn.bptt_U(params, dO, X, H),
    rnn.bptt_W(params, dO, H, h_init),
    rnn.bptt_V(dO, H),
    rnn.bptt_b(params, dO, H),
    rnn.bptt_c(dO),
)

# What lies between: the same mathematics a line at a time, in the lecture's terms.
x, y, y_hat, error = map(_by_step, (X, Y, Y_hat, dO))
h = {0: h_init, **_by_step(H)}
a = {t: U @ x[t] + W @ h[t - 1] + b for t in x}
o = _by_step(H @ V.T + c)
loss = {t: rnn.cross_entropy(Y_hat[[t - 1]], Y[[t - 1]]) for t in x}
slope = {t: 1 - h[t] ** 2 for t in x}
back = {t: V.T @ error[t] for t in x}
# The terms of the double sum for W, before the outer product, by (t, k).
term = {(1, 1): slope[1] * back[1], (2, 1): slope[1] * (jacobian.T @ back[2]), (2, 2): slope[2] * back[2]}
delta = {1: term[1, 1] + term[2, 1], 2: term[2, 2]}


def by_hand(*terms: float | tuple[float, float] | tuple[Array, Array]) -> str:
    """Spell out a sum, with its result, as one types it: `0.5 · 1 + (-0.5) · 0.2` = `0.4`.

    Args:
        terms: numbers, pairs that are multiplied, and pairs of vectors, whose entries are.
    """
    factors: list[tuple[float, ...]] = []
    for term in terms:
        pair = term if isinstance(term, tuple) else (term,)
        factors += zip(*map(np.atleast_1d, pair), strict=True)
    text = " + ".join(" · ".join(map(_bracketed, numbers)) for numbers in factors)
    if text.startswith("("):
        text = text.replace("(", "", 1).replace(")", "", 1)
    return f"`{text}` = `{shown(sum(math.prod(numbers) for numbers in factors))}`"


def _bracketed(number: float) -> str:
    text = shown(number)
    return f"({text})" if text.startswith("-") else text
