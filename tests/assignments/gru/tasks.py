"""The table of tasks."""

from autograder.assignment import Part, Task

CELL = (Part("values", 10, "ordinary numbers"), Part("unit", 2, "a single unit"))
TIME = (Part("values", 15, "several steps"), Part("one", 5, "a single step"))
PARAMS = ("Wz", "Wr", "Wn", "bz", "br", "bn")
STEP = "the loss by "

TASKS = (
    Task(1, "cell", ("cell(params, x, h)",), CELL, returns=("h_new", "z", "r", "n")),
    Task(
        2,
        "cell_errors",
        ("cell_errors(params, h, z, r, n, dh_new)",),
        CELL,
        returns=("daz", "dar", "dan"),
        differentiates=STEP + "a_z, a_r and a_n",
    ),
    Task(
        3,
        "cell_gradients",
        ("cell_gradients(x, h, r, daz, dar, dan)",),
        CELL,
        returns=PARAMS,
        differentiates=STEP + "the parameters of a step",
    ),
    Task(
        4, "cell_state", ("cell_state(params, z, r, daz, dar, dan, dh_new)",), CELL, differentiates=STEP + "the state"
    ),
    Task(5, "forward", ("forward(params, X, h_init)",), TIME, rows_are_steps=True, builds_on=("cell",)),
    Task(
        6,
        "backward",
        ("backward(params, X, h_init, dH)",),
        TIME,
        returns=PARAMS,
        differentiates=STEP + "the parameters, through time",
        builds_on=("forward",),
    ),
)
