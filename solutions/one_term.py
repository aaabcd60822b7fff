"""Questions in which all terms but one are 0: where an answer is wrong, they tell which of its terms is.

Others are asked with the identity as well as with tanh, so that it shows where that makes no difference. Who is right
is asked none of them. `facts.LOOKS` of the self-check says where to look if the answer to one is wrong.
"""

from collections.abc import Iterator

import numpy as np

from autograder.model.cases import Case, ask

from .networks import Network
from .rnn import Params


def one_term(of_gradients: dict[str, Network], of_outputs: dict[str, Network]) -> Iterator[Case]:
    """Yield such questions about every function that adds terms up, from networks that are drawn already."""
    yield from _forward(of_outputs["plain"])
    yield from _jacobian(of_gradients["square"])
    yield from _gradients(of_gradients["plain"])


def _forward(network: Network) -> Iterator[Case]:
    params, X, h_init = network.params, network.X, network.h_init
    nothing = Params(*map(np.zeros_like, params))
    yield ask("forward", "tanh", "h_init is 0", params, X, 0 * h_init)
    yield ask("forward", "tanh", "only b and c are not 0", nothing._replace(b=params.b, c=params.c), 0 * X, 0 * h_init)
    yield ask("forward", "tanh", "only x is not 0", nothing._replace(U=params.U, V=params.V), X, 0 * h_init)
    yield ask("forward", "tanh", "only h_init is not 0", nothing._replace(W=params.W, V=params.V), 0 * X, h_init)
    yield ask("forward", "identity", "plain, identity", params, X, h_init, activation="identity")
    yield ask("one_to_many", "tanh", "h_init is 0", params, X[0], 0 * h_init, 6)
    yield ask("many_to_one", "tanh", "h_init is 0", params, X, 0 * h_init)


def _jacobian(network: Network) -> Iterator[Case]:
    params, H = network.params, network.states[0]
    yield ask("hidden_jacobian", "tanh", "W is 1", params._replace(W=np.eye(len(H[0]))), H, 4, 2)
    yield ask("hidden_jacobian", "tanh", "all states are 0", params, 0 * H, 4, 2)
    yield ask("hidden_jacobian", "identity", "square, t=6, k=2, identity", params, H, 6, 2, activation="identity")


def _gradients(network: Network) -> Iterator[Case]:
    params, X, h_init, H = network.params, network.X, network.h_init, network.states[0]
    dO = network.dO / max(1.0, network.largest) / 4  # no entry beyond 1, also where all slopes are 1: no clip shows
    steps = np.arange(len(dO))[:, None]  # (T, 1)
    first, last = dO * (steps == 0), dO * (steps == len(dO) - 1)
    for name, theta, errors, states in (
        ("only step 1 has an error", params, first, H),
        ("W is 0", params._replace(W=0 * params.W), dO, H),
        ("only the last step has an error", params, last, H),
        ("all states are 0", params, dO, 0 * H),
    ):
        yield ask("bptt_W", "tanh", name, theta, errors, states, h_init)
        yield ask("bptt_U", "tanh", name, theta, errors, X, states)
        yield ask("bptt_b", "b", name, theta, errors, states)
    yield ask("bptt_W", "tanh", "h_init is 0", params, dO, H, 0 * h_init)
    name = "only the last step has an error, identity"
    yield ask("bptt_W", "identity", name, params, last, H, h_init, activation="identity")
    yield ask("bptt_U", "identity", name, params, last, X, H, activation="identity")
    yield ask("bptt_b", "b", name, params, last, H, activation="identity")
    yield ask("bptt_V", "gradient", "only step 1 has an error", first, H)
    yield ask("bptt_V", "gradient", "only the last step has an error", last, H)
