"""How the examples learn: plain gradient descent, in which every number comes from your functions.

A sequence has inputs `X`, shape (T, D), and labels `Y`, shape (n, K), for its last n steps: n = T where every
output is compared with a label, n = 1 where only the last one is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from selfcheck.cases import RECORDS
from selfcheck.functions import Functions

Array = NDArray[np.float64]
# The student's own Params, whatever class that is.
Params = Any

# A gradient that is longer than this is made as short. Early in learning, a single sequence can have a
# gradient that would throw the network far away.
_LONGEST = 2.0


@dataclass(frozen=True)
class Backward:
    """One sequence, forward and backward."""

    loss: float
    grads: Params
    dO: Array  # ∂L/∂o_t, shape (T, K); 0 at steps without a label
    H: Array  # the states, shape (T, H)


def one_hot(index: int, size: int) -> Array:
    """Return the vector of zeros with a 1 at `index`. Shape (size,)."""
    vector = np.zeros(size)
    vector[index] = 1.0
    return vector


def first_network(rnn: Functions, rng: np.random.Generator, D: int, H: int, K: int) -> Params:
    """Draw a network that has learnt nothing: W is 0.9 of an orthogonal matrix, so that errors travel far back."""
    W = 0.9 * np.linalg.qr(rng.standard_normal((H, H)))[0]
    U = rng.standard_normal((H, D)) / np.sqrt(D)
    V = rng.standard_normal((K, H)) / np.sqrt(H)
    return rnn.Params(U, W, V, np.zeros(H), np.zeros(K))


def gradients(rnn: Functions, params: Params, dO: Array, X: Array, H: Array, h_init: Array) -> Params:
    """Return ∂L/∂θ for the errors `dO` of one sequence."""
    return rnn.Params(
        rnn.bptt_U(params, dO, X, H),
        rnn.bptt_W(params, dO, H, h_init),
        rnn.bptt_V(dO, H),
        rnn.bptt_b(params, dO, H),
        rnn.bptt_c(dO),
    )


def backward(rnn: Functions, params: Params, X: Array, Y: Array, h_init: Array) -> Backward:
    """Run a sequence forward, compare its last outputs with their labels, and go back through time."""
    H, Y_hat = rnn.forward(params, X, h_init)
    labelled = slice(-len(Y), None)
    dO = np.zeros_like(Y_hat)
    dO[labelled] = rnn.output_error(Y_hat[labelled], Y)
    loss = float(rnn.cross_entropy(Y_hat[labelled], Y))
    return Backward(loss, gradients(rnn, params, dO, X, H, h_init), dO, H)


def step(rnn: Functions, networks: Sequence[Params], grads: Sequence[Params], learning_rate: float) -> list[Params]:
    """Take one step of gradient descent on networks that share a loss, with the whole gradient clipped."""
    length = np.sqrt(sum(float(np.sum(np.square(g))) for of_network in grads for g in _arrays(of_network)))
    clip = min(1.0, _LONGEST / length) if length else 1.0
    clipped = [rnn.Params(*(clip * g for g in _arrays(of_network))) for of_network in grads]
    return [rnn.gradient_step(p, g, learning_rate) for p, g in zip(networks, clipped, strict=True)]


def _arrays(params: Params) -> list[Array]:
    return [getattr(params, name) for name in RECORDS["Params"]]


def learn(
    rnn: Functions,
    params: Params,
    sequences: Sequence[tuple[Array, Array]],
    rng: np.random.Generator,
    learning_rate: float,
    epochs: int,
) -> Iterator[tuple[float, Params]]:
    """Take a step for each sequence, in a new order in each epoch; h_init is 0.

    Yields:
        After each epoch, the mean loss of a sequence during it, and the network.
    """
    h_init = np.zeros_like(params.b)
    for _ in range(epochs):
        losses = []
        for number in rng.permutation(len(sequences)):
            X, Y = sequences[number]
            found = backward(rnn, params, X, Y, h_init)
            (params,) = step(rnn, [params], [found.grads], learning_rate)
            losses.append(found.loss)
        yield float(np.mean(losses)), params


def progress(epoch: int, loss: float) -> str:
    """Return the line that tells how far the learning is."""
    return f"  epoch {epoch:>3}   loss {loss:8.3f}"
