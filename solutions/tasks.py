"""The tasks: numbers, functions, parts, points and slides. The one table that everything reads."""

from autograder.assignment import Derivative, Part, Task

#: Order and names of the arrays in a network's parameters, θ on the slides.
PARAMS_FIELDS = ("U", "W", "V", "b", "c")


#: What a wrapper, a Jacobian and a gradient are right for, where those are the student's own.
_WRAPPER = _STATES = ("forward",)
_LOSS = ("forward", "cross_entropy", "output_error")
#: What the self-check differentiates is made of the student's own functions.
_RUN = {"H": "forward(params, X, h_init)[0]", "Y_hat": "forward(params, X, h_init)[1]", "dO": "output_error(Y_hat, Y)"}
_JACOBIAN = {"H": _RUN["H"], "t": "3", "k": "1", "h": "H[k]"}


def _gradient(field: str) -> Derivative:
    return Derivative(f"bptt_{field}", "cross_entropy(Y_hat, Y)", f"params.{field}", _RUN)


def _by_activation(tanh: float, identity: float, large: float = 0.0) -> tuple[Part, ...]:
    parts = (Part("tanh", tanh, "the tanh network"), Part("identity", identity, "φ = identity"))
    return (*parts, _large(large)) if large else parts


def _large(points: float) -> Part:
    # Nowhere else is there an entry above 1, so that gradients that are clipped lose this part alone.
    return Part("large", points, "large gradients")


TASKS: tuple[Task, ...] = (
    Task(
        1,
        "softmax",
        ("softmax(o)",),
        (Part("values", 5, "logits of any leading shape"), Part("stability", 3, "logits of ±1e4")),
        "Error or LOSS",
    ),
    Task(
        2,
        "cross_entropy",
        ('cross_entropy(Y_hat, Y, reduction="sum")',),
        (
            Part("sum", 3.5, "the summed loss"),
            Part("mean", 1.5, "the mean over steps"),
            Part("zeros", 2, "probabilities of exactly 0"),
        ),
        "Error or LOSS",
    ),
    Task(
        3,
        "forward",
        ('forward(params, X, h_init, activation="tanh")',),
        _by_activation(12, 3),
        "The Math Behind BPTT",
        returns=("H", "Y_hat"),
        rows_are_steps=True,
    ),
    Task(
        4,
        "output_error",
        ('output_error(Y_hat, Y, reduction="sum")',),
        (Part("sum", 4, "the summed loss"), Part("mean", 2, "the mean over steps")),
        "Gradient of loss wrt to V",
        rows_are_steps=True,
        derivatives=(Derivative("output_error", "cross_entropy(Y_hat, Y)", "o", {"Y_hat": "softmax(o)"}),),
    ),
    Task(
        5,
        "bptt_V",
        ("bptt_V(dO, H)",),
        (Part("gradient", 5.5, "the gradient of V"), _large(1.5)),
        "Gradient of loss wrt to V",
        differentiates="the loss by V",
        derivatives=(_gradient("V"),),
        builds_on=_LOSS,
    ),
    Task(
        6,
        "hidden_jacobian",
        ('hidden_jacobian(params, H, t, k, activation="tanh")',),
        _by_activation(5, 1.5, 1.5),
        "The Math Behind BPTT",
        differentiates="h_t by h_k",
        derivatives=(Derivative("hidden_jacobian", "forward(params, X[k + 1 : t + 1], h)[0][-1]", "h", _JACOBIAN),),
        builds_on=_STATES,
    ),
    Task(
        7,
        "bptt_W",
        ('bptt_W(params, dO, H, h_init, activation="tanh")',),
        _by_activation(9, 3, 3),
        "Grad of loss wrt to W",
        differentiates="the loss by W",
        derivatives=(_gradient("W"),),
        builds_on=_LOSS,
    ),
    Task(
        8,
        "bptt_U",
        ('bptt_U(params, dO, X, H, activation="tanh")',),
        _by_activation(4, 1.5, 1.5),
        "Grad of loss wrt to U",
        differentiates="the loss by U",
        derivatives=(_gradient("U"),),
        builds_on=_LOSS,
    ),
    Task(
        9,
        "bptt_bias",
        ('bptt_b(params, dO, H, activation="tanh")', "bptt_c(dO)"),
        (Part("b", 1, "the gradient of b"), Part("c", 2, "the gradient of c"), _large(1)),
        "Error or LOSS",
        differentiates="the loss by b and c",
        derivatives=(_gradient("b"), _gradient("c")),
        builds_on=_LOSS,
    ),
    Task(
        10,
        "gradient_step",
        ("gradient_step(params, grads, learning_rate)",),
        (Part("update", 3, "the update of all five"),),
        "LOSS! LOSS! LOSS!",
        returns=PARAMS_FIELDS,
    ),
    Task(
        11,
        "one_to_one",
        ('one_to_one(params, x, h_init, steps=1, activation="tanh")',),
        _by_activation(4, 1),
        "Various architectures or types of RNN: 1 to 1",
        rows_are_steps=True,
        builds_on=_WRAPPER,
    ),
    Task(
        12,
        "one_to_many",
        ('one_to_many(params, x, h_init, steps, activation="tanh")',),
        _by_activation(3, 1),
        "One-to-Many",
        rows_are_steps=True,
        builds_on=_WRAPPER,
    ),
    Task(
        13,
        "many_to_one",
        ('many_to_one(params, X, h_init, activation="tanh")',),
        _by_activation(3, 1),
        "Many-to-One",
        builds_on=_WRAPPER,
    ),
    Task(
        14,
        "many_to_many",
        ('many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh")',),
        _by_activation(6, 1),
        "Many-to-Many",
        rows_are_steps=True,
        builds_on=_WRAPPER,
    ),
)

TASK_BY_ID = {task.id: task for task in TASKS}
TASK_BY_FUNCTION = {function: task for task in TASKS for function in task.functions}
