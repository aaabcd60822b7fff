"""The self-check of the assignment: what `pytest` runs in this folder.

What lives here: the public cases, calls of your functions, comparisons, numerical gradients, and the
words for what was found. Everything returns plain results, so that a notebook can use it as well.
What does not: pytest (see `conftest.py` and the file of tests beside it), and how to solve a task.

    cases       the public inputs and what they must give, from `public_cases.json` and `.npz`
    hidden      files of yours that hide modules of Python
    student     imports your file and calls the functions in it
    limit       stops a call that never ends
    input       answers nobody who asks for input
    remarks     what will be different at grading, and work that is in another file
    compare     a reply against what was expected
    hints       known mistakes that return what yours returns, from `hints.json` and `.npz`
    observe     what is seen in answers that nothing known explains; with digest, facts and seen
    functions   your functions as attributes, with arrays as results; for tools
    numerical   gradients against numdifftools, on your own loss; with expressions
    extras      what an assignment adds: properties that must hold whatever the numbers are, and words
    checks      all of it, one check at a time
    words       results as lines of text
    notebook    the same inside a notebook: `check("TASK")`
"""

from .hidden import hidden

try:
    from .cases import CASES, MODULE, TASKS
    from .checks import CHECKS, Check, run, unknown
    from .limit import end_at_last
    from .remarks import remarks
    from .results import Result
    from .student import CannotImport, Student, load
    from .words import explain, printable, score_lines, stopped
except Exception as broken:  # Python's own modules fail where a file of yours has the name of one
    if hidden():
        raise SystemExit(f"{hidden()} ({broken})") from None
    raise

__all__ = [
    "CASES",
    "CHECKS",
    "MODULE",
    "TASKS",
    "CannotImport",
    "Check",
    "Result",
    "Student",
    "end_at_last",
    "explain",
    "load",
    "printable",
    "remarks",
    "run",
    "score_lines",
    "stopped",
    "unknown",
]
