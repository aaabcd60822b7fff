"""The table of tasks: functions, and parts with points."""

from autograder.assignment import Derivative, Part, Task

LOSS = "np.sum(dO * attention(Q, K, V, mask))"
PARTS = (
    Part("values", 8, "ordinary numbers"),
    Part("mask", 6, "a causal mask, and others"),
    Part("large", 3, "large scores"),
    Part("one", 3, "a single query"),
)

TASKS = (
    Task(
        1,
        "softmax",
        ("softmax(S)",),
        (Part("values", 6, "ordinary scores"), Part("large", 4, "large scores"), Part("one", 2, "a single row")),
        slide="Chapter 1",
    ),
    Task(2, "attention", ("attention(Q, K, V, mask=None)",), PARTS, slide="Chapter 2"),
    Task(
        3,
        "softmax_gradient",
        ("softmax_gradient(S, dP)",),
        (Part("values", 8, "ordinary scores"), Part("large", 2, "large scores"), Part("one", 2, "a single row")),
        slide="Chapter 3",
        differentiates="the loss by S",
        derivatives=(Derivative("softmax_gradient", "np.sum(dP * softmax(S))", by="S"),),
    ),
    Task(
        4,
        "value_gradient",
        ("value_gradient(Q, K, V, dO, mask=None)",),
        PARTS,
        slide="Chapter 4",
        differentiates="the loss by V",
        derivatives=(Derivative("value_gradient", LOSS, by="V"),),
    ),
    Task(
        5,
        "query_key_gradients",
        ("query_key_gradients(Q, K, V, dO, mask=None)",),
        PARTS,
        slide="Chapter 4",
        returns=("dQ", "dK"),
        differentiates="the loss by Q and K",
        derivatives=(
            Derivative("query_key_gradients", LOSS, by="Q", item="dQ"),
            Derivative("query_key_gradients", LOSS, by="K", item="dK"),
        ),
    ),
)
