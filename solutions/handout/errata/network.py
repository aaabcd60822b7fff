"""The network that is differentiated, with the functions that you wrote, and central differences."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Generic weights: others give other errors, and none gives a small one.
_SEED = 54674


def numerical(f: Callable[[Array], Any], at: Array, h: float = 1e-5) -> Array:
    """Differentiate by central differences, one entry at a time.

    Args:
        f: a function of one array, to a number or an array.
        at: where to differentiate.
        h: how far to go to either side.

    Returns:
        The derivative: the shape of f's value, and then the shape of `at`.
    """
    slopes = []
    for index in np.ndindex(at.shape):
        step = np.zeros(at.shape)
        step[index] = h
        slopes.append((np.asarray(f(at + step)) - np.asarray(f(at - step))) / (2 * h))
    return np.stack(slopes, axis=-1).reshape(slopes[0].shape + at.shape)


@dataclass(frozen=True)
class Reading:
    """How far one array is from a derivative."""

    what: str
    error: float  # max|got - due| / max|due|; nan where the shapes differ
    note: str = ""
    task: str = ""  # the task that computed it, where it is yours


def compare(what: str, got: Any, due: Array, task: str = "") -> Reading:
    """Compare an array with the derivative that it should be."""
    got = np.asarray(got)
    if got.shape != due.shape:
        return Reading(what, float("nan"), f"shape {got.shape}, not {due.shape}", task)
    return Reading(what, float(np.abs(got - due).max() / np.abs(due).max()), task=task)


class Network:
    """A network with generic weights and a sequence: T = 5 steps, H = 4 hidden units.

    Args:
        rnn: whatever has your functions as attributes.
        D: the number of inputs.
        K: the number of outputs.
    """

    def __init__(self, rnn: Any, D: int = 3, K: int = 4) -> None:
        T, H = 5, 4
        random = np.random.RandomState(_SEED)  # its stream is frozen: the same numbers with every numpy
        self.rnn, self.T = rnn, T
        self.U, self.W, self.V = (random.randn(m, n) / n**0.5 for m, n in ((H, D), (H, H), (K, H)))
        self.b, self.c = random.randn(H) / 2, random.randn(K) / 2
        self.X, self.h_init = random.randn(T, D), random.randn(H)
        self.Y = np.eye(K)[random.randint(K, size=T)]

    def params(self, **changed: Array) -> Any:
        """Return your `Params`, with other arrays in place of some."""
        own = {"U": self.U, "W": self.W, "V": self.V, "b": self.b, "c": self.c}
        return self.rnn.Params(**(own | changed))

    def forward(self, **changed: Array) -> tuple[Array, Array]:
        """Return the states and the outputs that your `forward` gives."""
        H, Y_hat = self.rnn.forward(self.params(**changed), self.X, self.h_init)
        return H, Y_hat

    def loss(self, reduction: str = "sum", first: int = 0, **changed: Array) -> float:
        """Return your loss, from row `first` on."""
        _, Y_hat = self.forward(**changed)
        return float(self.rnn.cross_entropy(Y_hat[first:], self.Y[first:], reduction))

    def later(self, h: Array, k: int, t: int) -> Array:
        """Return row t of the states, where row k < t is `h`."""
        H, _ = self.rnn.forward(self.params(), self.X[k + 1 : t + 1], h)
        last: Array = H[-1]
        return last

    def dh_dh(self, t: int, k: int) -> Array:
        """Differentiate row t of the states by row k ≤ t. Shape (H, H)."""
        H, _ = self.forward()
        return numerical(lambda h: self.later(h, k, t), H[k]) if k < t else np.eye(len(H[k]))

    def dh_dW(self, t: int) -> Array:
        """Differentiate row t of the states by W, through all rows before it. Shape (H, H, H)."""
        return numerical(lambda W: self.forward(W=W)[0][t], self.W)

    def dO(self, reduction: str = "sum") -> Array:
        """Differentiate your loss by the logits. Shape (T, K)."""
        _, Y_hat = self.forward()
        # The softmax of log ŷ is ŷ, so log ŷ is as good as the logits.
        return numerical(lambda o: self.rnn.cross_entropy(self.rnn.softmax(o), self.Y, reduction), np.log(Y_hat))
