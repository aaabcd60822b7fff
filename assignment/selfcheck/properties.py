"""Properties that must hold whatever the numbers are: no stored answer takes part, and no points depend on them.

A wrong value says that something is wrong. A property that fails often says what.
"""

from collections.abc import Callable

import numpy as np

from .cases import SMALL, TOLERANCE, Array
from .compare import difference, place, unpack
from .extras import Property
from .network import Own
from .results import Finding, Wrong

# Small enough for every step to lead downhill, large enough to be seen.
_RATE = 1e-2
_FUTURE = 2  # the sequence is cut after so many steps


class _Small(Own):
    """The student's functions on the small network, by name, with arrays as results."""

    def call(self, name: str, *args: object) -> np.ndarray:
        return unpack(self.student.invoke(name, *args), "array", {"result": ()})["result"]

    def run(self, X: Array, h_init: Array) -> tuple[np.ndarray, np.ndarray]:
        return self.forward(self.params(), X, h_init)

    def question(self) -> dict[str, object]:
        """Return fresh arguments of the gradients; the errors are inputs of their own, as any would do."""
        H, Y_hat = self.run(self.array("X"), self.array("h_init"))
        dO = np.asarray(Y_hat - self.array("Y"), np.float64)
        return {"params": self.params(), "dO": dO, "X": self.array("X"), "H": H, "h_init": self.array("h_init")}


def on_the_small_network(known: Property) -> Property:
    """Return a property of the functions on the small network as one of a student."""
    return known._replace(broken=lambda student: known.broken(_Small(student)))


def _same(left: np.ndarray, right: np.ndarray, name: str) -> tuple[str, str] | None:
    if left.shape != right.shape:
        raise Wrong(Finding(f"{name} has another shape"))  # which the check of its values says
    coarse = np.float32 in (left.dtype, right.dtype)
    found = difference(left, np.asarray(right, np.float64), TOLERANCE.float32 if coarse else TOLERANCE.float64)
    if found is None:
        return None
    entry = place(name, found.first)
    return f"{entry} = {right[found.first]:.8g}", f"{entry} = {left[found.first]:.8g}"


def _shift(own: _Small) -> tuple[str, str] | None:
    o = own.array("o")
    s = np.linspace(-3.0, 5.0, len(o))[:, None]  # another one for each row
    return _same(own.call("softmax", o + s), own.call("softmax", own.array("o")), "softmax(o + s)")


def _adds_up(own: _Small) -> tuple[str, str] | None:
    Y, Y_hat = own.array("Y"), np.asarray(own.call("softmax", own.array("o")), np.float64)
    steps = [own.call("cross_entropy", Y_hat[t : t + 1].copy(), Y[t : t + 1].copy()) for t in range(len(Y))]
    return _same(own.call("cross_entropy", Y_hat.copy(), Y.copy()), np.sum(steps, axis=0), "the loss")


def _goes_on(own: _Small) -> tuple[str, str] | None:
    X, h_init = own.array("X"), own.array("h_init")
    H, _ = own.run(X.copy(), h_init.copy())
    first, _ = own.run(X[:_FUTURE].copy(), h_init.copy())
    rest, _ = own.run(X[_FUTURE:].copy(), first[-1].copy())
    return _same(np.concatenate([first, rest]), H, "H")


def _rows_cancel(own: _Small) -> tuple[str, str] | None:
    Y = own.array("Y")
    Y_hat = np.asarray(SMALL["o"], np.float64)
    Y_hat = np.exp(Y_hat) / np.exp(Y_hat).sum(axis=1, keepdims=True)
    dO = own.call("output_error", Y_hat, Y)
    sums = np.asarray(dO.sum(axis=-1), np.float64)
    worst = int(np.abs(sums).argmax())
    if np.abs(sums).max() <= TOLERANCE.float32 * max(float(np.abs(dO).max()), 1e-12):
        return None
    return f"the entries of dO[{worst}] add up to 0", f"they add up to {sums[worst]:.6g}"


def _splits(*functions: str) -> "Callable[[_Small], tuple[str, str] | None]":
    """A gradient of a sum is the sum of the gradients: for the losses of single steps."""
    names = {
        "bptt_V": ("dO", "H"),
        "bptt_W": ("params", "dO", "H", "h_init"),
        "bptt_U": ("params", "dO", "X", "H"),
        "bptt_b": ("params", "dO", "H"),
        "bptt_c": ("dO",),
    }

    def gradient(own: _Small, function: str, weights: Array) -> np.ndarray:
        question = own.question()
        # Large errors: what is clipped on the way shows.
        question["dO"] = 40.0 * weights[:, None] * np.asarray(question["dO"])
        return own.call(function, *(question[name] for name in names[function]))

    def broken(own: _Small) -> tuple[str, str] | None:
        T = len(own.array("X"))
        for function in functions:
            parts = [gradient(own, function, row) for row in np.eye(T)]
            if len({part.shape for part in parts}) > 1:
                raise Wrong(Finding(f"{function} gives arrays of several shapes"))
            if found := _same(gradient(own, function, np.ones(T)), np.sum(parts, axis=0), f"{function}(…)"):
                return found
        return None

    return broken


def _chains(own: _Small) -> tuple[str, str] | None:
    H, _ = own.run(own.array("X"), own.array("h_init"))
    t, m, k = len(H) - 1, 1, 0

    def J(later: int, earlier: int) -> np.ndarray:
        return own.call("hidden_jacobian", own.params(), H.copy(), later, earlier)

    left, right = J(t, m), J(m, k)
    if left.ndim != 2 or left.shape != right.shape:
        return "square matrices", f"arrays of shapes {left.shape} and {right.shape}"
    return _same(J(t, k), left @ right, f"J({t}, {k})")


def _descends(own: _Small) -> tuple[str, str] | None:
    def loss(params: object) -> float:
        return float(own.loss(own.forward(params, own.array("X"), own.array("h_init"))[1]))

    grads = {}
    for field in own.theta:
        question = own.question()
        names = {"U": ("params", "dO", "X", "H"), "W": ("params", "dO", "H", "h_init"), "V": ("dO", "H")}
        names |= {"b": ("params", "dO", "H"), "c": ("dO",)}
        grads[field] = own.call(f"bptt_{field}", *(question[name] for name in names[field]))
    before = loss(own.params())
    after = loss(own.student.invoke("gradient_step", own.params(), own.student.invoke("Params", **grads), _RATE))
    return None if after < before else (f"a loss below {before:.6g}", f"{after:.6g}")


def _first_only(own: _Small) -> tuple[str, str] | None:
    X = own.array("X")
    X[1:] = 0.0
    got = own.call("one_to_many", own.params(), X[0].copy(), own.array("h_init"), len(X))
    return _same(got, own.run(X, own.array("h_init"))[1], "result")


def _last_row(own: _Small) -> tuple[str, str] | None:
    got = own.call("many_to_one", own.params(), own.array("X"), own.array("h_init"))
    return _same(got, own.run(own.array("X"), own.array("h_init"))[1][-1], "result")


def _begins_alike(own: _Small) -> tuple[str, str] | None:
    x = own.array("X")[0]
    longer, shorter = (own.call("one_to_one", own.params(), x.copy(), own.array("h_init"), n) for n in (4, 2))
    return _same(longer[:2], shorter, "result")


def _is_cut(own: _Small) -> tuple[str, str] | None:
    start = np.eye(len(own.theta["c"]))[0]
    rows = [
        own.call("many_to_many", own.params(), own.params(), own.array("X"), own.array("h_init"), start.copy(), 0, n)
        for n in (5, 2)
    ]
    return _same(rows[0][:2], rows[1], "result")


_FORWARD = ("forward-tanh",)
_SUM = "the gradient of L_1 + … + L_T is the sum of the gradients of L_1, …, L_T"
_LINEAR = (
    "a derivative of a sum is the sum of the derivatives, and dO enters once: nothing may be clipped, squashed "
    "or divided by its size on the way"
)

PROPERTIES = (
    Property(
        "softmax",
        "shift",
        "softmax(o + s) = softmax(o), with a number s for each row",
        "exp(o + s) = exp(s)·exp(o), and exp(s) cancels in the fraction; so each row's maximum can be subtracted",
        _shift,
    ),
    Property(
        "cross_entropy",
        "steps",
        "the loss of a sequence is the sum of the losses of its steps",
        "each step has a loss of its own, L = Σ_t L_t, and none looks at another step",
        _adds_up,
        ("softmax-values",),
    ),
    Property(
        "forward",
        "two-pieces",
        "a sequence in two pieces, the second started from the last state of the first, gives the same states",
        "h_t is made from x_t and h_{t-1} alone: the state is all that the network knows of the past",
        _goes_on,
    ),
    Property(
        "output_error",
        "rows",
        "each row of ∂L/∂o adds up to 0",
        "adding one number to all logits of a step changes no probability, so the loss has no slope that way",
        _rows_cancel,
    ),
    Property("bptt_V", "sum", _SUM, _LINEAR, _splits("bptt_V"), _FORWARD),
    Property(
        "hidden_jacobian",
        "chain",
        "J(t, k) = J(t, m) J(m, k) for every m between k and t",
        "from h_k to h_t there is no way but through h_m; the later factor stands on the left",
        _chains,
        _FORWARD,
    ),
    Property("bptt_W", "sum", _SUM, _LINEAR, _splits("bptt_W"), _FORWARD),
    Property("bptt_U", "sum", _SUM, _LINEAR, _splits("bptt_U"), _FORWARD),
    Property("bptt_bias", "sum", _SUM, _LINEAR, _splits("bptt_b", "bptt_c"), _FORWARD),
    Property(
        "gradient_step",
        "downhill",
        "a small step against the gradient lowers the loss",
        "to first order the loss changes by -α·|∂L/∂θ|², which is below 0",
        _descends,
        (
            *("softmax-values", "cross_entropy-sum", "forward-tanh", "output_error-sum", "bptt_V-gradient"),
            *("bptt_W-tanh", "bptt_U-tanh", "bptt_bias-b", "bptt_bias-c"),
        ),
    ),
    Property(
        "one_to_one",
        "beginning",
        "more steps begin as fewer do",
        "an output is fed forward and never back: what comes later cannot change what was put out",
        _begins_alike,
        _FORWARD,
    ),
    Property(
        "one_to_many",
        "zeros",
        "it is forward on x followed by zeros",
        "one input, many outputs: the cell is the same, and nothing enters after the first step",
        _first_only,
        _FORWARD,
    ),
    Property(
        "many_to_one",
        "last",
        "it is the last row of what forward puts out",
        "the last step alone has read everything, and the cell is the same",
        _last_row,
        _FORWARD,
    ),
    Property(
        "many_to_many",
        "beginning",
        "more steps begin as fewer do",
        "max_steps ends a translation, and changes nothing in it",
        _is_cut,
        _FORWARD,
    ),
)
