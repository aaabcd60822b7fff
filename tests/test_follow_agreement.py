"""When a derivative agrees with differences of a function: the arithmetic, with every number made by hand."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from solutions.follow.agreement import Along, agrees_along

V = np.array([[1.0, -2.0], [0.5, 3.0]])
G = np.array([[0.3, 0.1], [-0.2, 0.4]])
H = 1e-5


def agrees(
    losses: Sequence[Callable[[float], object]], gradient: object = G, *, jacobian: bool = False, v: np.ndarray = V
) -> bool:
    """Whether a gradient agrees with losses that are given along each direction, by the distance from θ."""
    along = (Along(v, [loss(offset * H) for offset in (1, -1, 2, -2)]) for loss in losses)
    return agrees_along(np.asarray(gradient), along, floor=1e-7, jacobian=jacobian)


def line(slope: float, at: float = 0.0) -> Callable[[float], float]:
    return lambda s: at + slope * s


DUE = float(np.sum(G * V))


def kink(s: float) -> float:
    """The slope that is due near θ, and another beyond h."""
    return DUE * s if abs(s) < 1.5 * H else 2 * DUE * s


def test_three_directions_decide():
    """Three that agree are enough, and needed; one that disagrees is too much; one with a kink does not count."""
    right, wrong = line(DUE), line(1.01 * DUE)
    assert agrees([right] * 3)
    assert agrees([right] * 6)
    assert not agrees([right] * 2)
    assert not agrees([right, right, wrong])
    assert not agrees([wrong, right, right, right])
    assert agrees([kink, right, kink, right, kink, right])
    assert not agrees([kink, right, kink, right, kink, kink])


@pytest.mark.parametrize(
    ("off", "at", "agreed"),
    [
        # 1e-7 of the gradient's norm, and 8 roundings of 2^-53 (of the loss, where that is above 1) over h.
        (0.9 * (1e-7 * 0.5477 + 8 * 2**-53 / 1e-5), 0.0, True),
        (1.1 * (1e-7 * 0.5477 + 8 * 2**-53 / 1e-5), 0.0, False),
        (0.9 * 8 * 2**-53 * 1e6 / 1e-5, 1e6, True),
        (1.3 * 8 * 2**-53 * 1e6 / 1e-5, 1e6, False),
    ],
)
def test_the_margin_is_that_of_the_contract(off, at, agreed):
    """|D(h) - <g, v>| may be as large as rounding makes it, and no larger."""
    assert agrees([line(DUE + off, at)] * 3) is agreed


def test_the_curvature_widens_the_margin_by_a_third():
    """Where D(h) and D(2h) differ by less than a kink, a third of that is allowed."""
    bend = 3e-4 * DUE / (2 * H) ** 2  # so that D(2h) is off by 3e-4 of D, and D(h) by a quarter of that

    def cubic(s):
        return DUE * s + bend * s**3

    assert agrees([cubic] * 3)
    assert not agrees([lambda s: cubic(s) + 1e-4 * DUE * s] * 3)


def test_what_moves_too_little_is_degenerate():
    """A slope of 1e-8 or more is seen; of less, the gradient may as well be 0."""
    small = G * (1e-9 / DUE)
    assert not agrees([line(1e-9)] * 3, small)
    assert agrees([line(2e-8)] * 3, G * (2e-8 / DUE))
    assert not agrees([line(0.0)] * 3, np.zeros_like(G))


@pytest.mark.parametrize("gradient", [G * np.nan, G[:1], G[None], G.T, np.float64(DUE)])
def test_a_gradient_of_another_kind_does_not_agree(gradient):
    """Numbers that are nan and other shapes agree with nothing."""
    assert not agrees([line(DUE)] * 3, gradient)


def test_a_jacobian_is_held_against_the_last_state():
    """J v is compared entry by entry with how the last row moves."""
    J, v = np.array([[0.2, -0.5], [0.7, 0.1]]), np.array([1.0, -0.3])

    def last(s):
        return J @ v * s

    assert agrees([last] * 3, J, jacobian=True, v=v)
    assert not agrees([last] * 3, J.T, jacobian=True, v=v)
    for other in (lambda s: last(s)[:1], lambda s: s, lambda s: last(s)[None], lambda s: np.nan * last(s)):
        assert not agrees([other] * 3, J, jacobian=True, v=v)
    assert not agrees([last] * 3, J + np.array([[0, 0], [1e-4, 0]]), jacobian=True, v=v)


STILL, BENT = np.array([[0.2, -0.5], [0.0, 0.0]]), np.array([0.3, 0.0])


@pytest.mark.parametrize(
    ("more", "agreed"),
    [
        (lambda s: 0 * s, True),  # a state that does not move at all is one that another sees
        (lambda s: 1e-3 * (s > 1.5 * H) * BENT, False),  # a kink in one entry is one
        (lambda s: 1e6 * np.array([0.0, 1.0]), True),
        (lambda s: 0.9e-3 * 4 / 3 * np.array([s, s]) * (s / H) ** 2 / 10, False),
    ],
)
def test_entries_of_a_jacobian_decide_together(more: Callable[[float], np.ndarray], agreed: bool) -> None:
    """The largest of each: what moves, what bends, what is rounded."""
    v = np.array([1.0, -0.3])
    assert agrees([lambda s: STILL @ v * s + more(s)] * 3, STILL, jacobian=True, v=v) is agreed


def test_what_is_rounded_in_one_entry_may_be_off_in_all() -> None:
    """And no more than that."""
    v, J = np.array([1.0, -0.3]), np.array([[0.2, -0.5], [0.7, 0.1]])
    rounding = 8 * 2**-53 * 1e6 / H

    def last(off: float) -> Callable[[float], np.ndarray]:
        return lambda s: (J @ v + [off, 0]) * s + np.array([0.0, 1e6])

    assert agrees([last(0.8 * rounding)] * 3, J, jacobian=True, v=v)
    assert not agrees([last(1.4 * rounding)] * 3, J, jacobian=True, v=v)


def test_what_bends_in_one_entry_may_be_off_by_a_third_of_it() -> None:
    """By as much as D(h) and D(2h) are apart there."""
    v, J = np.array([1.0, -0.3]), np.array([[0.2, -0.5], [0.7, 0.1]])
    bend = 1e-4 / H**2

    def last(off: float) -> Callable[[float], np.ndarray]:
        return lambda s: (J @ v + [0, off]) * s + np.array([bend, 0]) * s**3

    assert agrees([last(0.0)] * 3, J, jacobian=True, v=v)
    assert agrees([last(0.9e-4)] * 3, J, jacobian=True, v=v)
    assert not agrees([last(1.2e-4)] * 3, J, jacobian=True, v=v)
