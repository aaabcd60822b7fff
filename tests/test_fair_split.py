"""What shows on extreme inputs alone costs a part of its own: clipped gradients, and a guarded logarithm (SPEC 2)."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.audit.student import outcomes_of
from autograder.cases.case_sets import case_set
from autograder.model.cases import Case
from solutions import rnn
from solutions.tasks import TASK_BY_ID

GRADIENTS = ("bptt_V", "bptt_W", "bptt_U", "bptt_b", "bptt_c", "hidden_jacobian")
TASK_OF = dict.fromkeys(("bptt_b", "bptt_c"), "bptt_bias")


def with_function(name: str, function: Callable[..., Any]) -> dict[str, Any]:
    return vars(rnn) | {name: function}


def gradients(seed: int) -> list[Case]:
    return [case for case in case_set(seed).cases if case.call.function in GRADIENTS]


@pytest.mark.parametrize("seed", [0, 3, 11])
def test_an_entry_above_1_is_asked_in_the_part_about_large_gradients_alone(seed: int) -> None:
    """So a clip touches no other part, and each function has a case there that a clip at 5 does touch."""
    largest = {(case.call.function, case.part, case.name): np.abs(case.expected[0]).max() for case in gradients(seed)}
    assert max(size for (_, part, _), size in largest.items() if part != "large") <= 1 + 1e-12
    for function in GRADIENTS:
        assert max(size for (name, part, _), size in largest.items() if (name, part) == (function, "large")) > 5


@pytest.mark.parametrize("bound", [1.0, 5.0])
@pytest.mark.parametrize("function", GRADIENTS)
def test_a_clipped_gradient_loses_the_part_about_large_ones_alone(function: str, bound: float) -> None:
    """A gradient that is right wherever it is small keeps more than half of its points."""
    right = getattr(rnn, function)
    clipped = with_function(function, lambda *args, **mode: np.clip(right(*args, **mode), -bound, bound))
    task = TASK_BY_ID[TASK_OF.get(function, function)]
    outcome = outcomes_of(clipped, case_set(0))[task.id]
    assert {part.id for part in outcome.parts if part.points < part.max_points} == {"large"}
    assert task.points / 2 < outcome.points < task.points


def test_every_step_of_backpropagation_is_small_in_the_other_parts() -> None:
    """What is carried back is clipped in the loop by some: the other parts keep their points there, too."""

    def clipped(params: rnn.Params, dO: rnn.Array, H: rnn.Array, h_init: rnn.Array, activation: Any = "tanh") -> Any:
        before, carry, total = np.vstack([h_init, H[:-1]]), np.zeros(H.shape[1]), np.zeros_like(params.W)
        for t in reversed(range(len(H))):
            dh = np.clip(params.V.T @ dO[t] + carry, -1, 1)
            delta = dh * (1 - H[t] ** 2 if activation == "tanh" else 1)
            total = np.clip(total + np.outer(delta, before[t]), -1, 1)
            carry = np.clip(params.W.T @ delta, -1, 1)
        return total

    for seed in range(3):
        outcome = outcomes_of(with_function("bptt_W", clipped), case_set(seed))["bptt_W"]
        assert {part.id for part in outcome.parts if part.points < part.max_points} == {"large"}


def guarded(guard: float, *, clip: bool = False) -> Callable[..., float]:
    def cross_entropy(Y_hat: rnn.Array, Y: rnn.Array, reduction: str = "sum") -> float:
        p = np.clip(Y_hat, guard, 1 - guard) if clip else Y_hat + guard
        loss = float(-np.sum(Y * np.log(p)))
        return loss / len(Y) if reduction == "mean" else loss

    return cross_entropy


@pytest.mark.parametrize("clip", [False, True])
@pytest.mark.parametrize("guard", [1e-7, 1e-8, 1e-10])
def test_a_guard_of_the_logarithm_loses_what_it_makes_too_cheap_alone(guard: float, clip: bool) -> None:
    """A guard of 1e-7 or less is right for ordinary probabilities; the note says what it does there."""
    outcome = outcomes_of(with_function("cross_entropy", guarded(guard, clip=clip)), case_set(0))["cross_entropy"]
    assert {part.id: part.points for part in outcome.parts} == {"sum": 3.5, "mean": 1.5, "zeros": 0}
    assert any("guard" in note for note in outcome.notes) == (guard > 1e-9 and not clip)


@pytest.mark.parametrize(
    "function",
    [
        guarded(1e-6),
        guarded(1e-3, clip=True),
        lambda Y_hat, Y, reduction="sum": rnn.cross_entropy(Y_hat, Y, reduction) * (1 + 3e-5),
        lambda Y_hat, Y, reduction="sum": rnn.cross_entropy(Y_hat, Y, reduction) * (1 - 9e-5),
        lambda Y_hat, Y, reduction="sum": rnn.cross_entropy(Y_hat, Y, reduction) * (1 - 2e-5),
    ],
)
def test_what_no_admitted_guard_explains_is_wrong(function: Callable[..., float]) -> None:
    """A larger guard, and a loss that is off by as little in the other direction or by more, lose the sum."""
    outcome = outcomes_of(with_function("cross_entropy", function), case_set(0))["cross_entropy"]
    assert {part.id: part.points for part in outcome.parts}["sum"] == 0


def test_what_is_off_in_one_loss_and_not_in_another_is_no_guard() -> None:
    """The mean over T + 1e-4 steps is too small by as little as a guard makes it, but the sum is right."""

    def cross_entropy(Y_hat: rnn.Array, Y: rnn.Array, reduction: str = "sum") -> float:
        loss = rnn.cross_entropy(Y_hat, Y)
        return loss / (len(Y) + 1e-4) if reduction == "mean" else loss

    outcome = outcomes_of(with_function("cross_entropy", cross_entropy), case_set(0))["cross_entropy"]
    assert {part.id: part.points for part in outcome.parts} == {"sum": 3.5, "mean": 0, "zeros": 2}
