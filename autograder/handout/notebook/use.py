"""The last chapter of the notebook: the lecture's examples on the student's own functions, and the tools' cell."""

import runpy
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

from autograder.assignment import loaded

Row = tuple[str, Literal["text", "code"], str]

# The grader runs a notebook without these folders, and so does whoever has lost them.
_TOOLS = '''\
# To find your own mistake: gradient_check("W"), trace(2). What they print is explained in README.md.
try:
    from examples.notebook import example
    from tools import gradient_check, gradient_norms, learning_curve, trace
except ImportError as missing:
    print(f"No tools: {missing}. Are the folders tools and examples beside this notebook?")

    def example(*_: object, **__: object) -> None:
        """Stand in for the tools and the examples."""

    gradient_check = gradient_norms = learning_curve = trace = example'''

_INTRODUCTION = """\
## Use it

The examples of the lecture, on the functions that you wrote. Each learns in seconds, by your gradients. One that needs
a task which is not done yet says so, and nothing here counts for the mark."""

_PICTURES = {
    "gradient-norms": (
        "### Vanishing and exploding gradients\n\n"
        "How large your `hidden_jacobian` is, against the number of steps that it goes back: the product of Jacobians "
        "shrinks or grows with each of them.",
        "gradient_norms()",
    ),
    "learning-curve": (
        "### The loss while learning\n\nHow fast the loss of the first example falls, for three learning rates.",
        "learning_curve()",
    ),
}


@cache
def lecture_examples() -> tuple[Any, ...]:
    """Return the rows of the handout's own table, `examples/table.py`."""
    rows: tuple[Any, ...] = runpy.run_path(str(loaded().folder / "handout" / "examples" / "table.py"))["EXAMPLES"]
    return rows


def tools() -> Row:
    """Return the cell that makes tools and examples available: its id, its kind and its source."""
    return "tools", "code", _TOOLS


def chapter() -> Iterator[Row]:
    """Yield the cells of the chapter: two pictures, then the examples."""
    yield "use", "text", _INTRODUCTION
    for name, (text, call) in _PICTURES.items():
        yield f"use-{name}-text", "text", text
        yield f"use-{name}", "code", call
    for example in lecture_examples():
        yield f"use-{example.name}-text", "text", _text(example)
        yield f"use-{example.name}", "code", f'example("{example.name}")'


def _text(example: Any) -> str:
    prints = loaded().folder / "handout" / "examples" / "output" / f"{example.name}.txt"
    tasks = ", ".join(str(loaded().task[task].number) for task in example.tasks)
    return (
        f"### {example.title}\n\nThe network learns {example.learns}.\n\n"
        f"Slide: {example.slide}. Needed: tasks {tasks}. When they are done, the cell prints:\n\n"
        f"```text\n{prints.read_text(encoding='utf-8')}```"
    )
