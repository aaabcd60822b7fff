"""A gated recurrent unit and its gradients through time, in numpy.

    z = σ(Wz [x, h] + bz),   r = σ(Wr [x, h] + br),   n = tanh(Wn [x, r ⊙ h] + bn)
    h' = (1 − z) ⊙ n + z ⊙ h

Here [x, h] is one vector, x above h, and h' is the state after the step. Shapes: D inputs, M units, T steps.
A sequence has one row for each step.
"""

from typing import NamedTuple

import numpy as np


class Params(NamedTuple):
    """The parameters of the cell; also the container of their gradients."""

    Wz: np.ndarray  # (M, D + M), the update gate
    Wr: np.ndarray  # (M, D + M), the reset gate
    Wn: np.ndarray  # (M, D + M), the new state
    bz: np.ndarray  # (M,)
    br: np.ndarray  # (M,)
    bn: np.ndarray  # (M,)


def cell(params, x, h):
    """Compute one step.

        z = σ(Wz [x, h] + bz),   r = σ(Wr [x, h] + br),   n = tanh(Wn [x, r ⊙ h] + bn)
        h' = (1 − z) ⊙ n + z ⊙ h,   where σ(a) = 1 / (1 + exp(−a))

    Args:
        params: the parameters.
        x: the input of the step, shape (D,).
        h: the state before the step, shape (M,).

    Returns:
        `(h_new, z, r, n)`, all of shape (M,).
    """
    ### BEGIN SOLUTION
    xh = np.concatenate([x, h])
    z = 1 / (1 + np.exp(-(params.Wz @ xh + params.bz)))
    r = 1 / (1 + np.exp(-(params.Wr @ xh + params.br)))
    n = np.tanh(params.Wn @ np.concatenate([x, r * h]) + params.bn)
    return (1 - z) * n + z * h, z, r, n
    ### END SOLUTION


def cell_errors(params, h, z, r, n, dh_new):
    """Carry the gradient of the new state back to what the gates are applied to.

        ∂L/∂a_n = ∂L/∂h' ⊙ (1 − z) ⊙ (1 − n²)
        ∂L/∂a_z = ∂L/∂h' ⊙ (h − n) ⊙ z ⊙ (1 − z)
        ∂L/∂a_r = (Rᵀ · ∂L/∂a_n) ⊙ h ⊙ r ⊙ (1 − r)

    a_z, a_r and a_n are the arguments of σ, σ and tanh; R is the part of Wn that r ⊙ h meets, its last M columns.

    Args:
        params: the parameters.
        h: the state before the step.
        z, r, n: the update gate, the reset gate and the new state.
        dh_new: ∂L/∂h', the gradient by the state after the step. All are of shape (M,).

    Returns:
        `(daz, dar, dan)`, all of shape (M,).
    """
    ### BEGIN SOLUTION
    dan = dh_new * (1 - z) * (1 - n**2)
    daz = dh_new * (h - n) * z * (1 - z)
    dar = (params.Wn[:, -len(h) :].T @ dan) * h * r * (1 - r)
    return daz, dar, dan
    ### END SOLUTION


def cell_gradients(x, h, r, daz, dar, dan):
    """Differentiate the loss by the parameters of one step.

        ∂L/∂Wz = ∂L/∂a_z ⊗ [x, h],   ∂L/∂bz = ∂L/∂a_z
        ∂L/∂Wr = ∂L/∂a_r ⊗ [x, h],   ∂L/∂br = ∂L/∂a_r
        ∂L/∂Wn = ∂L/∂a_n ⊗ [x, r ⊙ h],   ∂L/∂bn = ∂L/∂a_n

    Args:
        x: the input of the step, shape (D,).
        h: the state before the step, shape (M,).
        r: the reset gate, shape (M,).
        daz: ∂L/∂a_z, shape (M,).
        dar: ∂L/∂a_r, shape (M,).
        dan: ∂L/∂a_n, shape (M,).

    Returns:
        The gradients, as `Params`.
    """
    ### BEGIN SOLUTION
    xh, xrh = np.concatenate([x, h]), np.concatenate([x, r * h])
    return Params(np.outer(daz, xh), np.outer(dar, xh), np.outer(dan, xrh), daz, dar, dan)
    ### END SOLUTION


def cell_state(params, z, r, daz, dar, dan, dh_new):
    """Differentiate the loss by the state before the step.

        ∂L/∂h = ∂L/∂h' ⊙ z + Qᵀ · ∂L/∂a_z + Sᵀ · ∂L/∂a_r + r ⊙ (Rᵀ · ∂L/∂a_n)

    Q, S and R are the last M columns of Wz, Wr and Wn.

    Args:
        params: the parameters.
        z, r: the update gate and the reset gate.
        daz, dar, dan: ∂L/∂a_z, ∂L/∂a_r and ∂L/∂a_n.
        dh_new: ∂L/∂h'. All are of shape (M,).

    Returns:
        ∂L/∂h, shape (M,).
    """
    ### BEGIN SOLUTION
    Q, S, R = (W[:, -len(z) :] for W in (params.Wz, params.Wr, params.Wn))
    return dh_new * z + Q.T @ daz + S.T @ dar + r * (R.T @ dan)
    ### END SOLUTION


def forward(params, X, h_init):
    """Run the cell over a sequence.

    Args:
        params: the parameters.
        X: inputs x_1..x_T, shape (T, D).
        h_init: the state h_0 before the first step, shape (M,).

    Returns:
        The states h_1..h_T, shape (T, M).
    """
    ### BEGIN SOLUTION
    states = [h_init]
    for x in X:
        states.append(cell(params, x, states[-1])[0])
    return np.array(states[1:])
    ### END SOLUTION


def backward(params, X, h_init, dH):
    """Differentiate the loss by the parameters, through time.

        ∂L/∂θ = Σ_t (∂L/∂θ)_t

    Step t receives dH_t, and what step t + 1 hands back as ∂L/∂h; from the end to the start.

    Args:
        params: the parameters θ.
        X: inputs x_1..x_T, shape (T, D).
        h_init: the state h_0 before the first step, shape (M,).
        dH: row t is the gradient of the loss of step t alone by its state h_t, shape (T, M).

    Returns:
        The gradients of the whole loss, as `Params`.
    """
    ### BEGIN SOLUTION
    H = np.vstack([h_init, forward(params, X, h_init)])  # h_0..h_T
    grads, carry = [np.zeros_like(param) for param in params], np.zeros(len(h_init))
    for t in range(len(X) - 1, -1, -1):
        _, z, r, n = cell(params, X[t], H[t])
        dh = dH[t] + carry
        errors = cell_errors(params, H[t], z, r, n, dh)
        step = cell_gradients(X[t], H[t], r, *errors)
        grads = [total + grad for total, grad in zip(grads, step, strict=True)]
        carry = cell_state(params, z, r, *errors, dh)
    return Params(*grads)
    ### END SOLUTION
