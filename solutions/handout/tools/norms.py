"""Vanishing and exploding gradients: how large ∂h_t/∂h_k is, t - k steps back."""

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from examples.unlock import require
from selfcheck.cases import Array
from selfcheck.functions import Functions, show, student_of

from .picture import STYLES, draw

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "gradient-norms.png"

# The checks of what it calls.
_NEEDS = ("softmax-values", "forward-tanh", "forward-identity", "hidden_jacobian-tanh", "hidden_jacobian-identity")

_SCALES = (0.5, 1.0, 1.5)
_ACTIVATIONS = ("identity", "tanh")
_STEPS, _HIDDEN, _INPUTS = 31, 16, 4

Norms = dict[tuple[str, float], Array]


def gradient_norms(save: str | None = None) -> None:
    """Print and plot the norm of your `hidden_jacobian`, with W scaled by 0.5, 1 and 1.5.

    Args:
        save: the picture's file, in a format that matplotlib writes; see `tools.picture.draw`.
    """
    show(lines(save, sys._getframe(1).f_globals))


def lines(save: str | None, namespace: Mapping[str, object]) -> Iterator[str]:
    """Yield the norms as a table, what they mean, and what became of the picture.

    Raises:
        Locked: a task that makes them is not done.
        CannotImport, NotWrittenYet, Wrong: as calls of the student's functions do.
    """
    student = student_of(namespace)
    require(student, "The norm of the gradient", _NEEDS)
    found = _norms(Functions(student))
    yield "The norm of ∂h_t/∂h_k by your hidden_jacobian; W is a rotation times a scale."
    yield "  activation" + "".join(f"{activation:^30}" for activation in _ACTIVATIONS)
    yield "  W times   " + "".join(f"{scale:>10g}" for _, scale in found)
    for back in (0, 1, 2, 5, 10, 20, 30):
        yield f"  t - k = {back:<2}" + "".join(f"{norms[back]:>10.2g}" for norms in found.values())
    yield "Each step back is one more factor. Factors below 1 make the gradient vanish, so"
    yield "that what happened long ago teaches nothing; above 1, they make it explode. The"
    yield "slope of tanh is at most 1, and makes each factor smaller."
    yield from draw(lambda figure: _plot(figure, found), 9, 4, save, NAME)


def _norms(rnn: Functions) -> Norms:
    """Return the norms by activation and scale, one for each number of steps back."""
    rng = np.random.default_rng(0)
    W = np.linalg.qr(rng.standard_normal((_HIDDEN, _HIDDEN)))[0]  # no vector becomes longer or shorter
    U = rng.standard_normal((_HIDDEN, _INPUTS)) / np.sqrt(_INPUTS)
    X = 0.1 * rng.standard_normal((_STEPS, _INPUTS))
    rest = (np.zeros((2, _HIDDEN)), np.zeros(_HIDDEN), np.zeros(2))
    found: Norms = {}
    for activation in _ACTIVATIONS:
        for scale in _SCALES:
            params = rnn.Params(U, scale * W, *rest)
            H, _ = rnn.forward(params, X, np.zeros(_HIDDEN), activation=activation)
            last = _STEPS - 1
            jacobians = [rnn.hidden_jacobian(params, H, last, k, activation=activation) for k in range(_STEPS)]
            found[activation, scale] = np.array([np.linalg.norm(J, 2) for J in reversed(jacobians)])
    return found


def _plot(figure: "Figure", found: Norms) -> None:
    panels = figure.subplots(1, len(_ACTIVATIONS), sharey=True)
    for axes, activation in zip(panels, _ACTIVATIONS, strict=True):
        for scale, style in zip(_SCALES, STYLES, strict=True):
            axes.semilogy(found[activation, scale], label=f"W × {scale:g}", markevery=5, **style)
        axes.set_title(f"φ = {activation}")
        axes.set_xlabel("t − k, steps back in time")
        axes.grid(visible=True, color="#d1d5db")
    panels[0].set_ylabel(r"$\|\partial h_t / \partial h_k\|$")
    panels[0].legend()
