"""The reference is right: its gradients are those of a loss that shares no code with it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solutions import derivatives, rnn
from solutions.networks import Network, Recipe, draw_network

sizes = st.integers(1, 6)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Random shapes (one unit and one step included), both activations, both reductions, all kinds of labels."""
    recipe = Recipe(
        "random",
        T=draw(sizes),
        D=draw(sizes),
        H=draw(sizes),
        K=draw(st.integers(2, 6)),
        activation=draw(st.sampled_from(["tanh", "identity"])),
        reduction=draw(st.sampled_from(["sum", "mean"])),
        labels=draw(st.sampled_from(["one-hot", "soft", "repeated"])),
    )
    return draw_network(np.random.default_rng(draw(st.integers(0, 2**32))), recipe)


@given(networks())
@settings(max_examples=60)
def test_gradients_agree_with_complex_step_and_numdifftools(network: Network) -> None:
    """Each of the five gradients is the derivative of the loss, to rounding."""
    assert derivatives.disagreement(network.problem, network.gradient) == ""


@given(networks())
@settings(max_examples=60)
def test_loss_agrees_with_a_second_model(network: Network) -> None:
    """forward and cross_entropy together are the loss that the batched model computes by log-sum-exp."""
    loss = rnn.cross_entropy(network.states[1], network.Y, network.recipe.reduction)
    again = derivatives.batch_loss(network.problem)(derivatives.flatten(network.params)[None])[0]
    assert loss == pytest.approx(again, rel=1e-12, abs=1e-12)


@given(networks(), st.data())
@settings(max_examples=40)
def test_hidden_jacobian_agrees_with_complex_step(network: Network, data: st.DataObject) -> None:
    """∂h_t/∂h_k by the product of Jacobians is what a tiny imaginary change of h_k does to h_t."""
    H = network.states[0]
    t = data.draw(st.integers(0, len(H) - 1))
    k = data.draw(st.integers(0, t))
    columns = []
    for direction in np.eye(H.shape[1]):
        h = H[k] + 1e-200j * direction
        for x in network.X[k + 1 : t + 1]:
            a = network.params.U @ x + network.params.W @ h + network.params.b
            h = np.tanh(a) if network.recipe.activation == "tanh" else a
        columns.append(h.imag / 1e-200)
    J = rnn.hidden_jacobian(network.params, H, t, k, network.recipe.activation)
    np.testing.assert_allclose(J, np.array(columns).T, rtol=1e-10, atol=1e-12)


def test_a_wrong_gradient_is_noticed() -> None:
    """The certificate can fail: a gradient without its first step is refused."""
    network = draw_network(np.random.default_rng(1), Recipe("one", T=6, D=3, H=4, K=2))
    wrong = network.gradient._replace(W=network.gradient.W * (1 + 1e-9))
    assert derivatives.disagreement(network.problem, wrong) == "the gradient of W differs from the complex step"


@given(st.integers(0, 2**32), st.floats(-1e4, 1e4))
def test_softmax_is_invariant_to_a_shift(seed: int, shift: float) -> None:
    """A constant added to every logit changes nothing, however large."""
    o = np.random.default_rng(seed).standard_normal((3, 5))
    np.testing.assert_allclose(rnn.softmax(o + shift), rnn.softmax(o), rtol=1e-9)


def test_softmax_survives_extreme_logits_in_one_array() -> None:
    """Rows at +1e4 and -1e4 side by side neither overflow nor become 0/0."""
    with np.errstate(all="raise", under="ignore"):
        p = rnn.softmax(np.array([[1e4, 0.0, -1e4], [-1e4, -1e4, -1e4]]))
    np.testing.assert_allclose(p, [[1, 0, 0], [1 / 3, 1 / 3, 1 / 3]])


def test_cross_entropy_of_certain_and_impossible_classes() -> None:
    """0 · log 0 is 0, and a true class of probability 0 costs inf."""
    Y = np.eye(3)[[0, 1]]
    assert rnn.cross_entropy(Y, Y) == 0.0
    assert rnn.cross_entropy(np.roll(Y, 1, axis=1), Y) == np.inf


def test_generated_sequences_end_where_the_contract_says() -> None:
    """many_to_many includes the row that puts out <stop>, and never exceeds max_steps."""
    rng = np.random.default_rng(0)
    network = draw_network(rng, Recipe("closed", T=4, D=3, H=4, K=3))
    start = np.eye(3)[0]
    arguments = (network.params, network.params, network.X, network.h_init, start)
    free = rnn.many_to_many(*arguments, stop=-1, max_steps=6)
    assert free.shape == (6, 3)
    stopped = rnn.many_to_many(*arguments, stop=int(free[1].argmax()), max_steps=6)
    first = int(np.argmax(free.argmax(axis=1) == free[1].argmax()))
    np.testing.assert_array_equal(stopped, free[: first + 1])


@pytest.mark.parametrize(
    "call",
    [
        lambda w: rnn.forward(w.params, w.X, w.h_init, "relu"),
        lambda w: rnn.bptt_W(w.params, w.dO, w.states[0], w.h_init, "relu"),
        lambda w: rnn.output_error(w.states[1], w.Y, "average"),
    ],
)
def test_an_unknown_mode_is_refused(call: object) -> None:
    """A misspelt activation or reduction is an error that names what is allowed, not a silent default."""
    network = draw_network(np.random.default_rng(0), Recipe("one", T=2, D=2, H=2, K=2))
    with pytest.raises(ValueError, match="must be"):
        call(network)  # type: ignore[operator]
