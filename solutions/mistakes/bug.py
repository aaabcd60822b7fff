"""One row of the bug library, and the shorthand that the tables are written in."""

from dataclasses import dataclass
from typing import Literal

from solutions.tasks import TASK_BY_FUNCTION

#: How a mistake is recognised. "output": by the value. "mutation": the function writes into an argument
#: (the value is right as a rule). "sequence": it keeps something between calls, so it must be called again.
Shows = Literal["output", "mutation", "sequence"]


@dataclass(frozen=True)
class Bug:
    """One form of a known mistake in one function; `(task, id)` is unique."""

    id: str
    task: str  # rubric id
    misconception: str  # a clause in lower case: "the slope of tanh, 1 - h², is left out"
    question: str  # what a tutor would ask
    slide: str
    shows: Shows
    function: str  # where the mistake sits: bptt_b or bptt_c for bptt_bias, else the task's one function
    family: str  # forms of one misconception share it ("wrong-axis": axis 0, the whole array)
    sets: frozenset[str]  # what it decides; two mistakes that decide the same thing contradict each other
    hides: frozenset[str]  # what can no longer be seen beside it


#: The functions that share one backward sweep.
SWEEPS = "bptt_W bptt_U bptt_b"
#: The question for everything that writes into an argument.
OWNER = "Who else owns that array? Copy first?"


def bugs(
    functions: str,
    id: str,  # noqa: A002 - the name that the row has everywhere
    sets: str,
    misconception: str,
    question: str,
    *,
    family: str = "",
    slide: str = "",
    shows: Shows = "output",
) -> tuple[Bug, ...]:
    """Return one bug per function; slide and family default to the task's slide and the id.

    `functions` is a list of words, and so is `sets`: what it decides and, after a bar, what it hides.
    bptt_b and bptt_c are one task with two functions, so a mistake in bptt_c has an id that starts with "c-".
    """
    rows = []
    for function in functions.split():
        task = TASK_BY_FUNCTION[function]
        name = f"c-{id}" if function == "bptt_c" else id
        decides, _, hidden = sets.partition("|")
        rows.append(
            Bug(
                id=name,
                task=task.id,
                misconception=misconception,
                question=question,
                slide=slide or task.slide,
                shows=shows,
                function=function,
                family=family or id,
                sets=frozenset(decides.split()),
                hides=frozenset(hidden.split()),
            )
        )
    return tuple(rows)
