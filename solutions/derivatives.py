"""Numerical derivatives that certify the reference. Pure functions on arrays.

The loss is written here a second time, for a batch of parameter vectors at once, so that a gradient of
the reference is checked against a model that shares no code with it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autograder.model import tolerance

from .rnn import Activation, Params, Reduction

Array = NDArray[np.float64]
BatchLoss = Callable[[NDArray[np.inexact]], NDArray[np.inexact]]  # (B, P) parameters → (B,) losses

# So small that the truncation error of order h² vanishes, and nothing is subtracted (Squire and Trapp, 1998).
COMPLEX_H = 1e-200


@dataclass(frozen=True, eq=False)
class Problem:
    """A loss to differentiate: one network, one sequence, its labels."""

    params: Params
    X: Array  # (T, D)
    h_init: Array  # (H,)
    Y: Array  # (T, K)
    activation: Activation
    reduction: Reduction


def flatten(params: Params) -> Array:
    """Return θ as one vector, in the order U, W, V, b, c, each row by row. Shape (P,)."""
    return np.concatenate([np.ravel(array) for array in params])


def batch_loss(problem: Problem) -> BatchLoss:
    """Return the loss as a function of many parameter vectors at once, real or complex."""
    shapes = [array.shape for array in problem.params]
    ends = np.cumsum([array.size for array in problem.params])[:-1]

    def loss(theta: NDArray[np.inexact]) -> NDArray[np.inexact]:
        U, W, V, b, c = (
            block.reshape(len(theta), *shape)
            for block, shape in zip(np.split(theta, ends, axis=1), shapes, strict=True)
        )
        h = np.broadcast_to(problem.h_init, b.shape)  # (B, H)
        total = np.zeros(len(theta), theta.dtype)
        for x, y in zip(problem.X, problem.Y, strict=True):
            h = U @ x + np.einsum("bij,bj->bi", W, h) + b
            if problem.activation == "tanh":
                h = np.tanh(h)
            o = np.einsum("bkj,bj->bk", V, h) + c
            shift = o.real.max(axis=1, keepdims=True)
            log_Z = np.log(np.exp(o - shift).sum(axis=1, keepdims=True)) + shift
            total = total - ((o - log_Z) * y).sum(axis=1)  # cross-entropy by log-sum-exp
        return total / len(problem.X) if problem.reduction == "mean" else total

    return loss


def complex_step(loss: BatchLoss, theta: Array) -> Array:
    """Return the gradient of `loss` at `theta` by the complex step, exact to rounding. Shape (P,)."""
    batch = theta + 1j * COMPLEX_H * np.eye(len(theta))
    return np.asarray(loss(batch).imag / COMPLEX_H, np.float64)


def numdifftools_gradient(loss: BatchLoss, theta: Array) -> tuple[Array, Array]:
    """Return numdifftools' gradient of `loss` at `theta` and its error estimate, each of shape (P,).

    One call differentiates along all coordinates at once: entry i of the argument moves θ_i alone.
    """
    # It brings scipy, and processes that get a case set that is proved already start without.
    import numdifftools as nd

    def along_each_axis(moves: Array) -> Array:
        return np.asarray(loss(theta + np.diag(moves)), np.float64)

    found = nd.Derivative(along_each_axis, full_output=True)(np.zeros(len(theta)))
    gradient, info = found if len(found) == 2 else (found.estimate, found)  # from 0.11 on, one tuple
    return np.asarray(gradient), np.asarray(info.error_estimate)


def disagreement(problem: Problem, gradient: Params) -> str:
    """Return why `gradient` is not the gradient of the problem's loss, or "" where it is.

    It must agree with the complex step within rounding and with numdifftools within its errors, array by
    array, relative to the array's largest entry.
    """
    loss = batch_loss(problem)
    theta = flatten(problem.params)
    exact = complex_step(loss, theta)
    estimate, error = numdifftools_gradient(loss, theta)
    start = 0
    for name, array in zip(Params._fields, gradient, strict=True):
        block = slice(start, start + array.size)
        start += array.size
        largest = np.abs(exact[block]).max()
        if np.abs(array.ravel() - exact[block]).max() > tolerance.COMPLEX_STEP * largest:
            return f"the gradient of {name} differs from the complex step"
        allowed = np.maximum(tolerance.NUMDIFFTOOLS_ERRORS * error[block], tolerance.NUMDIFFTOOLS_FLOOR * largest)
        if np.any(np.abs(array.ravel() - estimate[block]) > allowed):
            return f"the gradient of {name} differs from numdifftools"
    return ""
