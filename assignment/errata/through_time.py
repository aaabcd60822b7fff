"""The slides on backpropagation through time: each formula as printed, against a derivative of your own loss.

Row t of an array is step t + 1 of the slides. What a formula is made of is differentiated numerically as well.
"""

from collections.abc import Iterator

import numpy as np

from .network import Network, Reading, compare, numerical


def identity(net: Network) -> Iterator[Reading]:
    """∂h_t/∂h_{t-1} = W, though φ is tanh."""
    H, _ = net.forward()
    due = net.dh_dh(3, 2)
    yield compare("as printed", net.W, due)
    yield compare("your hidden_jacobian", net.rnn.hidden_jacobian(net.params(), H, 3, 2), due, "hidden_jacobian")


def direct_term(net: Network) -> Iterator[Reading]:
    """Σ over the steps of ∂L/∂o · ∂o/∂h · ∂h_{t+1}/∂h_t · ∂h_t/∂W."""
    dO, printed = net.dO(), np.zeros(net.W.shape)
    for t in range(net.T - 1):
        printed += np.tensordot(dO[t + 1] @ net.V @ net.dh_dh(t + 1, t), net.dh_dW(t), 1)
    yield from _against_w(net, "as printed", printed)


def first_loss(net: Network) -> Iterator[Reading]:
    """Σ_t with L_{t+1}: the loss of step 1 is never counted, and L_{T+1} is not there."""
    H, _ = net.forward()
    yield from _against_w(net, "as printed, W", numerical(lambda W: net.loss(first=1, W=W), net.W))
    due = numerical(lambda U: net.loss(U=U), net.U)
    yield compare("as printed, U", numerical(lambda U: net.loss(first=1, U=U), net.U), due)
    yield compare("your bptt_U", net.rnn.bptt_U(net.params(), net.dO(), net.X, H), due, "bptt_U")


def immediate(net: Network) -> Iterator[Reading]:
    """Σ_t Σ_{k≤t} ∂L_t/∂h_t · ∂h_t/∂h_k · ∂h_k/∂W, with all of ∂h_k/∂W: what came before k is counted again."""
    dO, printed = net.dO(), np.zeros(net.W.shape)
    for t in range(net.T):
        for k in range(t + 1):
            printed += np.tensordot(dO[t] @ net.V @ net.dh_dh(t, k), net.dh_dW(k), 1)
    yield from _against_w(net, "as printed", printed)


def order(net: Network) -> Iterator[Reading]:
    """∏ from m = k+1 to j, written from left to right as the index rises."""
    H, _ = net.forward()
    due = net.dh_dh(2, 0)
    yield compare("as printed", net.dh_dh(1, 0) @ net.dh_dh(2, 1), due)
    yield compare("your hidden_jacobian", net.rnn.hidden_jacobian(net.params(), H, 2, 0), due, "hidden_jacobian")


def gradient_u(net: Network) -> Iterator[Reading]:
    """Σ_j Σ_k (ŷ_j − y_j) ∏ Wᵀ diag(1 − tanh²(…)) ⊗ x_k, from left to right: ∏ is (∂h_j/∂h_k)ᵀ. It needs H = K."""
    H, _ = net.forward()
    dO, printed = net.dO(), np.zeros(net.U.shape)
    for j in range(net.T):
        for k in range(j + 1):
            printed += np.outer(net.dh_dh(j, k) @ dO[j], net.X[k])
    due = numerical(lambda U: net.loss(U=U), net.U)
    yield compare("as printed", printed, due)
    yield compare("your bptt_U", net.rnn.bptt_U(net.params(), dO, net.X, H), due, "bptt_U")


def _against_w(net: Network, what: str, printed: np.ndarray) -> Iterator[Reading]:
    H, _ = net.forward()
    due = numerical(lambda W: net.loss(W=W), net.W)
    yield compare(what, printed, due)
    yield compare("your bptt_W", net.rnn.bptt_W(net.params(), net.dO(), H, net.h_init), due, "bptt_W")
