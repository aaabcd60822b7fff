"""Scaled dot-product attention: softmax, forward with a mask, and the gradients."""

from autograder.assignment import Assignment

from . import reference
from .cases import draw
from .tasks import TASKS

ASSIGNMENT = Assignment(
    name="attention",
    title="Scaled dot-product attention",
    module="attention",  # students hand in attention.py or attention.ipynb
    reference=reference,
    tasks=TASKS,
    draw=draw,
)
