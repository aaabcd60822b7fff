"""Faulty versions of the functions that are built on `forward`, which is right here."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..rnn import Activation, Array, Params, forward

Functions = dict[str, Callable[..., Any]]


def _mode(activation: Activation, bugs: frozenset[str]) -> Activation:
    if "activation-ignored" in bugs:
        return "tanh"
    return "identity" if "always-identity" in bugs else activation


def _start(h_init: Array, bugs: frozenset[str]) -> Array:
    return np.zeros_like(h_init) if "ignores-h_init" in bugs else h_init


def _step(params: Params, x: Array, h: Array, activation: Activation) -> tuple[Array, Array]:
    """Run the network for one step: x (D,), h (H,) → the new state (H,), the output (K,)."""
    H, Y_hat = forward(params, x[None, :], h, activation)
    return H[0], Y_hat[0]


def _one_hot(y_hat: Array) -> Array:
    row: Array = np.eye(len(y_hat))[y_hat.argmax()]
    return row


def _steps(steps: int, bugs: frozenset[str]) -> int:
    return steps + ("one-step-long" in bugs) - ("one-step-short" in bugs)


class _Feed:
    """What enters a network at each step after the first, where a mistake says so or the task asks for it."""

    def __init__(self, first: Array, bugs: frozenset[str]) -> None:
        self.first = first
        self.latest = first
        self.bugs = bugs

    def next_input(self, y_hat: Array) -> Array:
        """Return the input that follows the output `y_hat`, shape (D,)."""
        if self.bugs & {"input-repeated", "start-repeated"}:
            return self.first
        if "feeds-zeros" in self.bugs:
            return np.zeros_like(self.first)
        if "feeds-probabilities" in self.bugs:
            return y_hat
        older, self.latest = self.latest, _one_hot(y_hat)
        return older if "feeds-older-output" in self.bugs else self.latest


def _shown(outputs: list[Array], bugs: frozenset[str]) -> Array:
    """Return the outputs as they are handed back, shape (n, K) if right."""
    rows = np.array(outputs)
    if "one-hots-returned" in bugs and len(rows):
        rows = np.eye(rows.shape[1])[rows.argmax(axis=1)]
    return rows[-1] if "last-row-only" in bugs else rows


def _generate(
    params: Params, x: Array, h_0: Array, steps: int, activation: Activation, bugs: frozenset[str]
) -> tuple[list[Array], Array]:
    """Return the outputs of `steps` steps and the input that would come next."""
    feed = _Feed(x.copy(), bugs)
    outputs: list[Array] = []
    h = h_0
    for _ in range(steps):
        h, y_hat = _step(params, x, h_0 if "state-not-carried" in bugs else h, activation)
        outputs.append(y_hat)
        x = feed.next_input(y_hat)
    return outputs, x


def faulty_one_to_one(bugs: frozenset[str]) -> Functions:
    """Return `one_to_one` with these mistakes."""

    def one_to_one(params: Params, x: Array, h_init: Array, steps: int = 1, activation: Activation = "tanh") -> Array:
        h_0 = _start(h_init, bugs)
        outputs, following = _generate(params, x, h_0, _steps(steps, bugs), _mode(activation, bugs), bugs)
        if "mutates-input" in bugs:
            x[:] = following
        return _shown(outputs, bugs)

    return {"one_to_one": one_to_one}


def faulty_one_to_many(bugs: frozenset[str]) -> Functions:
    """Return `one_to_many` with these mistakes; an output that is fed back fits only D = K."""
    # Zeros are right here, unless the mistake is about what enters.
    fed = bugs & {"input-repeated", "feeds-output", "feeds-probabilities"}
    feeding = bugs if fed else bugs | {"feeds-zeros"}

    def one_to_many(params: Params, x: Array, h_init: Array, steps: int, activation: Activation = "tanh") -> Array:
        h_0 = _start(h_init, bugs)
        outputs, _ = _generate(params, x, h_0, _steps(steps, bugs), _mode(activation, bugs), feeding)
        if "mutates-input" in bugs:
            x[:] = 0
        return _shown(outputs, bugs)

    return {"one_to_many": one_to_many}


def _read_off(H: Array, Y_hat: Array, bugs: frozenset[str]) -> Array:
    """Return what is handed back when everything has been read, shape (K,) if right."""
    answer: Array = Y_hat[-1]
    if "average-of-steps" in bugs:
        answer = Y_hat.mean(axis=0)
    if "all-steps" in bugs:
        answer = Y_hat
    if "first-step" in bugs:
        answer = Y_hat[0]
    if "kept-2d" in bugs:
        answer = Y_hat[-1:]
    if "state-returned" in bugs:
        answer = H[-1]
    return answer


def faulty_many_to_one(bugs: frozenset[str]) -> Functions:
    """Return `many_to_one` with these mistakes."""

    def run(params: Params, X: Array, h_0: Array, activation: Activation) -> tuple[Array, Array]:
        if "state-not-carried" not in bugs:
            return forward(params, X, h_0, activation)
        steps = [_step(params, x, h_0, activation) for x in X]
        return np.array([h for h, _ in steps]), np.array([y_hat for _, y_hat in steps])

    def many_to_one(params: Params, X: Array, h_init: Array, activation: Activation = "tanh") -> Array:
        H, Y_hat = run(params, X, _start(h_init, bugs), _mode(activation, bugs))
        if "mutates-input" in bugs:
            h_init[:] = H[-1]
        return _read_off(H, Y_hat, bugs)

    return {"many_to_one": many_to_one}


def _meaning(reader: Params, X: Array, h_init: Array, activation: Activation, bugs: frozenset[str]) -> Array:
    """Return the state that the decoder starts from, shape (H,)."""
    if "encoder-ignored" in bugs:
        return h_init
    if "decoder-from-zeros" in bugs:
        return np.zeros_like(h_init)
    H, _ = forward(reader, X, _start(h_init, bugs), activation)
    last: Array = H[-1]
    return last


def faulty_many_to_many(bugs: frozenset[str]) -> Functions:
    """Return `many_to_many` with these mistakes; the wrong network fits only where both have D = K."""

    def many_to_many(
        encoder: Params,
        decoder: Params,
        X: Array,
        h_init: Array,
        start: Array,
        stop: int,
        max_steps: int,
        activation: Activation = "tanh",
    ) -> Array:
        activation = _mode(activation, bugs)
        reader = decoder if "decoder-reads-too" in bugs else encoder
        h_0 = h = _meaning(reader, X, h_init, activation, bugs)
        writer = encoder if "wrong-network" in bugs else decoder
        feed = _Feed(start.copy(), bugs)
        x = np.zeros_like(start) if "start-as-zeros" in bugs else start.copy()
        outputs: list[Array] = []
        stopped = False
        while len(outputs) < _steps(max_steps, bugs):
            h, y_hat = _step(writer, x, h_0 if "state-not-carried" in bugs else h, activation)
            stops = y_hat.argmax() == stop and "no-stop" not in bugs
            if not (stops and "stop-excluded" in bugs):
                outputs.append(y_hat)
            if stopped or (stops and "stops-late" not in bugs):
                break
            stopped = stops
            x = feed.next_input(y_hat)
        if "mutates-input" in bugs:
            start[:] = x
        return _shown(outputs, bugs)

    return {"many_to_many": many_to_many}
