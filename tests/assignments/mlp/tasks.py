"""The table of tasks."""

from autograder.assignment import Derivative, Part, Task


def parts(values, one):
    """Return the two parts that most tasks have."""
    return Part("values", values, "batches of several inputs"), Part("one", one, "a batch of one input")


OUTPUTS = {"P": "softmax(H @ params.W2 + params.b2)"}
BATCH = {"H": "forward(params, X)[0]", "P": "forward(params, X)[1]"}


def by(function, of, where, *names):
    """Return what a function differentiates, by which parameters."""
    return tuple(Derivative(function, of, by=f"params.{name}", item=f"d{name}", where=where) for name in names)


TASKS = (
    Task(1, "softmax", ("softmax(Z)",), (*parts(8, 2), Part("large", 5, "large logits"))),
    Task(2, "forward", ("forward(params, X)",), parts(12, 3), returns=("H", "P")),
    Task(3, "cross_entropy", ("cross_entropy(P, Y)",), parts(12, 3)),
    Task(
        4,
        "output_gradients",
        ("output_gradients(H, P, Y)",),
        parts(12, 3),
        returns=("dW2", "db2"),
        differentiates="the loss by W2 and b2",
        derivatives=by("output_gradients", "cross_entropy(P, Y)", OUTPUTS, "W2", "b2"),
    ),
    Task(
        5,
        "hidden_gradients",
        ("hidden_gradients(params, X, H, P, Y)",),
        parts(25, 5),
        returns=("dW1", "db1"),
        differentiates="the loss by W1 and b1",
        derivatives=by("hidden_gradients", "cross_entropy(P, Y)", BATCH, "W1", "b1"),
    ),
    Task(
        6,
        "gradient_step",
        ("gradient_step(params, grads, rate)",),
        (Part("values", 10, "ordinary gradients"),),
        returns=("W1", "b1", "W2", "b2"),
    ),
)
