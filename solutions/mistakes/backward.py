"""Faulty gradients: bptt_V, bptt_c, and one faulty backward sweep for bptt_W, bptt_U and bptt_b."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..mistakes.slopes import late, slopes
from ..rnn import Activation, Array, Params

Functions = dict[str, Callable[..., Any]]

#: How many steps a loss is followed back, its own among them.
_HORIZONS = {"local-only": 1, "carry-not-added": 1} | {f"truncated-{k}": k for k in range(2, 7)}
_LAST_STEPS = {f"only-last-{k}-steps": k for k in (4, 5)}


def _clip(values: Array, name: str, bugs: frozenset[str]) -> Array:
    """Return `values`, clipped where this place of the loop is clipped (to ±1, or ±5 by the longer name)."""
    return _within(values, _limit(name, bugs))


def _limit(name: str, bugs: frozenset[str]) -> float | None:
    return 1 if name in bugs else 5 if f"{name}-5" in bugs else None


def _within(values: Array, limit: float | None) -> Array:
    return values if limit is None else values.clip(-limit, limit)


def _error_at_states(params: Params, dO: Array, bugs: frozenset[str]) -> Array:
    """Return Vᵀ ∂L/∂o_t of the losses that count, shape (T, H); V left out or unturned fits only H = K."""
    if "V-missing" in bugs:
        error = dO.copy()
    elif "V-not-transposed" in bugs:
        error = dO @ params.V.T
    else:
        error = dO @ params.V
    if bugs & {"last-step-only", "carry-replaces-error"}:
        error[:-1] = 0
    return error


#: One step back in time. It takes V^T ∂L/∂o_t, the carry, the slope, the slope of the step before, and the state, and
#: returns δ_t and the next carry. Each is a vector, or has one row for each loss.
_Step = Callable[[Array, Array, Array, Array, Array], tuple[Array, Array]]


def _step(W: Array, bugs: frozenset[str]) -> _Step:
    """Return a step of the backward sweep with these mistakes."""
    dh_limit, inside, at_carry = (_limit(name, bugs) for name in ("clipped-dh", "clipped-inside", "clipped-carry"))
    slope_first = bool(bugs & {"slope-before-sum", "slope-inside"})

    def step(error: Array, carry: Array, slope: Array, earlier: Array, h: Array) -> tuple[Array, Array]:
        dh = _within(error + carry, dh_limit)  # (H,)
        delta = _within(slope * error + carry if slope_first else slope * dh, inside)
        back = h if "states-carried" in bugs else dh if "carry-without-slope" in bugs else delta
        if "slope-inside" in bugs:  # that of the step before stands where the step's own belongs
            back = earlier * back
        if "W-missing" not in bugs:
            back = back @ (W.T if "W-not-transposed" in bugs else W)
        return dh if "own-slope-missing" in bugs else delta, _within(back, at_carry)

    return step


def _sweep(step: _Step, error: Array, slope: Array, H: Array, order: range) -> Array:
    """Return δ_t for the steps of `order`, zero for all others, shape (T, H)."""
    deltas = np.zeros_like(H)
    carry = np.zeros(H.shape[1])
    for t in order:
        deltas[t], carry = step(error[t], carry, slope[t], slope[max(t - 1, 0)], H[t])
    return deltas


def _truncated(step: _Step, error: Array, slope: Array, H: Array, horizon: int) -> Array:
    """Return δ_t where each loss is followed back on its own for `horizon` steps, all losses at once, shape (T, H)."""
    deltas = np.zeros_like(H)
    earlier = late(slope, slope[:1])
    carry = np.zeros_like(error)
    for lag in range(min(horizon, len(error))):
        n = len(error) - lag  # so many losses have a step that lies so far back
        own = np.zeros_like(error[:n]) if lag else error
        kept, carry = step(own, carry[-n:], slope[:n], earlier[:n], H[:n])
        deltas[:n] += kept
    return deltas


def _by_products(W: Array, error: Array, slope: Array, horizon: int, bugs: frozenset[str]) -> Array:
    """Return δ_t by the lecture's double sum, with each product of Jacobians in the wrong order, shape (T, H)."""
    if "W-missing" in bugs:
        W = np.eye(len(W))
    if "W-not-transposed" in bugs:
        W = W.T
    deltas = np.zeros_like(slope)
    products = np.tile(np.eye(len(W)), (len(slope), 1, 1))  # one for each loss
    for lag in range(min(horizon, len(slope))):
        n = len(slope) - lag
        products = products[-n:]
        deltas[:n] += slope[:n] * (error[-n:, None] @ products)[:, 0]
        products = (slope[:n, :, None] * W) @ products  # the earlier factor belongs on the right
    return deltas


def _deltas(params: Params, dO: Array, H: Array, before: Array, activation: Activation, bugs: frozenset[str]) -> Array:
    """Return δ_t = ∂L/∂a_t as a student with these mistakes has it, shape (T, H); `before` as in `slopes`.

    Truncation follows each loss back on its own, as the lecture's double sum does with a shorter inner sum.
    """
    slope = slopes(H, before, activation, bugs)  # (T, H)
    error = _error_at_states(params, dO, bugs)  # (T, H)
    T = len(H)
    last = T - 2 if "last-step-dropped" in bugs else T - 1
    horizon = next((_HORIZONS[bug] for bug in bugs & _HORIZONS.keys()), T)
    if "wrong-order-product" in bugs:
        error[last + 1 :] = 0
        return _by_products(params.W, error, slope, horizon, bugs)
    step = _step(params.W, bugs)
    if "direct-term-lost" in bugs:
        return _sweep(step, error, slope, H, range(last, -1, -1)) - slope * error
    if "swept-forward" in bugs:
        return _sweep(step, error, slope, H, range(last + 1))
    if horizon != T:
        return _truncated(step, error[: last + 1], slope, H, horizon)
    kept = next((_LAST_STEPS[bug] for bug in bugs & _LAST_STEPS.keys()), T)
    return _sweep(step, error, slope, H, range(last, max(T - kept, 0) - 1, -1))


def _terms(deltas: Array, H: Array, bugs: frozenset[str]) -> Array:
    """Return the deltas that reach the sum, in the rows that they are paired with, shape (T, H).

    `mutates-input` writes them over the states, of which the caller has taken its factors by then.
    """
    if "mutates-input" in bugs:
        H[:] = deltas
    if bugs & {"first-step-dropped", "bias-skipped-at-0"}:
        deltas[0] = 0
    if "last-term-only" in bugs:
        deltas[:-1] = 0
    if "overwritten" in bugs:
        deltas[1:] = 0
    return deltas[::-1] if "deltas-not-reversed" in bugs else deltas


def _result(gradient: Array, T: int, bugs: frozenset[str]) -> Array:
    if "averaged-over-steps" in bugs:
        gradient = gradient / T
    if "transposed-outer" in bugs:
        gradient = gradient.T
    return _clip(gradient, "clipped-result", bugs)


def _as_printed(W: Array, error: Array, slope: Array) -> Array:
    """Return what the slide's sum for U has in place of δ_k: the error as a row, on the left of the product."""
    deltas = np.zeros_like(slope)
    for j in range(len(slope)):
        for k in range(j + 1):
            row = error[j]
            for m in range(k + 1, j + 1):
                row = (row @ W.T) * slope[m]
            deltas[k] += row
    return deltas


def faulty_bptt_w(bugs: frozenset[str]) -> Functions:
    """Return `bptt_W` with these mistakes."""

    def bptt_W(params: Params, dO: Array, H: Array, h_init: Array, activation: Activation = "tanh") -> Array:
        before = late(H, h_init[None])  # (T, H)
        factors = H.copy() if "h_t-for-h_{t-1}" in bugs else before.copy()
        if "h_init-as-zero" in bugs:
            factors[0] = 0
        if bugs & {"wraparound", "h_1-for-h_init"}:
            factors[0] = H[-1 if "wraparound" in bugs else 0]
        terms = _terms(_deltas(params, dO, H, before, activation, bugs), H, bugs)
        return _result(terms.T @ factors, len(H), bugs)

    return {"bptt_W": bptt_W}


def faulty_bptt_u(bugs: frozenset[str]) -> Functions:
    """Return `bptt_U` with these mistakes; h_0 is not known here, so H[t-1] at t = 0 reads the last state."""

    def bptt_U(params: Params, dO: Array, X: Array, H: Array, activation: Activation = "tanh") -> Array:
        before = late(H, H[-1:])  # (T, H)
        if printed := next((bug for bug in bugs if bug.startswith("as-printed")), ""):
            error = dO @ params.V if "with-V" in printed else dO
            states = np.tanh(before @ params.W.T + X @ params.U.T) if "without-b" in printed else H  # row 0 is not used
            deltas = _as_printed(params.W, error, slopes(states, before, activation, bugs))
            return _result(deltas.T @ X, len(H), bugs)
        factors = late(X, X[-1:]) if bugs & {"x-off-by-one", "x-wraparound"} else X  # (T, D)
        if "x-off-by-one" in bugs:
            factors[0] = 0
        terms = _terms(_deltas(params, dO, H, before, activation, bugs), H, bugs)
        return _result(terms.T @ factors, len(H), bugs)

    return {"bptt_U": bptt_U}


def faulty_bptt_bias(bugs: frozenset[str]) -> Functions:
    """Return `bptt_b` and `bptt_c` with these mistakes; those of `bptt_c` have ids that start with "c-"."""

    def bptt_b(params: Params, dO: Array, H: Array, activation: Activation = "tanh") -> Array:
        terms = _terms(_deltas(params, dO, H, late(H, H[-1:]), activation, bugs), H, bugs)
        if "accumulates-itself" in bugs:  # db starts at zero, and db += db leaves it there
            terms = np.zeros_like(terms)
        if "gradient-of-c" in bugs:
            terms = dO
        return _result(terms if "unsummed" in bugs else terms.sum(axis=0), len(H), bugs)

    in_c = frozenset(bug.removeprefix("c-") for bug in bugs if bug.startswith("c-"))

    def bptt_c(dO: Array) -> Array:
        terms = _counted(dO, in_c)
        if "accumulates-itself" in in_c:
            terms = np.zeros_like(terms)
        total = terms if "unsummed" in in_c else _running_sum(terms, in_c)
        if "mutates-input" in in_c:
            dO[0] = dO.sum(axis=0)
        return _result(total, len(dO), in_c)

    return {"bptt_b": bptt_b, "bptt_c": bptt_c}


def _counted(dO: Array, bugs: frozenset[str]) -> Array:
    """Return ∂L/∂o_t of the steps that reach the sum, zero for the others, shape (T, K)."""
    counted = dO.copy()
    if "last-step-only" in bugs:
        counted[:-1] = 0
    if "first-step-only" in bugs:
        counted[1:] = 0
    if "first-step-dropped" in bugs:
        counted[0] = 0
    if "last-step-dropped" in bugs:
        counted[-1] = 0
    return counted


def _running_sum(terms: Array, bugs: frozenset[str]) -> Array:
    """Add up terms of any shape, one per step; where gradients are clipped in the loop, the sum so far is."""
    total = np.zeros(terms.shape[1:])
    for term in terms:
        total = _clip(total + term, "clipped-inside", bugs)
    return total


def faulty_bptt_v(bugs: frozenset[str]) -> Functions:
    """Return `bptt_V` with these mistakes.

    `drops-1-over-T` multiplies by T, always: bptt_V is given dO and cannot know which loss was asked.
    """

    def bptt_V(dO: Array, H: Array) -> Array:
        factors = late(H, np.zeros_like(H[:1])) if "previous-state" in bugs else H  # (T, H)
        scale = len(H) if "drops-1-over-T" in bugs else 1
        outer = scale * _counted(dO, bugs)[:, :, None] * factors[:, None, :]  # (T, K, H)
        if "mutates-input" in bugs:
            dO[:] = 0
        return _result(_running_sum(outer, bugs), len(H), bugs)

    return {"bptt_V": bptt_V}
