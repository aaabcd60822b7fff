"""The worked examples: every number that a student meets on the way through the tiny network, from the reference.

The ends of each example are the reference's own answers; what lies between is the same mathematics, a line at
a time, in the lecture's terms: the double sum, not a way of programming it.
"""

from dataclasses import dataclass

import numpy as np

from .. import rnn
from ..rnn import Array
from . import tiny
from .tiny import array_shown, shown, spelled


@dataclass(frozen=True)
class Line:
    """One number, vector or matrix of an example."""

    symbol: str  # LaTeX
    how: str  # what it is made of, in Markdown
    value: Array


@dataclass(frozen=True)
class Entry:
    """One entry of an example, as a pocket calculator gives it."""

    symbol: str  # LaTeX
    arithmetic: str
    value: float


@dataclass(frozen=True)
class Worked:
    """The example of one task."""

    call: str  # what to type for it, on `tiny` and what earlier examples gave
    lines: tuple[Line, ...]
    entry: Entry
    remark: str = ""


def _line(symbol: str, how: str, value: Array | float) -> Line:
    return Line(symbol, how, np.asarray(value, dtype=np.float64))


def _entry(symbol: str, value: float, *factors: tuple[float, float] | float) -> Entry:
    """Spell out a sum of products, and of numbers that stand alone."""
    return Entry(symbol, spelled(*factors), float(value))


def _pre_activation(symbol: str, x: Array, h: Array) -> Entry:
    """Spell out the first entry of U x + W h + b."""
    U, W, b = tiny.U[0], tiny.W[0], tiny.B[0]
    return _entry(symbol, U @ x + W @ h + b, *zip(U, x, strict=True), *zip(W, h, strict=True), b)


def _outer(name: str, error: str, input_: str, errors: Array, inputs: Array, first: int, total: Array) -> list[Line]:
    """Return the outer product of each step, and their sum; `first` is the index of the first input."""
    lines = [
        _line(rf"{error}_{t + 1} \otimes {input_}_{t + first}", "", np.outer(errors[t], inputs[t])) for t in range(2)
    ]
    return [*lines, _line(rf"\partial L/\partial {name}", "their sum", total)]


def _softmax() -> Worked:
    exp = np.exp(tiny.LOGITS[0])
    return Worked(
        f"softmax(np.array({array_shown(tiny.LOGITS[0])}))",
        (
            _line("o_1", "given", tiny.LOGITS[0]),
            _line(r"e^{o_1}", "", exp),
            _line(r"\sum_j e^{(o_1)_j}", "", exp.sum()),
            _line(r"\hat{y}_1", r"$e^{o_1} / \sum_j e^{(o_1)_j}$", tiny.Y_HAT[0]),
        ),
        Entry(r"(\hat{y}_1)_1", f"{shown(exp[0])} / {shown(exp.sum())}", tiny.Y_HAT[0, 0]),
    )


def _cross_entropy() -> Worked:
    losses = [rnn.cross_entropy(tiny.Y_HAT[[t]], tiny.Y[[t]]) for t in range(2)]
    given = [_line(rf"\hat{{y}}_{t + 1}", "given", tiny.Y_HAT[t]) for t in range(2)]
    of_steps = [
        _line(f"L_{t + 1}", rf"$-\log (\hat{{y}}_{t + 1})_2$, as $y_{t + 1} = (0, 1, 0)$", losses[t]) for t in range(2)
    ]
    return Worked(
        f'cross_entropy(np.array({array_shown(tiny.Y_HAT)}), tiny["Y"])',
        (
            *given,
            *of_steps,
            _line(r"L \text{ (mean)}", "$(L_1 + L_2) / 2$", rnn.cross_entropy(tiny.Y_HAT, tiny.Y, "mean")),
            _line(r"L \text{ (sum)}", "$L_1 + L_2$", rnn.cross_entropy(tiny.Y_HAT, tiny.Y)),
        ),
        _entry("L", sum(losses), *losses),
    )


def _forward() -> Worked:
    lines = []
    for t in (1, 2):
        a, h, o, y_hat = tiny.A[t - 1], tiny.H[t - 1], tiny.LOGITS[t - 1], tiny.Y_HAT[t - 1]
        lines += [
            _line(f"a_{t}", f"$U x_{t} + W h_{t - 1} + b$", a),
            _line(f"h_{t}", rf"$\tanh(a_{t})$", h),
            _line(f"o_{t}", f"$V h_{t} + c$", o),
            _line(rf"\hat{{y}}_{t}", rf"$\operatorname{{softmax}}(o_{t})$", y_hat),
        ]
    return Worked(
        'H, Y_hat = forward(tiny["params"], tiny["X"], tiny["h_init"])',
        tuple(lines),
        _pre_activation("(a_2)_1", tiny.X[1], tiny.H[0]),
        "`H` has the rows $h_1, h_2$, and `Y_hat` has the rows $\\hat{y}_1, \\hat{y}_2$.",
    )


def _output_error() -> Worked:
    mean = rnn.output_error(tiny.Y_HAT, tiny.Y, "mean")
    means = [_line(rf"\partial L/\partial o_{t} \text{{ (mean)}}", "half of it", mean[t - 1]) for t in (1, 2)]
    sums = [_line(rf"\partial L/\partial o_{t}", rf"$\hat{{y}}_{t} - y_{t}$", tiny.DO[t - 1]) for t in (1, 2)]
    return Worked(
        'dO = output_error(Y_hat, tiny["Y"])',
        (*sums, *means),
        Entry(r"(\partial L/\partial o_1)_2", f"{shown(tiny.Y_HAT[0, 1])} - {shown(tiny.Y[0, 1])}", tiny.DO[0, 1]),
        "Each row sums to 0: what one class gains, others lose.",
    )


def _bptt_v() -> Worked:
    return Worked(
        "dV = bptt_V(dO, H)",
        tuple(_outer("V", r"\partial L/\partial o", "h", tiny.DO, tiny.H, 1, tiny.GRADS.V)),
        _entry(r"(\partial L/\partial V)_{11}", tiny.GRADS.V[0, 0], *zip(tiny.DO[:, 0], tiny.H[:, 0], strict=True)),
    )


def _hidden_jacobian() -> Worked:
    return Worked(
        'hidden_jacobian(tiny["params"], H, 1, 0)',
        (
            _line(r"\varphi'(a_2)", "$1 - h_2^2$", tiny.SLOPE[1]),
            _line(r"\partial h_2/\partial h_1", r"$\operatorname{diag}(\varphi'(a_2)) W$", tiny.JACOBIAN),
        ),
        _entry(r"(\partial h_2/\partial h_1)_{12}", tiny.JACOBIAN[0, 1], (tiny.SLOPE[1, 0], tiny.W[0, 1])),
        "Rows in code count from 0: $h_2$ is row 1 of `H`, and $h_1$ is row 0.",
    )


def _bptt_w() -> Worked:
    previous = np.array([tiny.H_INIT, tiny.H[0]])
    term = r"$\varphi'(a_%d) (\partial h_%d/\partial h_%d)^\top V^\top \partial L/\partial o_%d$"
    return Worked(
        'dW = bptt_W(tiny["params"], dO, H, tiny["h_init"])',
        (
            *(_line(rf"V^\top \partial L/\partial o_{t}", "", tiny.V.T @ tiny.DO[t - 1]) for t in (1, 2)),
            *(_line(rf"\varphi'(a_{t})", f"$1 - h_{t}^2$", tiny.SLOPE[t - 1]) for t in (1, 2)),
            _line("t=1, k=1", term % (1, 1, 1, 1), tiny.TERM_11),
            _line("t=2, k=1", term % (1, 2, 1, 2), tiny.TERM_21),
            _line("t=2, k=2", term % (2, 2, 2, 2), tiny.TERM_22),
            _line(r"\delta_1", "the terms with $k=1$", tiny.DELTA[0]),
            _line(r"\delta_2", "the terms with $k=2$", tiny.DELTA[1]),
            *_outer("W", r"\delta", "h", tiny.DELTA, previous, 0, tiny.GRADS.W),
        ),
        _entry(
            r"(\partial L/\partial W)_{11}", tiny.GRADS.W[0, 0], *zip(tiny.DELTA[:, 0], previous[:, 0], strict=True)
        ),
        "The Jacobian is that of Task 6; for $t = k$ it is the identity.",
    )


def _bptt_u() -> Worked:
    return Worked(
        'dU = bptt_U(tiny["params"], dO, tiny["X"], H)',
        tuple(_outer("U", r"\delta", "x", tiny.DELTA, tiny.X, 1, tiny.GRADS.U)),
        _entry(r"(\partial L/\partial U)_{12}", tiny.GRADS.U[0, 1], *zip(tiny.DELTA[:, 0], tiny.X[:, 1], strict=True)),
        "$\\delta_1, \\delta_2$ are those of Task 7. The character p never entered, so nothing is known of its column.",
    )


def _bptt_bias() -> Worked:
    return Worked(
        'db, dc = bptt_b(tiny["params"], dO, H), bptt_c(dO)',
        (
            _line(r"\partial L/\partial b", r"$\delta_1 + \delta_2$", tiny.GRADS.b),
            _line(r"\partial L/\partial c", r"$\partial L/\partial o_1 + \partial L/\partial o_2$", tiny.GRADS.c),
        ),
        _entry(r"(\partial L/\partial b)_1", tiny.GRADS.b[0], *tiny.DELTA[:, 0]),
    )


def _gradient_step() -> Worked:
    new = rnn.gradient_step(tiny.PARAMS, tiny.GRADS, tiny.LEARNING_RATE)
    before, after = (
        rnn.cross_entropy(rnn.forward(params, tiny.X, tiny.H_INIT)[1], tiny.Y) for params in (tiny.PARAMS, new)
    )
    alpha = shown(tiny.LEARNING_RATE)
    return Worked(
        f'gradient_step(tiny["params"], Params(dU, dW, dV, db, dc), {alpha})',
        (
            _line("W", rf"$W - {alpha} \partial L/\partial W$", new.W),
            _line("b", rf"$b - {alpha} \partial L/\partial b$", new.b),
            _line("L", "before the step", before),
            _line("L'", "after it", after),
        ),
        Entry("b_1", f"{shown(tiny.B[0])} - {alpha} · {_bracketed(tiny.GRADS.b[0])}", new.b[0]),
        "Here `dU` to `dc` are what Tasks 5 to 9 gave. The loss falls: that is what all of it is for.",
    )


def _one_to_one() -> Worked:
    outputs = rnn.one_to_one(tiny.PARAMS, tiny.X[0], tiny.H_INIT, 2)
    chosen = np.eye(3)[outputs[0].argmax()]
    return Worked(
        'one_to_one(tiny["params"], tiny["X"][0], tiny["h_init"], steps=2)',
        (
            _line(r"\hat{y}_1", "from $x_1 = (1, 0, 0)$", outputs[0]),
            _line("x_2", r"one-hot of the argmax of $\hat{y}_1$", chosen),
            _line(r"\hat{y}_2", "from $x_2$ and $h_1$", outputs[1]),
        ),
        _pre_activation("(a_2)_1", chosen, tiny.H[0]),
    )


def _one_to_many() -> Worked:
    at_first = np.array([tiny.X[0], np.zeros(3)])
    H, outputs = rnn.forward(tiny.PARAMS, at_first, tiny.H_INIT)
    return Worked(
        'one_to_many(tiny["params"], tiny["X"][0], tiny["h_init"], steps=2)',
        (
            _line(r"\hat{y}_1", "from $x_1 = (1, 0, 0)$", outputs[0]),
            _line("a_2", "$W h_1 + b$, as $x_2 = (0, 0, 0)$", tiny.W @ H[0] + tiny.B),
            _line("h_2", r"$\tanh(a_2)$", H[1]),
            _line(r"\hat{y}_2", r"$\operatorname{softmax}(V h_2 + c)$", outputs[1]),
        ),
        _pre_activation("(a_2)_1", at_first[1], H[0]),
    )


def _many_to_one() -> Worked:
    last = rnn.many_to_one(tiny.PARAMS, tiny.X, tiny.H_INIT)
    return Worked(
        'many_to_one(tiny["params"], tiny["X"], tiny["h_init"])',
        (_line("h_2", "as in Task 3", tiny.H[1]), _line(r"\hat{y}_2", r"$\operatorname{softmax}(V h_2 + c)$", last)),
        _entry("(o_2)_1", tiny.LOGITS[1, 0], *zip(tiny.V[0], tiny.H[1], strict=True), tiny.C[0]),
    )


def _many_to_many() -> Worked:
    outputs = rnn.many_to_many(tiny.PARAMS, tiny.PARAMS, tiny.X, tiny.H_INIT, tiny.START, tiny.STOP, 4)
    states = rnn.forward(tiny.PARAMS, np.array([tiny.START, np.eye(3)[outputs[0].argmax()]]), tiny.H[1])[0]
    return Worked(
        f'many_to_many(tiny["params"], tiny["params"], tiny["X"], tiny["h_init"], np.eye(3)[2], {tiny.STOP}, 4)',
        (
            _line("h_0", "the encoder's last state: $h_2$ of Task 3", tiny.H[1]),
            _line("h_1", "from $x_1 = (0, 0, 1)$, the start", states[0]),
            _line(r"\hat{y}_1", r"$\operatorname{softmax}(V h_1 + c)$", outputs[0]),
            _line("x_2", r"one-hot of the argmax of $\hat{y}_1$", np.eye(3)[outputs[0].argmax()]),
            _line("h_2", "from $x_2$ and $h_1$", states[1]),
            _line(r"\hat{y}_2", r"$\operatorname{softmax}(V h_2 + c)$", outputs[1]),
        ),
        _pre_activation("(a_1)_1", tiny.START, tiny.H[1]),
        "Encoder and decoder have the same weights here, to keep the numbers few; yours must not rely on that. "
        f"The argmax of $\\hat{{y}}_2$ is class {tiny.STOP}, counted from 0, which is `stop`: two rows come out, "
        "though four may.",
    )


def _bracketed(value: float) -> str:
    text = shown(value)
    return f"({text})" if text.startswith("-") else text


#: The example of each task, by its id.
WORKED: dict[str, Worked] = {
    "softmax": _softmax(),
    "cross_entropy": _cross_entropy(),
    "forward": _forward(),
    "output_error": _output_error(),
    "bptt_V": _bptt_v(),
    "hidden_jacobian": _hidden_jacobian(),
    "bptt_W": _bptt_w(),
    "bptt_U": _bptt_u(),
    "bptt_bias": _bptt_bias(),
    "gradient_step": _gradient_step(),
    "one_to_one": _one_to_one(),
    "one_to_many": _one_to_many(),
    "many_to_one": _many_to_one(),
    "many_to_many": _many_to_many(),
}
