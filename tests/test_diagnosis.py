"""What is named beside a protected logarithm: students keep log 0 away each in their own way."""

from collections.abc import Callable

import pytest

from autograder.model.verdict import Verdict
from tests.conftest import edited, outcomes

Grade = Callable[[str], Verdict]

LOG = "log_p = np.log(np.where(asked, Y_hat, 1.0))"
SUM = "-np.sum(Y * log_p) / _steps_averaged(len(Y), reduction)"


@pytest.mark.parametrize(
    ("protected", "named"),
    [
        ("Y_hat", {"log10"}),
        ("np.maximum(Y_hat, 1e-12)", {"log10"}),
        ("Y_hat + 1e-15", {"log10"}),
        ("np.clip(Y_hat, 1e-300, 1)", {"log10"}),
        ("Y_hat + 1e-10", {"log10", "epsilon-1e-10"}),
        ("Y_hat + 1e-7", {"log10", "epsilon-1e-7"}),
    ],
)
def test_protection_is_a_mistake_only_where_it_is_too_strong(grade: Grade, protected: str, named: set[str]) -> None:
    """Beside another base of the logarithm, an epsilon is named exactly where it would cost marks alone."""
    text = edited((LOG, f"log_p = np.log10(np.where(asked, {protected}, 1.0))"))
    (diagnosis,) = outcomes(grade(text))["cross_entropy"].diagnoses
    assert [set(ids) for ids in diagnosis.bugs] == [named]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (SUM.removeprefix("-"), ("sign",)),
        (SUM.replace("_steps_averaged(len(Y), reduction)", "Y.size"), ("mean-over-classes", "always-mean")),
    ],
)
def test_a_protected_loss_is_compared_at_the_scale_of_the_mistake(
    grade: Grade, wrong: str, named: tuple[str, ...]
) -> None:
    """Where a mistake makes -inf or a mean of inf, -27.6 and a mean of 27.6 are as good."""
    text = edited((LOG, LOG.replace("Y_hat", "np.maximum(Y_hat, 1e-12)")), (SUM, wrong))
    (diagnosis,) = outcomes(grade(text))["cross_entropy"].diagnoses
    assert diagnosis.bugs == (named,)
