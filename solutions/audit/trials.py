"""The oracle's own questions: other seeds, other shapes and other extremes than the hidden cases have."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.audit.trials import Trial
from autograder.model.plan import Call, Value

from ..audit import oracle
from ..audit.oracle import Theta
from ..rnn import Params
from ..tasks import TASK_BY_FUNCTION

Array = NDArray[np.float64]

_MIN_LOSS_AT_ZERO_PROBABILITY = 27.0
# Outputs nearer than this have no largest entry that rounding could not change.
_CLEAR = 1e-5

_SEED = 20_240_607
#: (T, D, H, K): one of everything, then sizes that are equal and sizes that differ.
_SIZES = ((1, 1, 1, 2), (1, 3, 2, 4), (2, 2, 2, 2), (3, 1, 4, 3), (4, 3, 3, 3), (6, 2, 5, 3), (9, 4, 2, 6))


def trials() -> Iterator[Trial]:
    """Yield every question, drawn and answered once."""
    rng = np.random.default_rng(_SEED)
    ask = _Asker()
    for family in (_softmax, _losses, _sequences, _updates, _generated, _ties, _translations):
        yield from family(rng, ask)


class _Asker:
    """Numbers the questions."""

    def __init__(self) -> None:
        self.numbers = count(1)

    def __call__(
        self,
        function: str,
        expected: Array | float | tuple[Array, ...],
        *args: Value,
        impossible: bool = False,
        **kwargs: Value,
    ) -> Trial:
        call = Call(f"{function} {next(self.numbers)}", TASK_BY_FUNCTION[function].id, function, args, kwargs)
        in_tuple = isinstance(expected, tuple)
        items = expected if isinstance(expected, tuple) else (np.asarray(expected, np.float64),)
        return Trial(call, items, in_tuple, _MIN_LOSS_AT_ZERO_PROBABILITY if impossible else None)


_Trials = Iterator[Trial]


def _softmax(rng: np.random.Generator, ask: _Asker) -> _Trials:
    ordinary = [
        rng.standard_normal(shape) for shape in ((1,), (2,), (7,), (3, 3), (1, 4), (5, 1), (2, 3, 4), (2, 1, 2, 3))
    ]
    far = np.array([[1e4, -1e4, 0.0], [-1e4, -1e4, -9999.0], [0.0, 1.0, 9999.0], [1e4, 1e4, 1e4]])
    extreme = [
        far,
        far.T.copy(),
        far[0],
        far[1] + 0.5,
        np.zeros((2, 5)),
        np.full(3, -1e4),
        1e3 * rng.standard_normal(6),
    ]
    for o in (*ordinary, *extreme):
        yield ask("softmax", oracle.softmax(o), o)


def _distributions(rng: np.random.Generator, T: int, K: int) -> Array:
    """Return rows of positive probabilities, some of them small. Shape (T, K)."""
    return np.asarray(0.999 * rng.dirichlet(np.ones(K), T) + 0.001 / K)


def _losses(rng: np.random.Generator, ask: _Asker) -> _Trials:
    """cross_entropy and output_error."""
    modes: tuple[dict[str, Any], ...] = ({}, {"reduction": "sum"}, {"reduction": "mean"})
    for T, K in ((1, 2), (1, 5), (2, 2), (4, 4), (7, 3)):
        Y_hat = _distributions(rng, T, K)
        for Y in (np.eye(K)[rng.integers(0, K, T)], rng.dirichlet(np.ones(K), T)):
            for mode in modes:
                reduction = mode.get("reduction", "sum")
                yield ask("cross_entropy", oracle.cross_entropy(Y_hat, Y, reduction), Y_hat, Y, **mode)
                yield ask("output_error", oracle.output_error(Y_hat, Y, reduction), Y_hat, Y, **mode)
    for mode in modes:
        reduction = mode.get("reduction", "sum")
        Y = np.eye(4)[[2, 0, 3, 3, 1]]
        Y_hat = 0.25 * Y + 0.75 * np.roll(Y, 1, axis=1)  # two classes are ruled out, never the true one
        yield ask("cross_entropy", oracle.cross_entropy(Y_hat, Y, reduction), Y_hat, Y, **mode)
        yield ask("cross_entropy", 0.0, Y, Y, **mode)
        half = 0.5 * Y + 0.5 * np.roll(Y, 2, axis=1)
        yield ask("cross_entropy", oracle.cross_entropy(half, half, reduction), half, half, **mode)
        one = np.eye(3)[[1]]
        yield ask("cross_entropy", np.inf, np.roll(one, 1, axis=1), one, impossible=True, **mode)
    yield ask("cross_entropy", np.inf, np.roll(Y, 1, axis=1), Y, impossible=True)


def _theta(rng: np.random.Generator, D: int, H: int, K: int, scale: float = 1.0) -> Theta:
    return Theta(
        scale * rng.standard_normal((H, D)) / np.sqrt(D),
        rng.standard_normal((H, H)) / np.sqrt(H),
        scale * rng.standard_normal((K, H)) / np.sqrt(H),
        rng.standard_normal(H),
        rng.standard_normal(K),
    )


def _params(theta: Theta) -> Params:
    return Params(*(np.asarray(array, np.float64) for array in theta))


def _sequences(rng: np.random.Generator, ask: _Asker) -> _Trials:
    """forward, hidden_jacobian, the gradients, one_to_many and many_to_one, in the same networks."""
    for number, (T, D, H, K) in enumerate(_SIZES):
        for activation in ("tanh", "identity"):
            mode: dict[str, Any] = {"activation": activation} if activation == "identity" or number % 2 else {}
            theta, X, h = _theta(rng, D, H, K), rng.standard_normal((T, D)), rng.standard_normal(H)
            yield from _one_sequence(rng, ask, theta, X, h, mode)
    zeros = Theta(*(np.zeros(shape) for shape in ((3, 2), (3, 3), (4, 3), (3,), (4,))))
    drawn = _theta(rng, 2, 3, 4)
    saturated = _theta(rng, 2, 3, 4, scale=30.0)
    for theta in (zeros, drawn, saturated):
        for X, h in ((np.zeros((3, 2)), np.zeros(3)), (rng.standard_normal((4, 2)), 3 * rng.standard_normal(3))):
            yield from _one_sequence(rng, ask, theta, X, h, {})


def _one_sequence(
    rng: np.random.Generator, ask: _Asker, theta: Theta, X: Array, h_init: Array, mode: dict[str, Any]
) -> _Trials:
    activation, params, T, K = mode.get("activation", "tanh"), _params(theta), len(X), len(theta.c)
    H = np.asarray(oracle.states(theta, X, h_init, activation), np.float64)
    logits = np.asarray(oracle.logits(theta, H), np.float64)
    Y_hat = oracle.softmax(logits)
    yield ask("forward", (H, Y_hat), params, X, h_init, **mode)
    yield ask("many_to_one", Y_hat[-1], params, X, h_init, **mode)
    spoken = oracle.outputs(theta, np.vstack([X[:1], np.zeros_like(X)]), h_init, activation)
    for steps in (1, 2, T + 1):
        yield ask("one_to_many", spoken[:steps], params, X[0], h_init, steps, **mode)
    for t, k in {(T - 1, 0), (T - 1, T - 1), (T - 1, T // 2), (T // 2, 0), (T // 2, T // 2)}:
        J = oracle.hidden_jacobian(theta, X[k + 1 : t + 1], H[k], activation)
        yield ask("hidden_jacobian", J, params, H, t, k, **mode)
    Y = np.eye(K)[rng.integers(0, K, T)]
    alone = np.zeros((T, K))
    alone[rng.integers(T)] = 100 * rng.standard_normal(K)  # the error of a single step
    losses = (
        lambda o: oracle.loss_of_logits(o, Y, "sum"),
        lambda o: oracle.loss_of_logits(o, Y, "mean"),
        lambda o: (alone * o).sum(),
    )
    for loss in losses:
        dO = oracle.derivative(loss, logits)
        due = {name: oracle.gradient(name, theta, X, h_init, activation, loss) for name in Theta._fields}
        yield ask("bptt_V", due["V"], dO, H)
        yield ask("bptt_W", due["W"], params, dO, H, h_init, **mode)
        yield ask("bptt_U", due["U"], params, dO, X, H, **mode)
        yield ask("bptt_b", due["b"], params, dO, H, **mode)
        yield ask("bptt_c", due["c"], dO)


def _updates(rng: np.random.Generator, ask: _Asker) -> _Trials:
    for (_, D, H, K), rate in zip(_SIZES, (0.1, 1.0, 0.0, 2.5, 1e-3, 0.5, 7.0), strict=True):
        theta, gradient = _theta(rng, D, H, K), _theta(rng, D, H, K)
        moved = tuple(np.asarray(p - rate * g, np.float64) for p, g in zip(theta, gradient, strict=True))
        yield ask("gradient_step", moved, _params(theta), _params(gradient), rate)


def _clear(rows: Array) -> bool:
    """Whether every row has a largest entry that rounding could not change."""
    top = np.sort(rows, axis=1)[:, -2:]
    return bool((top[:, 1] - top[:, 0] > _CLEAR).all())


def _generated(rng: np.random.Generator, ask: _Asker) -> _Trials:
    """one_to_one, for networks that feed different outputs back to themselves."""
    for number, (H, K) in enumerate(((1, 2), (2, 2), (3, 3), (4, 3), (2, 5), (5, 6))):
        for activation in ("tanh", "identity"):
            mode: dict[str, Any] = {"activation": activation} if activation == "identity" or number % 2 else {}
            spoken = np.zeros((1, K))
            while not _clear(spoken):
                theta, x, h = _theta(rng, K, H, K, scale=2.0), rng.standard_normal(K), rng.standard_normal(H)
                voice = oracle.generated(theta, x, h, activation)
                spoken = np.array([next(voice) for _ in range(9)])
            params = _params(theta)
            yield ask("one_to_one", spoken[:1], params, x, h, **mode)
            for steps in (1, 2, 9):
                yield ask("one_to_one", spoken[:steps], params, x, h, steps, **mode)


def _ties(rng: np.random.Generator, ask: _Asker) -> _Trials:
    """Outputs that are equal to the last bit, since nothing but c decides: the lowest index is fed back."""
    level = np.array([0.0, 1.5, -1.0, 1.5])
    theta = _theta(rng, 4, 3, 4)._replace(V=np.zeros((4, 3)), c=level)
    x, h = rng.standard_normal(4), rng.standard_normal(3)
    aware = theta._replace(V=np.array([[0.0] * 3, [0.0] * 3, [0.2, -0.1, 0.1], [0.0] * 3]))
    for tied in (theta, aware):
        voice = oracle.generated(tied, x, h, "tanh")
        spoken = np.array([next(voice) for _ in range(4)])
        yield ask("one_to_one", spoken, _params(tied), x, h, 4)
        for stop in (1, 3):
            due = oracle.many_to_many(theta, tied, x[None], h, x, stop, 4, "tanh")
            yield ask("many_to_many", due, _params(theta), _params(tied), x[None], h, x, stop, 4)


def _translations(rng: np.random.Generator, ask: _Asker) -> _Trials:
    for number, (T, D, H, K) in enumerate(_SIZES):
        for activation in ("tanh", "identity"):
            mode: dict[str, Any] = {"activation": activation} if activation == "identity" or number % 2 else {}
            full = np.zeros((1, K))
            while not _clear(full):
                reader, writer = _theta(rng, D, H, K), _theta(rng, K, H, K, scale=2.0)
                X, h, start = rng.standard_normal((T, D)), rng.standard_normal(H), rng.standard_normal(K)
                full = oracle.many_to_many(reader, writer, X, h, start, K, 7, activation)  # no class is number K
            question = (_params(reader), _params(writer), X, h, start)
            for stop in range(K):
                for max_steps in (1, 3, 7):
                    due = oracle.many_to_many(reader, writer, X, h, start, stop, max_steps, activation)
                    yield ask("many_to_many", due, *question, stop, max_steps, **mode)
