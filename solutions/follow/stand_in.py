"""What stands in for a student's own function where another one is followed.

A function that was judged right is replaced by the reference, and one whose mistake is known by the library's faulty
function: then nothing hangs on what the student's own does in the second process. Only a forward pass that has
earned a part and that no known mistake explains is asked itself. It stands in for itself as far as it is a network
there: its outputs are the softmax of V h + c, and every state moves with its own U x + W h + b alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.judge.diagnosis import explanations, is_predicted
from autograder.judge.mistakes import bugs_of, make_faulty
from autograder.judge.prediction import predict
from autograder.judge.values import CaseResult, close
from autograder.model import tolerance

from .. import rnn
from ..rnn import Params

Array = NDArray[np.float64]
Function = Callable[..., Any]


@dataclass(frozen=True)
class StandIn:
    """Which function stands in for one of the student's: the reference, unless something else is said."""

    function: str
    mistakes: tuple[str, ...] = ()  # it makes these known mistakes
    of_softmax: tuple[str, ...] = ()  # it is a right forward pass on a softmax with these
    itself: bool = False  # no known function does: the student's own is asked

    @property
    def right(self) -> bool:
        """Whether it is the reference."""
        return not (self.mistakes or self.of_softmax or self.itself)

    @property
    def made(self) -> Function:
        """The function, on the trusted side; where the student's own is asked, there is none."""
        return _made(self)


@lru_cache(maxsize=256)
def _made(stand_in: StandIn) -> Function:
    if stand_in.mistakes:
        return make_faulty(stand_in.function, stand_in.mistakes)[stand_in.function]
    right: Function = getattr(rnn, stand_in.function)
    if not stand_in.of_softmax:
        return right
    names = vars(rnn) | make_faulty("softmax", stand_in.of_softmax)
    return np.errstate(all="ignore")(FunctionType(rnn.forward.__code__, names, "forward", rnn.forward.__defaults__))


def choose(
    function: str, results: Sequence[CaseResult], *, earned: bool, softmax: Sequence[CaseResult] = ()
) -> StandIn | None:
    """Return what stands in for a function, None where nothing may.

    Args:
        function: forward, cross_entropy or output_error, each a task of its own.
        results: of its cases, as far as they matter.
        earned: whether it has earned a part of its points.
        softmax: the results of the student's softmax, which forward calls.
    """
    if all(result.finding is None for result in results):
        return StandIn(function)
    remembering = {bug.id for bug in bugs_of(function) if bug.shows == "sequence"}
    named = [ids for ids in explanations(function, function, results) if remembering.isdisjoint(ids)]
    if named:
        return StandIn(function, mistakes=named[0])
    if function != "forward":
        return None
    for ids in explanations("softmax", "softmax", softmax):
        stand_in = StandIn(function, of_softmax=ids)
        if all(is_predicted(predict(stand_in.made, result.case), result) for result in results):
            return stand_in
    return StandIn(function, itself=True) if earned else None


@dataclass(frozen=True, eq=False)
class Pass:
    """What a forward pass was given, and the states that it returned."""

    params: Params
    X: Array  # (T, D)
    h_init: Array  # (H,)
    H: Array  # (T, H)

    @staticmethod
    def of(args: Sequence[Any], got: tuple[Array, ...] | None) -> "Pass | None":
        """Return the pass of a call, or None where what was returned is not that of a network with these weights."""
        params, X, h_init = args
        if got is None or len(got) != 2 or not all(np.isfinite(array).all() for array in got):
            return None
        H, Y_hat = got
        if H.shape != (len(X), len(h_init)) or Y_hat.shape != (len(X), len(params.c)):
            return None
        due = rnn.softmax(H @ params.V.T + params.c)
        return Pass(params, X, h_init, H) if close(Y_hat, due, tolerance.SAME_ANSWER) else None

    @property
    def A(self) -> Array:
        """U x_t + W h_{t-1} + b with its own states, shape (T, H)."""
        before = np.vstack([self.h_init[None], self.H[:-1]])
        return np.asarray(self.X @ self.params.U.T + before @ self.params.W.T + self.params.b)


@dataclass(frozen=True, eq=False)
class Shape:
    """A network near one point: where each unit is at each step, and its slope there."""

    A: Array  # (T, H)
    H: Array  # (T, H)
    slopes: Array  # (T, H)

    @staticmethod
    def of(base: Pass, pairs: Sequence[tuple[Pass, Pass]]) -> "Shape | None":
        """Return the shape of a forward pass from its answers at both sides of a point, along several directions.

        None where it is no network: where a state moves otherwise than by a slope of its own times the move of
        U x + W h + b.
        """
        dA = np.array([ahead.A - behind.A for ahead, behind in pairs])  # (directions, T, H)
        dH = np.array([ahead.H - behind.H for ahead, behind in pairs])
        middle = np.array([(ahead.H + behind.H) / 2 for ahead, behind in pairs])
        slopes = (dH * dA).sum(axis=0) / np.maximum((dA * dA).sum(axis=0), np.finfo(float).tiny)
        off, size = np.abs(dH - slopes * dA), np.sqrt((dH * dH).mean(axis=0))
        rounding = 8 * tolerance.UNIT_ROUNDOFF * np.maximum(np.abs(base.H), 1.0)
        if not (off <= tolerance.SHAPE * size + rounding).all():  # nan is not
            return None
        if not np.abs(middle - base.H).max() <= tolerance.SHAPE_MIDDLE * max(np.abs(base.H).max(), 1.0):
            return None
        return Shape(base.A, base.H, slopes)

    @property
    def passes_on(self) -> NDArray[np.bool_]:
        """At which steps some unit moves, and some at the next step too."""
        moves: NDArray[np.bool_] = np.abs(self.slopes).max(axis=1) > tolerance.ALIVE  # (T,)
        return moves[1:] & moves[:-1] if len(moves) > 1 else moves

    def forward(self, params: Params, X: Array, h_init: Array, **_mode: str) -> tuple[Array, Array]:
        """Be the forward pass near the point, for as many steps as `X` has. Its activation is the point's own."""
        h, rows = h_init, []
        for x, a, at, slope in zip(X, self.A, self.H, self.slopes, strict=False):
            h = at + slope * (params.U @ x + params.W @ h + params.b - a)
            rows.append(h)
        H = np.array(rows)
        return H, rnn.softmax(H @ params.V.T + params.c)


def has_activation(found: Pass, known: Sequence[Pass]) -> bool:
    """Whether the states of a pass come of U x + W h + b as those of other passes do, as nearly as these tell."""
    a, h = (
        np.concatenate([array.ravel() for array in arrays]) for arrays in zip(*((p.A, p.H) for p in known), strict=True)
    )
    order = np.argsort(a)
    a, h = a[order], h[order]
    inside = np.clip(found.A, a[0], a[-1]) == found.A
    error = np.abs(np.interp(found.A, a, h) - found.H)[inside]
    return bool(inside.mean() >= tolerance.INSIDE and (error <= tolerance.ACTIVATION * np.ptp(h)).all())
