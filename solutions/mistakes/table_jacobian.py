"""Known mistakes in the hidden Jacobian, apart from those in the slope: the facts."""

from autograder.assignment import Mistake

from ..mistakes.bug import OWNER, bugs

_FACTORS = "How many steps from k to t?"

JACOBIAN: tuple[Mistake, ...] = (
    *bugs(
        "hidden_jacobian",
        "wrong-order-product",
        "order reversed",
        "the factors are multiplied in the reverse order, the earliest on the left",
        "J_t J_{t-1}: which acts first?",
    ),
    *bugs(
        "hidden_jacobian",
        "elementwise-product",
        "order | W outer side",
        "the factors are multiplied entry by entry, not as matrices",
        "Which product is the chain rule's?",
    ),
    *bugs("hidden_jacobian", "includes-k", "range", "there is one factor too many: step k is included", _FACTORS),
    *(
        row
        for id_, what in (
            ("misses-first-factor", "there is one factor too few: step k + 1 is left out"),
            ("misses-last-factor", "there is one factor too few: step t is left out"),
        )
        for row in bugs("hidden_jacobian", id_, "range", what, _FACTORS, family="includes-k")
    ),
    *bugs(
        "hidden_jacobian",
        "one-factor-only",
        "range | reversed last-slope",
        "there is one factor only, that of step t, whatever k is",
        _FACTORS,
        family="includes-k",
    ),
    *bugs(
        "hidden_jacobian",
        "zeros-for-k-equals-t",
        "edge",
        "zeros are returned for k = t, not the identity",
        "What is ∂h_t/∂h_t?",
    ),
    *bugs(
        "hidden_jacobian",
        "diag-on-the-right",
        "side",
        "the slope stands on the right of W: W diag(1 - h²)",
        "A change of h_{t-1} meets W and the slope: which of them first?",
    ),
    *bugs(
        "hidden_jacobian",
        "W-transposed",
        "W",
        "the factors hold Wᵀ in place of W",
        "h_{t-1}[i] reaches h_t through which entries of W: a row or a column?",
        family="W-not-transposed",
    ),
    *bugs(
        "hidden_jacobian",
        "transposed-result",
        "outer",
        "the transpose is returned: entry (i, j) is ∂(h_t)_j / ∂(h_k)_i",
        "Rows belong to h_t or to h_k?",
    ),
    *bugs(
        "hidden_jacobian",
        "last-slope-throughout",
        "slope last-slope | reversed",
        "every factor holds the slope of step t",
        "Does the slope stay the same from step to step?",
    ),
    *bugs(
        "hidden_jacobian",
        "mutates-input",
        "mutate",
        "the slope is computed in place of the argument H",
        OWNER,
        shows="mutation",
    ),
)
