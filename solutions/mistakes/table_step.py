"""Known mistakes in the update: the facts."""

from autograder.assignment import Mistake

from ..mistakes.bug import OWNER, bugs

_THETA = "What is in θ?"

GRADIENT_STEP: tuple[Mistake, ...] = (
    *bugs("gradient_step", "ascent", "sign", "the step goes uphill: θ + α g", "Which way is downhill?"),
    *bugs(
        "gradient_step",
        "in-place-update",
        "mutate return",
        "the given parameters are changed in place",
        "Who else holds params?",
        shows="mutation",
    ),
    *bugs(
        "gradient_step",
        "mutates-input",
        "mutate",
        "the given gradients are multiplied by α in place",
        OWNER,
        shows="mutation",
    ),
    *(
        row
        for field in ("U", "W", "V", "b", "c")
        for row in bugs(
            "gradient_step",
            f"{field}-forgotten",
            field,
            f"{field} is returned unchanged, so that it never learns",
            _THETA,
            family="one-array-forgotten",
        )
    ),
    *bugs(
        "gradient_step",
        "biases-forgotten",
        "b c",
        "b and c are returned unchanged, so that the biases never learn",
        _THETA,
        family="one-array-forgotten",
    ),
    *bugs("gradient_step", "no-learning-rate", "rate", "the learning rate is not used: θ - g", "How long is the step?"),
    *bugs(
        "gradient_step",
        "divided-by-rate",
        "rate",
        "the gradient is divided by the learning rate",
        "How long is the step for a small α?",
    ),
    *bugs(
        "gradient_step",
        "step-returned",
        "return | U W V b c",
        "the step -α g is returned, not the parameters after it",
        "What does the caller go on with?",
    ),
)
