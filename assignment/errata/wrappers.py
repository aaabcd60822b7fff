"""The slides on architectures: other readings of their words, against what your functions put out."""

from collections.abc import Iterator

import numpy as np

from .network import Network, Reading, compare


def feedback(net: Network) -> Iterator[Reading]:
    """Step 2 is fed with the output ŷ_1 as it is, not with the one-hot vector of its argmax."""
    rnn, net = net.rnn, Network(net.rnn, D=4)
    due = rnn.one_to_one(net.params(), net.X[0], net.h_init, 2)
    H, first = rnn.forward(net.params(), net.X[:1], net.h_init)
    _, second = rnn.forward(net.params(), first, H[0])
    yield compare("step 1", first[0], due[0])
    yield compare("step 2", second[0], due[1])


def zeros(net: Network) -> Iterator[Reading]:
    """The single input enters at every step, not at the first alone."""
    rnn = net.rnn
    due = rnn.one_to_many(net.params(), net.X[0], net.h_init, 3)
    _, printed = rnn.forward(net.params(), np.tile(net.X[0], (3, 1)), net.h_init)
    yield compare("step 1", printed[0], due[0])
    yield compare("steps 2 and 3", printed[1:], due[1:])
