"""When a student's own forward pass is a network near a point: states that move by slopes of their own, and no more."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from solutions import rnn
from solutions.follow.stand_in import Pass, Shape, has_activation
from solutions.rnn import Params

T, D, H, K = 4, 2, 3, 5
Activation = Callable[[np.ndarray], np.ndarray]


def params(seed: int = 0) -> Params:
    dice = np.random.default_rng(seed)
    return Params(*(dice.standard_normal(shape) for shape in ((H, D), (H, H), (K, H), (H,), (K,))))


X, START = np.random.default_rng(1).standard_normal((T, D)), np.array([0.3, -0.1, 0.2])


def run(weights: Params, activation: Activation = np.tanh, inputs: np.ndarray = X) -> Pass:
    """Return the pass of a network."""
    h, rows = START, []
    for x in inputs:
        h = activation(weights.U @ x + weights.W @ h + weights.b)
        rows.append(h)
    return Pass(weights, inputs, START, np.array(rows))


def outputs(states: np.ndarray, weights: Params) -> np.ndarray:
    return rnn.softmax(states @ weights.V.T + weights.c)


PLAIN = run(params())
RIGHT = outputs(PLAIN.H, PLAIN.params)


@pytest.mark.parametrize(
    ("got", "is_pass"),
    [
        ((PLAIN.H, RIGHT), True),
        ((PLAIN.H * 7, outputs(PLAIN.H * 7, PLAIN.params)), True),
        ((PLAIN.H, RIGHT + 0.9e-9 * RIGHT.max()), True),
        ((PLAIN.H, RIGHT + 1.1e-9 * RIGHT.max()), False),
        (None, False),
        ((PLAIN.H,), False),
        ((PLAIN.H, RIGHT, RIGHT), False),
        ((PLAIN.H[1:], RIGHT), False),
        ((PLAIN.H[1:], RIGHT[1:]), False),
        ((PLAIN.H, RIGHT[1:]), False),
        ((PLAIN.H[:, 1:], RIGHT), False),
        ((PLAIN.H, RIGHT[:, 1:]), False),
        ((PLAIN.H * np.nan, RIGHT), False),
        ((PLAIN.H, RIGHT * np.inf), False),
    ],
)
def test_outputs_are_the_softmax_of_the_states(got: tuple[np.ndarray, ...] | None, is_pass: bool) -> None:
    """With the weights that were given, whatever the states are; of each step and each unit."""
    found = Pass.of((PLAIN.params, X, START), got)
    assert (found is not None) is is_pass
    assert found is None or (found.H is got[0] and found.params is PLAIN.params and found.h_init is START)


def test_the_states_before_are_its_own() -> None:
    """U x + W h + b, of which the activation makes the next state."""
    assert np.allclose(np.tanh(PLAIN.A), PLAIN.H)


def moved(sign: int, seed: int, activation: Activation = np.tanh) -> Pass:
    """Return the pass on one side of the plain one, along a direction."""
    step = zip(params(), params(100 + seed), strict=True)
    return run(Params(*(one + sign * 1e-5 * other for one, other in step)), activation)


def pairs(activation: Activation = np.tanh) -> list[tuple[Pass, Pass]]:
    return [(moved(1, seed, activation), moved(-1, seed, activation)) for seed in range(4)]


@pytest.mark.parametrize(
    ("activation", "slope"),
    [
        (np.tanh, lambda h: 1 - h**2),
        (lambda a: np.tanh(a / 2), lambda h: (1 - h**2) / 2),
        (lambda a: 3 * a, lambda h: 3 + 0 * h),
        (lambda a: 0 * a, lambda h: 0 * h),
    ],
)
def test_a_network_has_the_slopes_of_its_activation(activation: Activation, slope: Activation) -> None:
    """And is followed from them: at the point itself, and near it, for as many steps as are asked for."""
    base = run(params(), activation)
    shape = Shape.of(base, pairs(activation))
    assert shape is not None
    assert np.allclose(shape.slopes, slope(base.H), atol=1e-6)
    states, out = shape.forward(base.params, X, START, activation="tanh")
    assert np.allclose(states, base.H, atol=1e-12)
    assert np.allclose(out, outputs(base.H, base.params))
    near = moved(1, 9, activation)
    assert np.allclose(shape.forward(near.params, X, START)[0], near.H, atol=1e-7)
    assert shape.forward(base.params, X[:2], START)[0].shape == (2, H)


def test_a_state_that_moves_with_another_unit_is_no_network() -> None:
    """Nor one that moves by itself, or not along a line."""
    assert Shape.of(run(params(), lambda a: np.tanh(a[::-1])), pairs(lambda a: np.tanh(a[::-1]))) is None
    assert Shape.of(run(params(), lambda a: a - a.mean()), pairs(lambda a: a - a.mean())) is None


def shifted(both: float, one: float) -> list[tuple[Pass, Pass]]:
    """Return pairs of which the last state of one unit is off: on both sides, or on one side of one of them."""
    place = np.zeros((T, H))
    place[-1, 1] = 1.0
    found = [(replace(a, H=a.H + both * place), replace(b, H=b.H + both * place)) for a, b in pairs()]
    ahead, behind = found[0]
    return [(replace(ahead, H=ahead.H + one * place), behind), *found[1:]]


SIZE = np.sqrt(np.mean([(a.H - b.H)[-1, 1] ** 2 for a, b in pairs()]))


@pytest.mark.parametrize(
    ("both", "one", "is_network"),
    [(0.0, 0.0, True), (0.9e-6, 0.0, True), (-0.9e-6, 0.0, True), (1.1e-6, 0.0, False), (-1.1e-6, 0.0, False),
     (0.0, 0.8e-3 * SIZE, True), (0.0, 5e-3 * SIZE, False), (np.nan, 0.0, False), (0.0, np.nan, False)],
)  # fmt: skip
def test_how_far_a_network_may_be_off(both: float, one: float, is_network: bool) -> None:
    """A thousandth of the move, and a millionth of the middle; in a single entry, too."""
    with np.errstate(invalid="ignore"):
        assert (Shape.of(PLAIN, shifted(both, one)) is not None) is is_network


@pytest.mark.parametrize(
    ("slopes", "on"),
    [
        ([[0, 0], [0, 0], [0, 0]], [False, False]),
        ([[0, 1], [1, 0], [0, 0]], [True, False]),
        ([[0, 1], [0, 0], [1, 0]], [False, False]),
        ([[0, -1], [-1, 0], [0.002, 0]], [True, True]),
        ([[1, 1], [0.0009, 0], [1, 1]], [False, False]),
        ([[0, 1]], [True]),
        ([[0, 0]], [False]),
    ],
)
def test_a_network_passes_on_what_moves_at_two_steps_in_a_row(slopes: list[list[float]], on: list[bool]) -> None:
    """In whichever unit, either way, by more than a thousandth; of one step, what moves at all."""
    array = np.array(slopes, float)
    assert Shape(array, array, array).passes_on.tolist() == on


def test_elsewhere_a_network_has_the_activation_of_the_judged_cases() -> None:
    """As nearly as those tell, and where they tell of enough of it."""
    judged = [run(params(seed)) for seed in range(8)]
    assert has_activation(run(params(20)), judged)
    for other in (lambda a: np.tanh(a / 2), lambda a: a, lambda a: -np.tanh(a), lambda a: np.tanh(a) + 0.1):
        assert not has_activation(run(params(20), other), judged)
    far = run(params(20)._replace(b=np.full(H, 90.0)))
    assert not has_activation(far, judged)
    assert not has_activation(far, [run(params(3))])
