"""Follow-through on functions of any kind: what is no network earns nothing by it, an honest slip its share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.cases.case_sets import case_set
from autograder.judge.mistakes import make_faulty
from autograder.model.settings import FollowThrough, Settings
from solutions import rnn
from solutions.certify import networks_of
from solutions.rnn import Params
from solutions.tasks import TASK_BY_ID
from tests.answers import Functions, outcomes_of
from tests.conftest import REFERENCE

CASES = case_set(0)
BARE = Settings(follow_through=FollowThrough(cap=0))
Forward = Callable[..., tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Sum:
    """What a file computes that is no network: a number made of all that it is given, and that number's gradient."""

    of: Callable[[Params, np.ndarray], float]
    slope: Callable[[np.ndarray], np.ndarray]  # beside each of U, W and b


SUMS = {
    "linear": Sum(lambda p, X: sum(a.sum() for a in p) + X.sum(), np.ones_like),
    "quadratic": Sum(lambda p, X: sum((a**2).sum() for a in p) + X.sum(), lambda a: 2 * a),
    "cubic": Sum(lambda p, X: sum((a**3).sum() for a in p) + X.sum(), lambda a: 3 * a**2),
    "waves": Sum(lambda p, X: sum(np.sin(a).sum() for a in p) + X.sum(), np.cos),
    "constant": Sum(lambda p, X: 1.0, np.zeros_like),
}


def plain(total: Sum, size: float) -> tuple[Forward, Functions]:
    """Return a forward pass whose every output is 10 and the sum, and the gradients of the right loss of that."""

    def forward(params: Params, X: np.ndarray, h_init: np.ndarray, activation: str = "tanh") -> Any:
        s = 10 + size * total.of(params, X)
        return np.full((len(X), len(h_init)), s), np.full((len(X), len(params.c)), s)

    def beside(array: np.ndarray, dO: np.ndarray, H: np.ndarray) -> np.ndarray:
        return -size * len(dO) / H[0, 0] * total.slope(array)  # -Σ log s has the slope -T/s

    return forward, {
        "output_error": lambda Y_hat, Y, reduction="sum": np.ones_like(Y_hat),
        "bptt_V": lambda dO, H: beside(np.zeros((dO.shape[1], H.shape[1])), dO, H),
        "bptt_c": lambda dO: -np.ones(dO.shape[1]),
        **_gradients(beside),
    }


def with_a_readout(total: Sum, size: float) -> tuple[Forward, Functions]:
    """Return a forward pass whose every state is the sum, read out as it should be, and the gradients of that."""

    def forward(params: Params, X: np.ndarray, h_init: np.ndarray, activation: str = "tanh") -> Any:
        rest = params._replace(V=np.zeros(1), c=np.zeros(1))
        H = np.full((len(X), len(h_init)), size * total.of(rest, X))
        return H, rnn.softmax(H @ params.V.T + params.c)

    def gradient(params: Params, dO: np.ndarray, name: str) -> np.ndarray:
        return size * (dO @ params.V).sum() * total.slope(getattr(params, name))

    return forward, {
        "bptt_W": lambda params, dO, H, h_init, activation="tanh": gradient(params, dO, "W"),
        "bptt_U": lambda params, dO, X, H, activation="tanh": gradient(params, dO, "U"),
        "bptt_b": lambda params, dO, H, activation="tanh": gradient(params, dO, "b"),
    }


def _gradients(beside: Callable[..., np.ndarray]) -> Functions:
    return {
        "bptt_W": lambda params, dO, H, h_init, activation="tanh": beside(params.W, dO, H),
        "bptt_U": lambda params, dO, X, H, activation="tanh": beside(params.U, dO, H),
        "bptt_b": lambda params, dO, H, activation="tanh": beside(params.b, dO, H),
    }


def wrappers(forward: Forward) -> Functions:
    """Return wrappers that follow a forward pass to the letter."""

    def spoken(params: Params, x: np.ndarray, h: np.ndarray, steps: int, **mode: Any) -> np.ndarray:
        rows = []
        for _ in range(steps):
            H, Y_hat = forward(params, x[None], h, **mode)
            h, x = H[-1], np.zeros_like(x)
            rows.append(Y_hat[-1])
        return np.array(rows)

    return {
        "one_to_many": spoken,
        "many_to_one": lambda params, X, h_init, **mode: forward(params, X, h_init, **mode)[1][-1],
    }


# When a function shows its other face.
TURNS: dict[str, Callable[[int, np.ndarray], bool]] = {
    "always": lambda n, X: True,
    "after 14 calls": lambda n, X: n > 14,
    "after 40 calls": lambda n, X: n > 40,
    "every other call": lambda n, X: n % 2 == 0,
    "for a single step": lambda n, X: len(X) == 1,
    "for short sequences": lambda n, X: len(X) <= 3,
    "by a sign": lambda n, X: bool(X[0, 0] > 0),
    "in the second process": lambda n, X: False,
}


def turning(first: Forward, other: Forward, turn: str) -> Forward:
    """Return a function that is `first` until it turns."""
    asked = []

    def forward(params: Params, X: np.ndarray, h_init: np.ndarray, activation: str = "tanh") -> Any:
        asked.append(X)
        return (other if TURNS[turn](len(asked), X) else first)(params, X, h_init, activation)

    return forward


def for_tanh(own: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Return a function that is right for the identity, so that it earns a part."""
    right = getattr(rnn, name)

    def function(*args: Any, activation: str = "tanh", **kwargs: Any) -> Any:
        if activation == "identity":
            return right(*args, activation=activation, **kwargs)
        return own(*args, **kwargs)

    return function


@given(
    form=st.sampled_from([plain, with_a_readout]),
    kind=st.sampled_from(sorted(SUMS)),
    size=st.sampled_from([1e-3, 0.03, 1.0]),
    turn=st.sampled_from(sorted(TURNS)),
    known=st.sampled_from(["half-tanh", "no-b", "resets-state", "output-from-previous"]),
    partly=st.booleans(),
)
@settings(max_examples=12, deadline=None)
def test_what_is_no_network_earns_nothing(
    form: Callable[..., tuple[Forward, Functions]], kind: str, size: float, turn: str, known: str, partly: bool
) -> None:
    """Its gradients are those of its own loss, its wrappers do as its forward does: that alone is worth nothing."""
    other, gradients = form(SUMS[kind], size)
    first = make_faulty("forward", [known])["forward"]
    own = {**gradients, **wrappers(other)}

    def student() -> Functions:
        functions = {"forward": turning(first, other, turn), **own}
        modal = ("forward", "bptt_W", "bptt_U", "bptt_b", "one_to_many", "many_to_one")
        if partly:
            functions |= {name: for_tanh(functions[name], name) for name in modal}
        return vars(rnn) | functions

    then = student() | ({"forward": other} if turn == "in the second process" else {})
    bare, found = outcomes_of(student(), CASES, BARE), outcomes_of(student(), CASES, then=then)
    followed = {name for name in own if name in found and found[name].points > bare[name].points}
    assert not followed


@pytest.mark.parametrize("form", [plain, with_a_readout])
def test_these_gradients_are_those_of_their_own_loss(form: Callable[..., tuple[Forward, Functions]]) -> None:
    """What is refused above would pass where a file's own functions are all that is looked at."""
    network = networks_of(CASES)["plain"]
    forward, gradients = form(SUMS["quadratic"], 0.03)
    H, Y_hat = forward(network.params, network.X, network.h_init)
    g = gradients["bptt_W"](network.params, rnn.output_error(Y_hat, network.Y), H, network.h_init)
    v, step = np.random.default_rng(1).standard_normal(g.shape), 1e-5

    def loss(side: int) -> float:
        moved = network.params._replace(W=network.params.W + side * step * v)
        return rnn.cross_entropy(forward(moved, network.X, network.h_init)[1], network.Y)

    assert (loss(1) - loss(-1)) / (2 * step) == pytest.approx(np.sum(g * v), rel=1e-6)


PHI = {
    "tanh": (lambda a, k: np.tanh(k * a), lambda h, k: k * (1 - h**2)),
    "logistic": (lambda a, k: 1 / (1 + np.exp(-k * a)), lambda h, k: k * h * (1 - h)),
    "softsign": (lambda a, k: k * a / (1 + np.abs(k * a)), lambda h, k: k * (1 - np.abs(h)) ** 2),
    "relu": (lambda a, k: np.maximum(k * a, 0), lambda h, k: k * (h > 0)),
}


@given(kind=st.sampled_from(sorted(PHI)), k=st.floats(0.4, 1.6))
@settings(max_examples=6, deadline=None)
def test_a_network_with_another_activation_keeps_its_share(kind: str, k: float) -> None:
    """Whatever φ is, and whether or not it is a known mistake: what is right for it has 70 % of the tanh part."""
    phi, slope = PHI[kind]
    own: dict[str, Any] = {"__name__": "rnn"}
    exec(REFERENCE, own)
    own["_phi"] = lambda a, activation: phi(a, k) if activation == "tanh" else a
    own["_slope"] = lambda H, activation: slope(H, k) if activation == "tanh" else np.ones_like(H)
    found = outcomes_of(own, CASES)
    if found["forward"].state == "pass":  # k = 1
        return
    for task in ("hidden_jacobian", "bptt_W", "bptt_U", "one_to_many", "many_to_one", "many_to_many"):
        outcome = found[task]
        tanh = sum(part.points for part in TASK_BY_ID[task].parts if part.id != "identity")
        assert outcome.points == pytest.approx(outcome.max_points - 0.3 * tanh), task


@pytest.mark.parametrize("mistake", ["no-b", "half-tanh", "resets-state", "ignores-h_init", "W-transposed", "no-bias"])
@pytest.mark.parametrize("way", ["steps", "whole", "so far"])
def test_a_wrapper_may_cut_its_calls_as_it_likes(mistake: str, way: str) -> None:
    """Step by step, in one call, or each of the sequence so far: what is wrong because of forward has its share."""
    forward = make_faulty("forward", [mistake])["forward"]

    def one_to_many(params: Params, x: np.ndarray, h: np.ndarray, steps: int, **mode: Any) -> np.ndarray:
        X = np.vstack([x, np.zeros((steps - 1, len(x)))])
        if way == "whole":
            return forward(params, X, h, **mode)[1]
        if way == "so far":
            return np.array([forward(params, X[: t + 1], h, **mode)[1][-1] for t in range(steps)])
        rows = []
        for row in X:
            H, Y_hat = forward(params, row[None], h, **mode)
            h = H[-1]
            rows.append(Y_hat[-1])
        return np.array(rows)

    student = vars(rnn) | {"forward": forward, "one_to_many": one_to_many}
    bare, found = outcomes_of(student, CASES, BARE)["one_to_many"], outcomes_of(student, CASES)["one_to_many"]
    assert found.points == pytest.approx(bare.points + 0.7 * (4 - bare.points))
    if bare.points < 4:
        assert found.notes[0].startswith("right for your own forward (")
        assert (found.diagnoses, found.observations) == ((), ())


def test_a_right_function_may_answer_anything_afterwards() -> None:
    """The reference gives the answers of what was judged right: a loss that turns to 0 changes no credit."""
    forward = make_faulty("forward", ["no-b"])["forward"]
    student = vars(rnn) | {"forward": forward, **wrappers(forward)}
    then = student | {"cross_entropy": lambda *_, **__: 0.0, "softmax": lambda o: o, "output_error": lambda *_: 0.0}
    assert outcomes_of(student, CASES, then=then) == outcomes_of(student, CASES)


def test_who_answers_otherwise_when_asked_again_earns_nothing() -> None:
    """A judged case, or one near it, that has another answer in the second process ends all following of it."""
    forward = make_faulty("forward", ["no-b"])["forward"]
    student = vars(rnn) | {"forward": forward, **wrappers(forward)}

    def later(judged: bool) -> Forward:
        def changed(params: Params, X: np.ndarray, h_init: np.ndarray, activation: str = "tanh") -> Any:
            H, Y_hat = forward(params, X, h_init, activation)
            known = any(np.array_equal(X, case.call.args[1]) for case in CASES.of("forward"))
            return (H + 1e-3, Y_hat) if known is judged else (H, Y_hat)

        return changed

    for judged in (True, False):
        found = outcomes_of(student, CASES, then=student | {"forward": later(judged)})
        assert found["many_to_one"].points == outcomes_of(student, CASES, BARE)["many_to_one"].points
