"""The self-check of the assignment: what `pytest` runs in this folder.

What lives here: the public cases, calls of your functions, comparisons, numerical gradients, and the
words for what was found. Everything returns plain results, so that a notebook can use it as well.
What does not: pytest (see `test_rnn.py` and `conftest.py`), and how to solve a task.

    cases       the public inputs and what they must give, from `public_cases.json` and `.npz`
    student     imports rnn.py and calls the functions in it
    compare     a reply against what was expected
    hints       known mistakes that return what yours returns, from `hints.json` and `.npz`
    numerical   gradients against numdifftools, on your own loss
    properties  what must hold whatever the numbers are
    checks      all of it, one check at a time
    words       results as lines of text
    notebook    the same inside a notebook: `check("bptt_W")`
"""

from .cases import CASES, TASKS
from .checks import CHECKS, Check, run
from .results import Result
from .student import CannotImport, Student, load
from .words import explain, printable, score_lines, stopped

__all__ = [
    "CASES",
    "CHECKS",
    "TASKS",
    "CannotImport",
    "Check",
    "Result",
    "Student",
    "explain",
    "load",
    "printable",
    "run",
    "score_lines",
    "stopped",
]
