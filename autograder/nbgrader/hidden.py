"""Cases for the hidden tests of a course: one call for each part of each function, from a seed of its own.

Only plain nbgrader runs these tests, in the student's own kernel. The kit's engine has better ones, which
no student code ever sees.
"""

import json
import textwrap
import zlib
from base64 import b85encode

from autograder.assignment import Task, Variant
from autograder.cases.case_sets import case_set
from autograder.handout.public_cases import Pool, case_facts
from autograder.model.cases import Case

_WIDTH = 100


def hidden_cases(seed: int, task: Task, variant: Variant | None = None) -> str:
    """Return some cases of a task with their answers, as `selfcheck.notebook.check` takes them; lines of text."""
    pool = Pool()
    chosen: dict[tuple[str, str], Case] = {}
    for case in case_set(seed, variant).of(task.id):
        chosen.setdefault((case.call.function, case.part), case)
    facts = {
        "cases": [case_facts(case, pool) for case in chosen.values()],
        "arrays": {name: (array.shape, array.ravel().tolist()) for name, array in pool.arrays.items()},
    }
    packed = b85encode(zlib.compress(json.dumps(facts).encode(), level=9)).decode("ascii")
    return "\n".join(textwrap.wrap(packed, _WIDTH, break_on_hyphens=False))
