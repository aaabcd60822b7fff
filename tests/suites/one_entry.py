"""Checks of the kind that a first exercise has: a shape, and one entry to 1e-2."""

import numpy as np
from rnn_layers import cross_entropy_loss, rnn_cell, rnn_forward, softmax_rows

DICE = np.random.RandomState(3)
WEIGHTS = {
    "Wxh": DICE.randn(5, 3),
    "Whh": DICE.randn(5, 5),
    "Why": DICE.randn(2, 5),
    "bh": DICE.randn(5),
    "by": DICE.randn(2),
}
INPUTS = DICE.randn(3, 4, 6)  # features, examples, steps
FIRST = DICE.randn(5, 4)


def test_softmax():
    rows = softmax_rows(np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]))
    assert rows.shape == (2, 3)
    assert abs(rows[0, 2] - 0.665) < 1e-2


def test_cell():
    state, output = rnn_cell(INPUTS[:, :, 0], FIRST, WEIGHTS)
    assert state.shape == (5, 4)
    assert output.shape == (2, 4)
    assert abs(state[2, 1] - 0.955) < 1e-2
    assert abs(output[1, 3] - 0.994) < 1e-2


def test_forward():
    states, outputs = rnn_forward(INPUTS, FIRST, WEIGHTS)
    assert states.shape == (5, 4, 6)
    assert outputs.shape == (2, 4, 6)
    assert abs(states[4, 1, 1] - -1.000) < 1e-2
    assert abs(outputs[1, 3, 5] - 0.462) < 1e-2


def test_loss():
    predicted = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]])
    assert abs(cross_entropy_loss(predicted, np.eye(3)[[0, 1]]) - 0.58) < 1e-2
