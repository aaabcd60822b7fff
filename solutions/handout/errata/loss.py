"""The slides on the loss and the readout: each formula as printed, against a derivative of your own loss."""

from collections.abc import Iterator

import numpy as np

from .network import Network, Reading, compare, numerical

# A label with more than one class in it, and logits.
_y = np.array([[0.6, 0.3, 0.1, 0.0]])
_o = np.array([[0.4, -0.3, 0.9, 0.1]])


def loss_classes(net: Network) -> Iterator[Reading]:
    """−y_i log ŷ_tc, with i and c the likeliest class."""
    rnn, i = net.rnn, _y[0].argmax()
    due = numerical(lambda o: rnn.cross_entropy(rnn.softmax(o), _y), _o)
    printed = numerical(lambda o: -_y[0, i] * np.log(rnn.softmax(o)[0, i]), _o)
    yield compare("as printed", printed, due)
    yield compare("your output_error", rnn.output_error(rnn.softmax(_o), _y), due, "output_error")


def loss_minus(net: Network) -> Iterator[Reading]:
    """+Σ_c y_0c log ŷ_0c: the minus is missing."""
    rnn = net.rnn
    due = numerical(lambda o: rnn.cross_entropy(rnn.softmax(o), _y), _o)
    printed = numerical(lambda o: np.sum(_y * np.log(rnn.softmax(o))), _o)
    yield compare("as printed", printed, due)
    yield compare("your output_error", rnn.output_error(rnn.softmax(_o), _y), due, "output_error")


def row_convention(net: Network) -> Iterator[Reading]:
    """softmax(h V): V must have the shape (H, K), and so has its gradient."""
    net = Network(net.rnn, K=3)
    H, _ = net.forward()
    due = numerical(lambda V: net.loss(V=V), net.V)
    printed = numerical(lambda V: net.rnn.cross_entropy(net.rnn.softmax(H @ V), net.Y), net.V.T)
    yield compare("as printed", printed, due)
    yield compare("your bptt_V", net.rnn.bptt_V(net.dO(), H), due, "bptt_V")


def biases(net: Network) -> Iterator[Reading]:
    """No equation moves b and c: as if their gradients were zero."""
    H, _ = net.forward()
    db, dc = numerical(lambda b: net.loss(b=b), net.b), numerical(lambda c: net.loss(c=c), net.c)
    yield compare("as printed, b", np.zeros(4), db)
    yield compare("as printed, c", np.zeros(4), dc)
    yield compare("your bptt_b", net.rnn.bptt_b(net.params(), net.dO(), H), db, "bptt_bias")
    yield compare("your bptt_c", net.rnn.bptt_c(net.dO()), dc, "bptt_bias")


def indices(net: Network) -> Iterator[Reading]:
    """Steps 1..T taken for rows of an array: row T is not there, and row 0 is never counted."""
    H, _ = net.forward()
    due = numerical(lambda V: net.loss(V=V), net.V)
    yield compare("as printed", numerical(lambda V: net.loss(first=1, V=V), net.V), due)
    yield compare("your bptt_V", net.rnn.bptt_V(net.dO(), H), due, "bptt_V")


def mean(net: Network) -> Iterator[Reading]:
    """Σ_t ∂l/∂o_t h_tᵀ is the gradient of the sum of the losses, not of their mean."""
    H, _ = net.forward()
    due = numerical(lambda V: net.loss("mean", V=V), net.V)
    yield compare("as printed", numerical(lambda V: net.loss("sum", V=V), net.V), due)
    yield compare("your bptt_V", net.rnn.bptt_V(net.dO("mean"), H), due, "bptt_V")
