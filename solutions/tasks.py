"""The tasks: numbers, functions, parts, points and slides. The one table that everything reads."""

from dataclasses import dataclass, replace

#: Order and names of the arrays in a network's parameters, θ on the slides.
PARAMS_FIELDS = ("U", "W", "V", "b", "c")


@dataclass(frozen=True)
class Part:
    """A share of a task's points, earned when every case of that part is right."""

    id: str
    points: float
    what: str  # completes the sentence "right for …"

    def scaled(self, scale: float) -> "Part":
        """Return the part with so many times its points."""
        return replace(self, points=round(self.points * scale, 4))


@dataclass(frozen=True)
class Task:
    """One row of the assignment; `id` names it in stubs, tests, CSV columns and feedback alike."""

    number: int
    id: str
    signatures: tuple[str, ...]  # one per function, as the handout prints it
    parts: tuple[Part, ...]
    slide: str

    @property
    def points(self) -> float:
        """The task's points before an instructor changes them."""
        return sum(part.points for part in self.parts)

    def with_parts(self, parts: tuple[Part, ...]) -> "Task":
        """Return the task with other parts."""
        return replace(self, parts=parts)

    @property
    def functions(self) -> tuple[str, ...]:
        """The names of the functions that students write for this task."""
        return tuple(signature.partition("(")[0] for signature in self.signatures)

    @property
    def title(self) -> str:
        """How a stub, a test and a report head this task."""
        return f"Task {self.number}: {self.id}"


def _by_activation(tanh: float, identity: float) -> tuple[Part, ...]:
    return (Part("tanh", tanh, "the tanh network"), Part("identity", identity, "the identity activation"))


TASKS: tuple[Task, ...] = (
    Task(
        1,
        "softmax",
        ("softmax(o)",),
        (Part("values", 5, "ordinary logits of any leading shape"), Part("stability", 3, "logits of ±1e4")),
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
        3, "forward", ('forward(params, X, h_init, activation="tanh")',), _by_activation(12, 3), "The Math Behind BPTT"
    ),
    Task(
        4,
        "output_error",
        ('output_error(Y_hat, Y, reduction="sum")',),
        (Part("sum", 4, "the summed loss"), Part("mean", 2, "the mean over steps")),
        "Gradient of loss wrt to V",
    ),
    Task(5, "bptt_V", ("bptt_V(dO, H)",), (Part("gradient", 7, "the gradient of V"),), "Gradient of loss wrt to V"),
    Task(
        6,
        "hidden_jacobian",
        ('hidden_jacobian(params, H, t, k, activation="tanh")',),
        _by_activation(6.5, 1.5),
        "The Math Behind BPTT",
    ),
    Task(
        7,
        "bptt_W",
        ('bptt_W(params, dO, H, h_init, activation="tanh")',),
        _by_activation(12, 3),
        "Grad of loss wrt to W",
    ),
    Task(
        8, "bptt_U", ('bptt_U(params, dO, X, H, activation="tanh")',), _by_activation(5.5, 1.5), "Grad of loss wrt to U"
    ),
    Task(
        9,
        "bptt_bias",
        ('bptt_b(params, dO, H, activation="tanh")', "bptt_c(dO)"),
        (Part("b", 2, "the gradient of b"), Part("c", 2, "the gradient of c")),
        "Error or LOSS",
    ),
    Task(
        10,
        "gradient_step",
        ("gradient_step(params, grads, learning_rate)",),
        (Part("update", 3, "the update of every parameter"),),
        "LOSS! LOSS! LOSS!",
    ),
    Task(
        11,
        "one_to_one",
        ('one_to_one(params, x, h_init, steps=1, activation="tanh")',),
        _by_activation(4, 1),
        "Various architectures or types of RNN: 1 to 1",
    ),
    Task(
        12,
        "one_to_many",
        ('one_to_many(params, x, h_init, steps, activation="tanh")',),
        _by_activation(3, 1),
        "One-to-Many",
    ),
    Task(
        13,
        "many_to_one",
        ('many_to_one(params, X, h_init, activation="tanh")',),
        _by_activation(3, 1),
        "Many-to-One",
    ),
    Task(
        14,
        "many_to_many",
        ('many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh")',),
        _by_activation(6, 1),
        "Many-to-Many",
    ),
)

TASK_BY_ID = {task.id: task for task in TASKS}
TASK_BY_FUNCTION = {function: task for task in TASKS for function in task.functions}
SIGNATURES = {signature.partition("(")[0]: signature for task in TASKS for signature in task.signatures}


def parameter_names(function: str) -> tuple[str, ...]:
    """Return the names of a function's parameters, in the order of its signature."""
    inside = SIGNATURES[function].partition("(")[2].rstrip(")")
    return tuple(part.partition("=")[0].strip() for part in inside.split(","))
