"""A gated recurrent unit, forward, backward, and through time."""

from autograder.assignment import Assignment

from . import reference
from .cases import draw
from .tasks import TASKS

ASSIGNMENT = Assignment(
    name="gru",
    title="A gated recurrent unit",
    module="gru",
    reference=reference,
    tasks=TASKS,
    draw=draw,
    records=(reference.Params,),
)
