"""What each task is asked: the families of questions, drawn from networks.

To add a case is to add a line here. A case's name is what a student reads in feedback. Which of them everybody is
asked first is a table in `first_questions.py`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from autograder.assignment import Unsuitable
from autograder.model.cases import Case, ask

from . import rnn
from .first_questions import FIRST
from .loss_cases import loss_cases, softmax_cases
from .networks import Network, Recipe, activation_of, away_from_zero, draw_network, draw_params
from .one_term import one_term
from .rnn import Activation, Params
from .variant import STANDARD, Variant

Array = NDArray[np.float64]
Drawn = TypeVar("Drawn")

# Two outputs closer than this make an argmax a matter of rounding.
CLEAR_ARGMAX = 1e-3
MAX_DRAWS = 1000


def recipes(variant: Variant) -> tuple[Recipe, ...]:
    """Return the networks of the gradients: the sizes of all follow from those of the plain one."""
    T, D, H, K = variant.T, variant.D, variant.H, variant.K
    return (
        Recipe("plain", T, D, H, K),
        Recipe("square", T - 1, K, K, K, labels="soft"),
        Recipe("mean", T + 1, D - 1, H - 1, K - 1, reduction="mean", labels="repeated"),
        Recipe("large readout", T - 1, D, H - 1, K + 1, labels="worst", input_scale=0.3, readout_scale=30.0),
        Recipe("late error", T - 1, D, H, K, labels="late", input_scale=0.5, gain=1.9),
        Recipe("long memory", T + 7, D - 1, H - 1, K - 1, labels="late", input_scale=0.05, turn=0.2),
        Recipe("single step", 1, D, H - 1, K - 2),
        Recipe("identity", T - 1, D + 1, H - 2, K + 1, activation="identity", labels="repeated"),
        Recipe("square identity", T - 2, K, K, K, activation="identity", labels="soft"),
    )


def output_recipes(variant: Variant) -> tuple[Recipe, ...]:
    """Return networks whose outputs are asked for: a larger readout answers clearly to every change of state."""
    T, D, H, K = variant.T, variant.D, variant.H, variant.K
    return (
        *(replace(recipe, readout_scale=2.0) if recipe.activation == "tanh" else recipe for recipe in recipes(variant)),
        Recipe("two steps", 2, D, H, K, input_scale=0.3, readout_scale=3.0),
        Recipe("three steps", 3, D - 1, H - 1, K + 1, input_scale=0.2, readout_scale=3.0),
        Recipe("short identity", 3, D, H, K, activation="identity", readout_scale=2.0),
        Recipe("long identity", T - 1, D - 1, H - 1, K - 1, activation="identity", readout_scale=0.7),
    )


# So many times the usual W, a product of two factors has entries beyond 5.
GROWTH = 4.0


def questions(rng: np.random.Generator, variant: Variant = STANDARD) -> tuple[Case, ...]:
    """Draw every case of every task.

    The inputs of one task never hold the answer to another: forward is asked in networks of its own,
    whose states and outputs no gradient is given.

    Raises:
        Unsuitable: the seed cannot be used.
    """
    networks = {recipe.name: draw_network(rng, recipe) for recipe in recipes(variant)}
    unseen = {recipe.name: draw_network(rng, recipe) for recipe in output_recipes(variant)}
    asked = {name: network for name, network in networks.items() if variant.asks(network.recipe.activation)}
    families = (
        softmax_cases(rng),
        loss_cases(rng, networks),
        _forward(unseen),
        _jacobian(rng, networks),
        _gradients(rng, asked),
    )
    rest = (_update(rng, networks), _one_to_one(rng, variant), _fixed_inputs(unseen), _many_to_many(rng, variant))
    cases = [case for family in (*families, *rest) for case in family if variant.asks(activation_of(case))]
    # The first questions were chosen for the assignment as it comes: in a variant, all come first.
    cases = [replace(case, first=variant != STANDARD or case.name in FIRST[case.task]) for case in cases]
    return (*cases, *(case for case in one_term(networks, unseen) if variant.asks(activation_of(case))))


def _mode(activation: Activation) -> dict[str, Any]:
    """The keyword that a caller would write: none for the default."""
    return {} if activation == "tanh" else {"activation": activation}


def _forward(networks: dict[str, Network]) -> Iterator[Case]:
    for name, network in networks.items():
        mode = _mode(network.recipe.activation)
        yield ask("forward", network.recipe.activation, name, network.params, network.X, network.h_init, **mode)
        if name == "plain":  # asked twice: the second answer must not depend on the first
            yield ask("forward", "tanh", "plain again", network.params, network.X, network.h_init)


def _jacobian(rng: np.random.Generator, networks: dict[str, Network]) -> Iterator[Case]:
    params, H = networks["plain"].params, networks["plain"].states[0]
    rows = (("plain", len(H) - 1, 0), ("plain", 4, 3), ("plain", 3, 3), ("square", 6, 2), ("long memory", 11, 1))
    # An even and an odd number of factors: (-W)² is W².
    for name, t, k in (*rows, ("identity", 6, 2), ("identity", 4, 1), ("identity", 2, 2)):
        network = networks[name]
        activation = network.recipe.activation
        question = (network.params, network.states[0], t, k)
        yield ask("hidden_jacobian", activation, f"{name}, t={t}, k={k}", *question, **_mode(activation))
    # Small states and a large W: entries beyond 5, which a clip would hold back.
    H = rng.uniform(-0.3, 0.3, (4, H.shape[1]))
    yield ask("hidden_jacobian", "large", "growing", params._replace(W=GROWTH * params.W), H, 3, 1)


def _gradients(rng: np.random.Generator, networks: dict[str, Network]) -> Iterator[Case]:
    """bptt_V, bptt_W, bptt_U, bptt_b and bptt_c in every network."""
    for name, network in networks.items():
        part = network.recipe.activation
        mode = _mode(part)
        params, X, h_init, H = network.params, network.X, network.h_init, network.states[0]
        # A clip shows in the part about large gradients, and nowhere else.
        modest = network.dO / max(1.0, network.largest)
        large = name == "large readout"
        dO = network.dO if large else modest
        yield ask("bptt_W", "large" if large else part, name, params, dO, H, h_init, about=network, **mode)
        yield ask("bptt_U", "large" if large else part, name, params, dO, X, H, **mode)
        yield ask("bptt_b", "large" if large else "b", name, params, dO, H, **mode)
        dO = modest
        yield ask("bptt_V", "gradient", name, dO, H)
        if network.recipe.T > 1:  # a single row is its own sum
            yield ask("bptt_c", "c", name, dO)
    square = networks["square"]
    params, X, h_init, dO, H = square.params, square.X, square.h_init, 20.0 * square.dO, square.states[0]
    yield ask("bptt_W", "large", "square, large errors", params, dO, H, h_init)
    yield ask("bptt_U", "large", "square, large errors", params, dO, X, H)
    yield ask("bptt_b", "large", "square, large errors", params, dO, H)
    # No softmax gives such errors; a clip that is meant for others shows, and so does a step that is left out.
    plain = networks["plain"]
    yield ask("bptt_V", "large", "large errors", _large_errors(rng, plain), rng.uniform(0.3, 1, plain.states[0].shape))
    yield ask("bptt_c", "large", "large errors", _large_errors(rng, plain))


def _large_errors(rng: np.random.Generator, network: Network) -> Array:
    """Return errors whose first and last rows weigh most, the last against the others. Shape (T, K)."""
    dO = 3.0 + rng.standard_normal(network.Y.shape)
    dO[0] *= 6.0
    dO[-1] *= -6.0
    return np.asarray(dO)


def _update(rng: np.random.Generator, networks: dict[str, Network]) -> Iterator[Case]:
    for name, learning_rate in (("plain", 0.7), ("square", 1.5)):
        params = networks[name].params
        grads = Params(*(rng.standard_normal(array.shape) for array in params))
        yield ask("gradient_step", "update", name, params, grads, learning_rate)


def _until(draw: Callable[[], Drawn | None]) -> Drawn:
    """Draw until something suitable comes."""
    for _ in range(MAX_DRAWS):
        drawn = draw()
        if drawn is not None:
            return drawn
    raise Unsuitable("no sequence without near ties was found")


def choices(outputs: Array) -> list[int] | None:
    """Return the argmax of each row, or None where one is nearly a tie."""
    top = np.sort(outputs, axis=1)[:, -2:]
    return None if np.min(top[:, 1] - top[:, 0]) < CLEAR_ARGMAX else [int(row.argmax()) for row in outputs]


def _one_to_one(rng: np.random.Generator, variant: Variant) -> Iterator[Case]:
    runs: tuple[tuple[Activation, int], ...] = (("tanh", 7), ("tanh", 8), ("identity", 6))
    for activation, steps in runs:
        question = _until(partial(_generated, rng, variant, activation, steps))
        if steps == 7:
            yield ask("one_to_one", "tanh", "one step", *question)
        yield ask("one_to_one", activation, f"{steps} steps", *question, steps, **_mode(activation))
    params, _, _ = _tied(rng, variant)
    x, h_init = rng.standard_normal(variant.K), away_from_zero(rng, variant.H)
    yield ask("one_to_one", "tanh", "outputs that tie", params, x, h_init, 3)


def _tied(rng: np.random.Generator, variant: Variant) -> tuple[Params, int, int]:
    """Draw a network whose two largest outputs are equal to the last bit, and their indices, the lower one first."""
    params = draw_params(rng, D=variant.K, H=variant.H, K=variant.K, readout_scale=0.2)
    lower, upper = sorted(int(index) for index in rng.choice(variant.K, 2, replace=False))
    params.V[[lower, upper]] = 0.0  # nothing but c speaks for them
    params.c[[lower, upper]] = 3.0
    return params, lower, upper


def _generated(
    rng: np.random.Generator, variant: Variant, activation: Activation, steps: int
) -> tuple[Params, Array, Array] | None:
    """Draw a network that feeds at least three different outputs back to itself."""
    params = draw_params(rng, D=variant.K, H=variant.H, K=variant.K, readout_scale=2.0)
    x, h_init = rng.standard_normal(variant.K), away_from_zero(rng, variant.H)
    chosen = choices(rnn.one_to_one(params, x, h_init, steps, activation))
    return (params, x, h_init) if chosen and len(set(chosen)) > 2 else None


def _fixed_inputs(networks: dict[str, Network]) -> Iterator[Case]:
    """one_to_many and many_to_one, whose inputs do not depend on their outputs."""
    for name in (
        "plain",
        "square",
        "two steps",
        "three steps",
        "single step",
        "identity",
        "short identity",
        "long identity",
    ):
        network = networks[name]
        part = network.recipe.activation
        steps = min(6, network.recipe.T)
        yield ask("one_to_many", part, name, network.params, network.X[0], network.h_init, steps, **_mode(part))
        yield ask("many_to_one", part, name, network.params, network.X, network.h_init, **_mode(part))


def _many_to_many(rng: np.random.Generator, variant: Variant) -> Iterator[Case]:
    D, H, K = variant.D, variant.H, variant.K
    small, equal = (D, H - 1, K - 2), (K, K, K)  # (D, H, K) of the encoder; the decoder has D = K
    runs: tuple[tuple[str, Activation, tuple[int, int, int], int, int, bool], ...] = (
        ("stops early", "tanh", small, 6, K + 1, True),
        ("never stops", "tanh", small, 6, K + 1, False),
        ("networks of equal sizes", "tanh", equal, 4, K, True),
        ("two inputs", "tanh", small, 2, K + 1, True),
        ("equal sizes, never stops", "tanh", equal, 4, K, False),
        ("a single input", "tanh", (D - 1, H, K - 1), 1, K, True),
        ("identity", "identity", small, 5, K + 1, True),
    )
    for name, activation, sizes, T, words, stops in runs:
        question = _until(partial(_translation, rng, activation, sizes, T, words, stops))
        yield ask("many_to_many", activation, name, *question, **_mode(activation))
        if name == "stops early":
            encoder, decoder, X, h_init, start, _, max_steps = question
            first = int(rnn.many_to_many(*question)[0].argmax())
            yield ask("many_to_many", activation, "stops at once", encoder, decoder, X, h_init, start, first, max_steps)
    encoder, (decoder, _, upper) = draw_params(rng, D=D, H=H, K=K - 2), _tied(rng, variant)
    X, h_init, start = rng.standard_normal((4, D)), away_from_zero(rng, H), np.eye(K)[0]
    yield ask("many_to_many", "tanh", "outputs that tie", encoder, decoder, X, h_init, start, upper, 4)


def _translation(
    rng: np.random.Generator, activation: Activation, sizes: tuple[int, int, int], T: int, K: int, stops: bool
) -> tuple[Params, Params, Array, Array, Array, int, int] | None:
    """Draw a translation that ends by itself after 3 to 5 of 8 rows, or never."""
    max_steps = 8
    D, H, _ = sizes
    encoder, decoder = draw_params(rng, *sizes), draw_params(rng, D=K, H=H, K=K, readout_scale=2.0)
    if T <= 2:  # short enough to remember h_init, and now it weighs more than the inputs
        encoder = encoder._replace(U=0.3 * encoder.U, b=0.3 * encoder.b)
    X, h_init, start = rng.standard_normal((T, D)), away_from_zero(rng, H), np.eye(K)[rng.integers(K)]
    chosen = choices(rnn.many_to_many(encoder, decoder, X, h_init, start, -1, max_steps, activation))
    if chosen is None or len(set(chosen)) < 3:
        return None
    if stops:
        ends = [index for index in set(chosen) if 2 <= chosen.index(index) <= 4]
    else:
        ends = [index for index in range(K) if index not in chosen]
    return (encoder, decoder, X, h_init, start, ends[0], max_steps) if ends else None
