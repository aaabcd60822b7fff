"""Known mistakes in the gradients of the hidden layer. All other tasks are proved by mutants of the reference."""

import numpy as np

from autograder.assignment import Mistake, Mistakes

ROWS = (
    ("slope-left-out", "slope", "the slope of σ is left out", "By what does H change when A changes a little?"),
    ("slope-of-tanh", "slope", "the slope is that of tanh, 1 − h²", "Which activation does the hidden layer have?"),
    ("sum-not-mean", "mean", "the mean over the batch is left out", "What becomes of L when every input comes twice?"),
    ("bias-averaged", "bias", "the gradient of b1 is averaged once more", "Over what does L sum, where b1 is shared?"),
)


def faulty(ids):
    """Return the task's function with these mistakes."""

    def hidden_gradients(params, X, H, P, Y):
        dZ = P - Y if "sum-not-mean" in ids else (P - Y) / len(Y)
        slope = 1 - H**2 if "slope-of-tanh" in ids else H * (1 - H)
        dA = (dZ @ params.W2.T) * (1 if "slope-left-out" in ids else slope)
        return X.T @ dA, np.mean(dA, axis=0) if "bias-averaged" in ids else np.sum(dA, axis=0)

    return {"hidden_gradients": hidden_gradients}


MISTAKES = Mistakes(
    rows=tuple(
        Mistake(
            id=name,
            task="hidden_gradients",
            misconception=clause,
            question=question,
            slide="Unit 2, Backpropagation",
            shows="output",
            function="hidden_gradients",
            family=name,
            sets=frozenset({decides}),
            hides=frozenset(),
        )
        for name, decides, clause, question in ROWS
    ),
    faulty={"hidden_gradients": faulty},
)
