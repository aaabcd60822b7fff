"""Backpropagation through one hidden layer."""

from autograder.assignment import Assignment

from . import reference
from .cases import draw, small
from .mistakes import MISTAKES
from .tasks import TASKS

ASSIGNMENT = Assignment(
    name="mlp",
    title="Backpropagation through one hidden layer",
    module="mlp",
    reference=reference,
    tasks=TASKS,
    draw=draw,
    small=small,
    records=(reference.Params,),
    mistakes=MISTAKES,
)
