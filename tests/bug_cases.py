"""Inputs on which known mistakes show, and what a faulty function makes of them.

The inputs follow the same rules as the hidden cases, each scene being there for a reason that is given beside it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from autograder.judge.mistakes import make_faulty
from autograder.judge.prediction import Prediction, predict
from autograder.model.cases import Case, ask
from solutions import rnn
from solutions.networks import Network, Recipe, away_from_zero, draw_network, draw_params
from solutions.rnn import Activation

Array = NDArray[np.float64]

SCENES = (
    Recipe("plain", T=9, D=3, H=5, K=4, readout_scale=2.0),  # three sizes: a transpose shows by its shape
    Recipe("square", T=8, D=4, H=4, K=4, labels="soft"),  # one size: a transpose shows by its values
    Recipe("mean", T=10, D=2, H=4, K=3, reduction="mean", labels="repeated"),  # 1/T
    Recipe("large readout", T=8, D=3, H=4, K=5, readout_scale=40.0),  # clips inside the loop bite
    Recipe("identity", T=8, D=4, H=3, K=5, activation="identity", labels="repeated"),
    Recipe("square identity", T=8, D=4, H=4, K=4, activation="identity"),
    # Truncation after six steps: without tanh a gradient stays alive, and all of it comes from the last step.
    Recipe("long memory", T=16, D=2, H=4, K=3, activation="identity", labels="late"),
    Recipe("single step", T=1, D=3, H=4, K=2, readout_scale=3.0),
)


# With W at twice the usual size a gradient outlives many different slopes: the order of the factors shows.
STRONG = Recipe("strong recurrence", T=9, D=3, H=5, K=4, input_scale=0.5)


def bug_cases(seed: int) -> dict[str, tuple[Case, ...]]:
    """Return the cases of every task that are drawn from `seed`."""
    rng = np.random.default_rng(seed)
    networks = {scene.name: draw_network(rng, scene) for scene in SCENES}
    networks["strong recurrence"] = _recurring(draw_network(rng, STRONG))
    cases: dict[str, list[Case]] = {}
    for family in (_softmax(rng), _loss(rng), _states(networks), _gradients(networks), _wrappers(rng, networks)):
        for case in family:
            cases.setdefault(case.task, []).append(case)
    return {task: tuple(rows) for task, rows in cases.items()}


def _recurring(network: Network) -> Network:
    return replace(network, params=network.params._replace(W=2 * network.params.W))


def _softmax(rng: np.random.Generator) -> Iterator[Case]:
    for name, o in {
        "vector": 2 * rng.standard_normal(5),
        "rows": 2 * rng.standard_normal((6, 4)),
        "stack": 2 * rng.standard_normal((2, 3, 5)),
        "large": 1e3 + rng.standard_normal(4),
        "rows far apart": np.array([[1e4], [-1e4], [0.0]]) + rng.standard_normal((3, 4)),
        "columns far apart": np.array([1e4, -1e4, 0.0, 0.0]) + rng.standard_normal((3, 4)),
    }.items():
        yield ask("softmax", "values", name, o)


def _loss(rng: np.random.Generator) -> Iterator[Case]:
    hard = np.eye(4)[rng.integers(0, 4, 9)]
    soft = np.array([[0.3, 0.3, 0.2, 0.2], [0.1, 0.45, 0.43, 0.02]])[rng.integers(0, 2, 8)]
    for name, Y in {"hard": hard, "soft": soft}.items():
        Y_hat = 0.6 * rng.dirichlet(np.ones(4), len(Y)) + 0.1
        sure = 0.02 + 0.92 * np.eye(4)[Y.argmax(axis=1)]
        sure[0] = np.roll(sure[0], 1)  # sure and wrong, where squashed errors vanish
        for how, predicted in {"": Y_hat, ", sure": sure}.items():
            for reduction in ("sum", "mean"):
                yield ask("cross_entropy", reduction, f"{name}{how}", predicted, Y, reduction=reduction)
                yield ask("output_error", reduction, f"{name}{how}", predicted, Y, reduction=reduction)
    nearly = 0.7 * hard + 0.3 * np.roll(hard, 1, axis=1)  # the other classes are ruled out
    yield ask("cross_entropy", "zeros", "zeros", nearly, hard)
    yield ask("cross_entropy", "zeros", "impossible", np.roll(hard, 1, axis=1), hard)


def _states(networks: dict[str, Network]) -> Iterator[Case]:
    for name, network in networks.items():
        activation, H = network.recipe.activation, network.states[0]
        yield ask("forward", activation, name, network.params, network.X, network.h_init, activation)
        for t, k in ((len(H) - 1, 0), (len(H) // 2, len(H) // 2), (len(H) - 1, len(H) // 2)):
            yield ask("hidden_jacobian", activation, f"{name}, {t}, {k}", network.params, H, t, k, activation)


def _gradients(networks: dict[str, Network]) -> Iterator[Case]:
    for name, network in networks.items():
        for size in (1.0, 20.0):  # an error may be larger than one softmax makes it: then ±5 is a clip too
            dO, label = size * network.dO, f"{name}, dO times {size:g}"
            params, X, h_init, H, activation = (
                network.params,
                network.X,
                network.h_init,
                network.states[0],
                network.recipe.activation,
            )
            yield ask("bptt_V", "gradient", label, dO, H)
            yield ask("bptt_W", activation, label, params, dO, H, h_init, activation)
            yield ask("bptt_U", activation, label, params, dO, X, H, activation)
            yield ask("bptt_b", "b", label, params, dO, H, activation)
            yield ask("bptt_c", "c", label, dO)
        yield ask("gradient_step", "update", name, network.params, network.gradient, 0.4)


def _wrappers(rng: np.random.Generator, networks: dict[str, Network]) -> Iterator[Case]:
    for name, network in networks.items():
        activation, params, X, h_init = network.recipe.activation, network.params, network.X, network.h_init
        for T in {1, 2, len(X)}:  # short: h_init is still felt
            yield ask("one_to_many", activation, f"{name}, {T}", params, X[0], h_init, T, activation)
            yield ask("many_to_one", activation, f"{name}, {T}", params, X[:T], h_init, activation)
    modes: tuple[Activation, ...] = ("tanh", "identity")
    for activation in modes:
        for n in range(4):
            params = draw_params(rng, D=4, H=5, K=4, readout_scale=3.0)
            x, h_init = rng.standard_normal(4), away_from_zero(rng, 5)
            yield ask("one_to_one", activation, f"{activation} {n}", params, x, h_init, 7, activation)
        for n, sizes in enumerate(((3, 5, 2), (5, 5, 5), (4, 4, 3), (4, 4, 4))):
            yield from _translations(rng, activation, f"{activation} {n}", sizes)


def _translations(
    rng: np.random.Generator, activation: Activation, name: str, sizes: tuple[int, int, int]
) -> Iterator[Case]:
    """Ask for one translation, whose first three outputs differ, with every class as `stop`, and with none."""
    D, H, _ = sizes
    K = H
    while True:
        encoder, decoder = draw_params(rng, *sizes), draw_params(rng, D=K, H=H, K=K, readout_scale=3.0)
        X, h_init, start = rng.standard_normal((1, D)), away_from_zero(rng, H), np.eye(K)[rng.integers(K)]
        rows = rnn.many_to_many(encoder, decoder, X, h_init, start, -1, 6, activation)
        if len(set(rows[:3].argmax(axis=1))) == 3:
            break
    for stop in range(-1, K):
        question = (encoder, decoder, X, h_init, start, stop, 6)
        yield ask("many_to_many", activation, f"{name}, stop {stop}", *question, activation)


def faulty_answers(task: str, bug_ids: Iterable[str], cases: Iterable[Case], *, calls: int = 1) -> list[Prediction]:
    """Ask the faulty functions every case, `calls` times in a row, so that what they keep between calls shows."""
    functions = make_faulty(task, bug_ids)
    return [predict(functions[case.call.function], case) for case in cases for _ in range(calls)]


def right_answers(cases: Iterable[Case], *, calls: int = 1) -> list[Prediction]:
    """Ask the reference what `faulty_answers` asks."""
    return [predict(getattr(rnn, case.call.function), case) for case in cases for _ in range(calls)]


def largest_difference(got: list[Prediction], expected: list[Prediction]) -> float:
    """Return how much two lists of answers differ at most, relative to the expected array's largest entry.

    Infinite where it is no matter of size: another shape, nan, an exception, a changed argument.
    """
    return max(map(_difference, got, expected))


def differ(got: list[Prediction], expected: list[Prediction], by: float) -> bool:
    """Whether two lists of answers differ by at least this much somewhere."""
    return any(_difference(g, e) >= by for g, e in zip(got, expected, strict=True))


def _difference(got: Prediction, expected: Prediction) -> float:
    if got.got is None or expected.got is None:
        return 0.0 if got.got is expected.got else np.inf
    if len(got.got) != len(expected.got) or got.changed != expected.changed:
        return np.inf
    return max(map(_relative_error, got.got, expected.got))


def _relative_error(got: Array, expected: Array) -> float:
    if got.shape != expected.shape or (np.isfinite(got) != np.isfinite(expected)).any():
        return np.inf
    finite = np.isfinite(expected)
    if not np.array_equal(got[~finite], expected[~finite], equal_nan=True):
        return np.inf
    error = np.abs(got[finite] - expected[finite]).max(initial=0.0)
    scale = np.abs(expected[finite]).max(initial=0.0)
    if error == 0:
        return 0.0
    return float(error / scale) if scale else np.inf
