"""The misprints of the lecture: where they stand, what is printed, what is right, and the check that shows it.

The one table: pages, the notebook and the tests read it. Formulas are LaTeX between dollar signs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import loss, through_time, wrappers
from .network import Network, Reading


@dataclass(frozen=True)
class Erratum:
    """One misprint."""

    name: str
    task: str  # the task that it would lead astray
    slide: str
    what: str  # which part of the slide
    printed: str
    right: str
    check: Callable[[Network], Iterator[Reading]]


_LOSS, _V, _BPTT = "Error or LOSS", "Gradient of loss wrt to V", "The Math Behind BPTT"

ERRATA = (
    Erratum(
        "loss-classes",
        "cross_entropy",
        _LOSS,
        "loss at step t",
        r"$L_t = -y_i \log \hat{y}_{tc}$: indices mixed, no sum over classes",
        r"$L_t = -\sum_c y_{tc} \log \hat{y}_{tc}$",
        loss.loss_classes,
    ),
    Erratum(
        "loss-minus",
        "cross_entropy",
        _V,
        "loss box",
        r"$L_0 = y_0 \log \hat{y}_0$: the minus is missing, against the gradient on the same slide",
        r"$L_0 = -\sum_c y_{0c} \log \hat{y}_{0c}$",
        loss.loss_minus,
    ),
    Erratum(
        "row-convention",
        "forward",
        _V,
        "loss box",
        r"$\hat{y}_0 = \operatorname{softmax}(h_0 V)$, rows, beside $U x_0 + W h_{init}$, columns",
        r"$\operatorname{softmax}(V h_0)$: $(\hat{y} - y) \otimes h$ has the shape (K, H), which fits only this",
        loss.row_convention,
    ),
    Erratum(
        "biases",
        "bptt_bias",
        _LOSS,
        "loss slide",
        r"$\theta = \lbrace U, W, V, b, c \rbrace$, but no equation or update has $b$ and $c$",
        r"$\partial L/\partial c = \sum_t \partial L/\partial o_t$ and $\partial L/\partial b = \sum_t \delta_t$",
        loss.biases,
    ),
    Erratum(
        "indices",
        "forward",
        _V,
        "indices",
        r"$t = 1 \ldots T$, $0 \ldots T-1$ and $h_{init}$ side by side",
        "one choice: steps count from 1, rows from 0, row r of `H` is $h_{r+1}$, and $h_0$ is `h_init`",
        loss.indices,
    ),
    Erratum(
        "mean",
        "bptt_V",
        _BPTT,
        "gradient of V",
        r"$L = \frac{1}{T} \sum l$, then $\partial L/\partial V = \sum_t \partial l/\partial o_t h_t^\top$: "
        r"the $\frac{1}{T}$ is gone",
        r"keep $\partial L/\partial o_t$, which holds the $\frac{1}{T}$",
        loss.mean,
    ),
    Erratum(
        "identity",
        "hidden_jacobian",
        _BPTT,
        "activation",
        r"$f(x) = x$, so that Jacobians are $W$ alone; with tanh they lack the slope",
        r"$\partial h_t/\partial h_{t-1} = \operatorname{diag}(\varphi'(a_t)) W$",
        through_time.identity,
    ),
    Erratum(
        "direct-term",
        "bptt_W",
        _BPTT,
        '"the above equation become"',
        r"$\partial h_{t+1}/\partial h_t \cdot \partial h_t/\partial W$: the direct term of step t+1 is lost",
        r"add the immediate partial of $h_{t+1}$",
        through_time.direct_term,
    ),
    Erratum(
        "first-loss",
        "bptt_W",
        _BPTT,
        "sums for W and U",
        r"$\sum_{t=1}^{T} \sum_{k=1}^{t+1}$ with $L_{t+1}$: $L_1$ is never counted, $L_{T+1}$ does not exist",
        r"$\sum_{t=1}^{T} \sum_{k=1}^{t}$ with $L_t$",
        through_time.first_loss,
    ),
    Erratum(
        "immediate",
        "bptt_W",
        "Grad of loss wrt to W",
        "∂h_k/∂W",
        r"$\partial h_k/\partial W$ is not marked as the immediate partial",
        "the immediate partial: $h_{k-1}$ is held fixed",
        through_time.immediate,
    ),
    Erratum(
        "order",
        "hidden_jacobian",
        "Grad of loss wrt to W",
        "product of Jacobians",
        r"$\prod_m \partial h_m/\partial h_{m-1}$ without an order, and matrices do not commute",
        r"from $m = j$ on the left down to $m = k+1$; the other way round it runs, and is wrong",
        through_time.order,
    ),
    Erratum(
        "gradient-u",
        "bptt_U",
        "Grad of loss wrt to U",
        "the formula",
        r"$\sum_j \sum_k (\hat{y}_j - y_j)$ $\prod_m W^\top \operatorname{diag}$ $(1 - \tanh^2(W h_{m-1} + U x_m))$ "
        r"$\otimes x_k$",
        r"$\sum_j \sum_{k \le j} [ D_k$ $( \prod_{m=k+1}^{j} W^\top D_m )$ $V^\top (\hat{y}_j - y_j) ] \otimes x_k$ "
        r"with $D_m = \operatorname{diag}(1 - h_m^2)$, $m$ rising from left to right: "
        r"$V^\top$ and $D_k$ were missing, and the vector stood on the wrong side",
        through_time.gradient_u,
    ),
    Erratum(
        "feedback",
        "one_to_one",
        "Various architectures or types of RNN: 1 to 1",
        "one to one",
        '"the output from the time step t is fed as an input": that is autoregression, and it leaves open in what form',
        "Task 11 says it: the one-hot vector of the argmax; one step is the plain case",
        wrappers.feedback,
    ),
    Erratum(
        "zeros",
        "one_to_many",
        "One-to-Many",
        "one to many",
        "does not say what enters after step 1",
        "zeros: Task 12",
        wrappers.zeros,
    ),
)
