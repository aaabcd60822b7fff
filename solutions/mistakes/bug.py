"""The shorthand that the tables of mistakes are written in."""

from autograder.assignment import Mistake, Shows

from ..tasks import TASK_BY_FUNCTION

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
) -> tuple[Mistake, ...]:
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
            Mistake(
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
