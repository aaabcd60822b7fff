"""The way through the assignment: what each task is for, an example worked by hand, and the questions of a tutor.

What lives here: texts and numbers, each in one table that the guide and the notebook are both made from.
What may not: a number typed by hand (all are computed from the reference), a question of its own (they are
those of the bug library), a formula that a docstring of the reference already has, and pages.

    tiny       the network of the examples: small enough for a pocket calculator
    worked     its numbers, line by line, for each task
    lessons    why, shapes and questions of each task
    mistakes   the lecture's misprints, measured by the handout's `errata`
"""

from .lessons import LESSONS, Lesson
from .mistakes import Measured, measured
from .tiny import array_shown, shown, tiny_source
from .worked import WORKED, Entry, Line, Worked

__all__ = [
    "LESSONS",
    "WORKED",
    "Entry",
    "Lesson",
    "Line",
    "Measured",
    "Worked",
    "array_shown",
    "measured",
    "shown",
    "tiny_source",
]
