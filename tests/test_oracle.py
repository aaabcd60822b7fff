"""The reference against others: torch's automatic differentiation, and the audit's definitions by complex step."""

from itertools import islice
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograder.audit.trials import all_trials
from autograder.judge.prediction import predict
from autograder.model.cases import Case
from autograder.model.replies import Reply, ReplyPart
from solutions import rnn
from solutions.audit import oracle
from solutions.audit.oracle import Theta
from solutions.networks import Network
from tests.test_reference import networks

few = settings(max_examples=40)


@pytest.fixture(scope="module")
def torch() -> ModuleType:
    """torch, where it is installed."""
    return pytest.importorskip("torch", reason="torch is an optional test dependency: pip install -e '.[oracle]'")


def close(got: Any, expected: Any) -> None:
    """Assert equality within rounding, relative to the largest entry."""
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.shape == expected.shape
    assert np.abs(got - expected).max(initial=0.0) <= 1e-10 * np.abs(expected).max(initial=0.0) + 1e-13


def torch_loss(torch: ModuleType, network: Network) -> tuple[Any, list[Any], Any, Any]:
    """Return (the loss, the leaves U, W, V, b, c, the states, the logits) as torch computes them."""
    U, W, V, b, c = leaves = [torch.tensor(array, requires_grad=True) for array in network.params]
    h, states = torch.tensor(network.h_init), []
    for x in torch.tensor(network.X):
        a = U @ x + W @ h + b
        h = torch.tanh(a) if network.recipe.activation == "tanh" else a
        states.append(h)
    H = torch.stack(states)
    logits = H @ V.T + c
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor(network.Y), reduction=network.recipe.reduction)
    return loss, leaves, H, logits


@given(network=networks())
@few
def test_gradients_agree_with_torch(torch: ModuleType, network: Network) -> None:
    """The loss, ∂L/∂o_t and all five gradients are those of torch's automatic differentiation."""
    loss, leaves, H, logits = torch_loss(torch, network)
    logits.retain_grad()
    loss.backward()
    close(network.states[0], H.detach())
    close(rnn.cross_entropy(network.states[1], network.Y, network.recipe.reduction), loss.detach())
    close(network.dO, logits.grad)
    for gradient, leaf in zip(network.gradient, leaves, strict=True):
        close(gradient, leaf.grad)


@given(network=networks(), data=st.data())
@few
def test_hidden_jacobian_agrees_with_torch(torch: ModuleType, network: Network, data: st.DataObject) -> None:
    """∂h_t/∂h_k is torch's Jacobian of the steps from k to t."""
    H = network.states[0]
    t = data.draw(st.integers(0, len(H) - 1))
    k = data.draw(st.integers(0, t))
    U, W, _, b, _ = (torch.tensor(array) for array in network.params)

    def later(h: Any) -> Any:
        for x in torch.tensor(network.X[k + 1 : t + 1]):
            a = U @ x + W @ h + b
            h = torch.tanh(a) if network.recipe.activation == "tanh" else a
        return h * 1.0

    expected = torch.autograd.functional.jacobian(later, torch.tensor(H[k]))
    close(rnn.hidden_jacobian(network.params, H, t, k, network.recipe.activation), expected)


@given(network=networks())
@few
def test_forward_is_torchs_own_network(torch: ModuleType, network: Network) -> None:
    """The tanh network is torch.nn.RNN with a linear layer and a softmax on top."""
    params, X, h_init = network.params, network.X, network.h_init
    network = torch.nn.RNN(X.shape[1], len(h_init), dtype=torch.float64)
    with torch.no_grad():
        for name, array in (("weight_ih", params.U), ("weight_hh", params.W), ("bias_ih", params.b)):
            getattr(network, f"{name}_l0").copy_(torch.tensor(array))
        network.bias_hh_l0.zero_()
        states, _ = network(torch.tensor(X), torch.tensor(h_init)[None])
        outputs = torch.softmax(states @ torch.tensor(params.V).T + torch.tensor(params.c), dim=-1)
    H, Y_hat = rnn.forward(params, X, h_init)
    close(H, states)
    close(Y_hat, outputs)


@given(network=networks())
@few
def test_the_audits_oracle_agrees_with_torch(torch: ModuleType, network: Network) -> None:
    """Gradients by complex step, which the audit trusts, are those of torch."""
    loss, leaves, _, _ = torch_loss(torch, network)
    loss.backward()
    for name, leaf in zip(Theta._fields, leaves, strict=True):
        close(by_complex_step(name, network), leaf.grad)


def by_complex_step(name: str, network: Network) -> Any:
    """Return the audit's derivative of the network's loss by one parameter."""
    recipe = network.recipe
    return oracle.gradient(
        name,
        Theta(*network.params),
        network.X,
        network.h_init,
        recipe.activation,
        lambda o: oracle.loss_of_logits(o, network.Y, recipe.reduction),
    )


@given(network=networks())
@few
def test_the_audits_oracle_agrees_with_the_reference(network: Network) -> None:
    """What the audit takes for the truth about losses and gradients is what the reference says, on random shapes."""
    theta, recipe, Y = Theta(*network.params), network.recipe, network.Y
    H, Y_hat = network.states
    close(oracle.states(theta, network.X, network.h_init, recipe.activation), H)
    close(oracle.outputs(theta, network.X, network.h_init, recipe.activation), Y_hat)
    close(oracle.cross_entropy(Y_hat, Y, recipe.reduction), rnn.cross_entropy(Y_hat, Y, recipe.reduction))
    close(oracle.output_error(Y_hat, Y, recipe.reduction), network.dO)
    for name, gradient in zip(Theta._fields, network.gradient, strict=True):
        close(by_complex_step(name, network), gradient)
    last = oracle.hidden_jacobian(theta, network.X[1:], H[0], recipe.activation)
    close(last, rnn.hidden_jacobian(network.params, H, len(H) - 1, 0, recipe.activation))


@given(network=networks(), stop=st.integers(0, 5))
@few
def test_the_audits_oracle_generates_what_the_reference_generates(network: Network, stop: int) -> None:
    """Step by step, a sequence that a network makes of its own outputs is the same."""
    rng = np.random.default_rng(stop)
    K, H, activation = len(network.params.c), len(network.params.b), network.recipe.activation
    writer = network.params._replace(U=rng.standard_normal((H, K)))
    theta, start = Theta(*writer), np.eye(K)[0]
    spoken = np.array(list(islice(oracle.generated(theta, start, network.h_init, activation), 7)))
    assume(np.ptp(np.sort(spoken, axis=1)[:, -2:], axis=1).min() > 1e-9)  # else the largest is a matter of rounding
    close(spoken, rnn.one_to_one(writer, start, network.h_init, 7, activation))
    question = (network.X, network.h_init, start, min(stop, K - 1), 7, activation)
    close(
        oracle.many_to_many(Theta(*network.params), theta, *question),
        rnn.many_to_many(network.params, writer, *question),
    )


def test_the_reference_answers_every_question_of_the_audit_rightly() -> None:
    """Extreme logits, zeros, saturated networks, ties and single steps included."""
    for trial in all_trials():
        case = Case(trial.call, "", trial.expected, "tuple" if trial.in_tuple else "array")
        answer = predict(getattr(rnn, trial.call.function), case)
        parts = tuple(ReplyPart(array, "float64") for array in answer.got or ())
        assert trial.fault(Reply("value", "tuple" if trial.in_tuple else "", parts, tuple(answer.changed))) == ""
