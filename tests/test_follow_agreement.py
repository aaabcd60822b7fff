"""When replies agree with a student's own functions: the arithmetic, with every reply made by hand."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from autograder.judge.agreement import follow_through
from autograder.judge.follow import Follow, Replay, Slope
from autograder.plan import Plan
from autograder.rubric import TASK_BY_ID
from autograder.verdict import Diagnosis, Outcome
from tests.answers import raised, value

TASK = TASK_BY_ID["bptt_V"]
GUARD = ("plain", "X", "U", "W", "V")
V = np.array([[1.0, -2.0], [0.5, 3.0]])
G = np.array([[0.3, 0.1], [-0.2, 0.4]])
H = 1e-5


def agrees(
    losses: Sequence[Callable[[float], object]], gradient: object = G, *, jacobian: bool = False, v: np.ndarray = V
) -> bool:
    """Whether a gradient agrees with losses that are given along each direction, by the distance from θ."""
    names = [tuple(f"{n}/{offset}" for offset in (1, -1, 2, -2)) for n in range(len(losses))]
    replies = {"g": raised(ValueError()) if gradient is None else value(gradient)} | {
        name: value(loss(offset * H))
        for calls, loss in zip(names, losses, strict=True)
        for name, offset in zip(calls, (1, -1, 2, -2), strict=True)
    }
    replies |= {call: value(np.zeros(1), np.full((2, 2), float(n))) for n, call in enumerate(GUARD)}
    check = Slope("gradient", "g", tuple((v, calls) for calls in names), jacobian=jacobian)
    follow = Follow(TASK, Plan(()), (check,), GUARD)
    return bool(follow_through(follow, replies, {}, 0.7))


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


@pytest.mark.parametrize("gradient", [None, G * np.nan, G + 0j, G[:1], G[None], G.T, np.float64(DUE)])
def test_a_gradient_of_another_kind_does_not_agree(gradient):
    """An exception, nan, complex numbers and other shapes agree with nothing."""
    assert not agrees([line(DUE)] * 3, gradient)


def test_a_jacobian_is_held_against_the_last_state():
    """J v is compared entry by entry with how the last row moves."""
    J, v = np.array([[0.2, -0.5], [0.7, 0.1]]), np.array([1.0, -0.3])

    def states(s, jacobian=J):
        return np.vstack([np.ones(2), jacobian @ v * s])

    assert agrees([states] * 3, J, jacobian=True, v=v)
    assert not agrees([states] * 3, J.T, jacobian=True, v=v)
    assert not agrees([lambda s: states(s)[-1]] * 3, J, jacobian=True, v=v)
    for other in (lambda s: states(s)[:, :1], lambda s: states(s)[:0], lambda s: s, lambda s: states(s)[None]):
        assert not agrees([other] * 3, J, jacobian=True, v=v)
    assert not agrees([states] * 3, J + np.array([[0, 0], [1e-4, 0]]), jacobian=True, v=v)


def replayed(got: np.ndarray, rows: Sequence[object], seen: Sequence[object] = (0.0, 1.0, 2.0, 3.0, 4.0)) -> dict:
    """Return the credit of an answer whose rows forward gave so; `seen` is what forward says when asked otherwise."""
    calls = tuple(f"row {n}" for n in range(len(rows)))
    replies = {call: value(np.zeros(1), row) for call, row in zip(calls, rows, strict=True)}
    replies |= {call: value(np.zeros(1), np.full((2, 2), shown)) for call, shown in zip(GUARD, seen, strict=True)}
    follow = Follow(TASK_BY_ID["many_to_one"], Plan(()), (Replay("tanh", calls, got),), GUARD)
    return follow_through(follow, replies, {}, 0.7)


ROWS = [np.array([[9.0, 9.0], [0.25, 0.75]]), np.array([[0.5, 0.5]])]
GOT = np.array([[0.25, 0.75], [0.5, 0.5]])


def test_an_answer_is_built_again_from_last_outputs():
    """The last row of each call counts, to 1e-6 of the largest entry, and every row must be there."""
    assert list(replayed(GOT, ROWS)) == ["tanh"]
    assert list(replayed(GOT + 0.9e-6 * 0.75, ROWS)) == ["tanh"]
    for got, rows in [
        (GOT + 1.1e-6 * 0.75, ROWS),
        (GOT[:1], ROWS),
        (GOT[:1], [ROWS[0], ROWS[0]]),
        (np.repeat(GOT[:1], 2, axis=0), ROWS[:1]),
        (GOT, ROWS[:1]),
        (GOT, [ROWS[0], np.array([0.5, 0.5])]),
        (GOT, [ROWS[0], np.zeros((0, 2))]),
        (GOT, [ROWS[0], np.float64(0.5)]),
        (GOT, [ROWS[0], np.array([[0.5, np.nan]])]),
        (GOT, [ROWS[0], np.array([[0.5]])]),
    ]:
        assert replayed(got, rows) == {}


@pytest.mark.parametrize("blind", range(1, 5))
def test_forward_must_answer_each_change_visibly(blind):
    """Each of X, U, W and V has to move an output by more than 1e-3."""
    seen = [0.0, 1.0, 1.0, 1.0, 1.0]
    for moved, earned in ((0.0, False), (1e-3, False), (1.1e-3, True), (-1.1e-3, True), (np.nan, False)):
        seen[blind] = moved
        assert bool(replayed(GOT, ROWS, seen)) is earned


def test_each_part_needs_checks_and_all_of_them():
    """A part is credited where it has checks and all agree; the cap is the share; those that are wrong are named."""
    slope = Diagnosis((("x",),), "the slope is left out", (), ())
    wrong = {
        "forward": Outcome("forward", "fail", 0, 15, diagnoses=(slope, replace(slope, misconception="another"))),
        "cross_entropy": Outcome("cross_entropy", "partial", 3, 7),
        "output_error": Outcome("output_error", "pass", 6, 6),
    }
    replies = {call: value(np.zeros(1), np.full((1, 1), float(n))) for n, call in enumerate(GUARD)}
    replies |= {"right": value(np.zeros(1), np.ones((1, 1))), "wrong": value(np.zeros(1), np.zeros((1, 1)))}
    right, other = (Replay("tanh", (call,), np.ones((1, 1))) for call in ("right", "wrong"))
    identity = Replay("identity", ("right",), np.ones((1, 1)))
    task = TASK_BY_ID["bptt_W"]
    said = "consistent with your own forward (the slope is left out; another) and cross_entropy: 40% of the points for "

    def credit(*checks, cap=0.4):
        return follow_through(Follow(task, Plan(()), checks, GUARD), replies, wrong, cap)

    assert credit(right) == {"tanh": (0.4, f"{said}the tanh network")}
    assert credit(right, other, identity) == {"identity": (0.4, f"{said}the identity activation")}
    assert credit(right, identity).keys() == {"tanh", "identity"}
    assert credit() == credit(right, cap=0) == {}


def test_guard_replies_need_values():
    """A forward that raises, or returns no sequence, when it is asked otherwise is not followed."""
    assert replayed(GOT, ROWS)
    follow = Follow(TASK_BY_ID["many_to_one"], Plan(()), (Replay("tanh", ("plain",), np.zeros((1, 2))),), GUARD)
    sound = {call: value(np.zeros(1), np.full((2, 2), float(n))) for n, call in enumerate(GUARD)}
    assert follow_through(follow, sound, {}, 0.7)
    for call in GUARD:
        for broken in (raised(ValueError()), value(np.zeros(1)), value(np.zeros(1), np.full(2, 9.0))):
            assert follow_through(follow, sound | {call: broken}, {}, 0.7) == {}
