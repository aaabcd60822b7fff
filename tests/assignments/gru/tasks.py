"""The table of tasks."""

from autograder.assignment import Derivative, Part, Task

CELL = (Part("values", 13, "ordinary numbers"), Part("unit", 2, "a single unit"))
TIME = (Part("values", 15, "several steps"), Part("one", 5, "a single step"))
PARAMS = ("Wz", "Wr", "Wn", "bz", "br", "bn")

TASKS = (
    Task(1, "cell", ("cell(params, x, h)",), CELL, returns=("h_new", "z", "r", "n")),
    Task(
        2,
        "cell_errors",
        ("cell_errors(params, h, z, r, n, dh_new)",),
        CELL,
        returns=("daz", "dar", "dan"),
        differentiates="the loss by a_z, a_r and a_n",
    ),
    Task(
        3,
        "cell_gradients",
        ("cell_gradients(x, h, r, daz, dar, dan)",),
        CELL,
        returns=PARAMS,
        differentiates="the loss by the parameters of a step",
    ),
    Task(
        4,
        "cell_state",
        ("cell_state(params, z, r, daz, dar, dan, dh_new)",),
        CELL,
        differentiates="the loss by the state",
    ),
    Task(5, "forward", ("forward(params, X, h_init)",), TIME, rows_are_steps=True),
    Task(
        6,
        "backward",
        ("backward(params, X, h_init, dH)",),
        TIME,
        returns=PARAMS,
        differentiates="the loss by the parameters, through time",
        derivatives=tuple(
            Derivative("backward", "np.sum(dH * forward(params, X, h_init))", by=f"params.{name}", item=name)
            for name in PARAMS
        ),
    ),
)
