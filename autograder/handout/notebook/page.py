"""The same texts as pages: `GUIDE.md` and `ERRATA.md`, and the figures that they show."""

from autograder.assignment import loaded
from autograder.handout.notebook import lesson, misprints
from autograder.handout.notebook.edition import formulas
from autograder.handout.notebook.figure import unrolled
from autograder.handout.notebook.reference import Piece, pieces
from autograder.handout.notebook.sections import SECTIONS, Section
from autograder.handout.notebook.where import TITLE, where
from solutions.guide import Measured, measured, tiny_source

_FOLDER = "figures"

_HEAD = """\
# The way through

From the loss to the forward pass, back through time, to learning, and on to what such a network is good for: the
order of the lecture. Each task has what it is for, its formula with shapes, an example worked by hand, questions that
catch the common mistakes, and its slide. Stuck at a formula? The lecture has misprints: see [ERRATA.md](ERRATA.md)."""

_TINY = """\
To compare, start Python in this folder, type `import numpy as np` and `from rnn import *`, and paste:"""

_MISPRINTS = """\
To see it with your functions, type in this folder

    python -m errata
    python -m errata direct-term

Below each printed formula stands the error of your own function, once it is written: some 1e-10 when it is right.
The checks need Tasks 1 to 3 (softmax, cross_entropy, forward), and say so while one is missing."""


def guide_files() -> dict[str, bytes]:
    """Return the pages and their figures by their paths in the handout."""
    figures = {f"{_FOLDER}/tasks.svg": where()}
    for section in SECTIONS:
        figures |= {_path(section, number): unrolled(sketch) for number, (_, sketch) in enumerate(section.sketches)}
    return {name: text.encode() for name, text in ({"GUIDE.md": _guide(), "ERRATA.md": _errata()} | figures).items()}


def _guide() -> str:
    _, *rest = pieces()
    tiny = f"{lesson.TINY} {lesson.CALLS}\n\n{_TINY}\n\n```python\n{tiny_source()}\n```"
    texts = [_HEAD, f"![{TITLE}]({_FOLDER}/tasks.svg)", "## The tiny network", tiny]
    sections = {section.first_task: section for section in SECTIONS}
    for piece in rest:
        if piece.task in sections:
            texts.append(_opening(sections[piece.task]))
        texts.append(_task(piece))
    return "\n\n".join(texts) + "\n"


def _opening(section: Section) -> str:
    figures = [
        f"![{sketch.description}]({_path(section, number)})\n\n*{caption}*"
        for number, (caption, sketch) in enumerate(section.sketches)
    ]
    return "\n\n".join([f"## {section.title}", section.text, *figures])


def _path(section: Section, number: int) -> str:
    return f"{_FOLDER}/{section.first_task}-{number + 1}.svg"


def _task(piece: Piece) -> str:
    task = loaded().task[piece.task]
    parts = [f"### {task.title}", lesson.why(task.id), formulas(piece), lesson.shapes(task.id), "Worked by hand:"]
    return "\n\n".join(
        [*parts, lesson.worked(task.id), lesson.questions(task.id), lesson.slides(task.id, piece.slides)]
    )


def _errata() -> str:
    parts = [f"# {misprints.TITLE}", misprints.INTRODUCTION, _MISPRINTS, misprints.table(), "## The checks"]
    return "\n\n".join([*parts, *map(_check, measured())]) + "\n"


def _check(misprint: Measured) -> str:
    return f"### {misprint.name}\n\n{misprint.slide}: {misprint.what}.\n\n```python\n{misprint.code}\n```"
