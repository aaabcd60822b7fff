"""The reference's source, cut into the pieces that become cells of the notebook. Nothing of it is repeated by hand."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from autograder.assignment import loaded
from autograder.handout.latex import display
from autograder.handout.stubs import HandoutError

_BACK_TO_LISTS = re.compile(r"^(Args|Returns|Raises):")
_SLIDES = re.compile(r"^Slides?: (.*)", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """The functions of one task, or what stands above the first: its code, and what its docstrings say."""

    code: str  # with the marked regions of the solution
    paragraphs: tuple[str, ...]  # as Markdown, without lists of arguments
    slides: str = ""


def pieces() -> tuple[Piece, ...]:
    """Return the head of the module, without its docstring, and then a piece for each task, in order.

    Raises:
        HandoutError: a docstring has a formula that can't be set.
    """
    return _pieces(loaded().source())


@cache
def _pieces(source: str) -> tuple[Piece, ...]:
    lines, module = source.splitlines(), ast.parse(source)
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef) and node.name in loaded().task_of]
    first = module.body[0].end_lineno or 0 if ast.get_docstring(module) else 0
    end = next(
        (node.lineno - 1 for node in module.body if isinstance(node, ast.If)), len(lines)
    )  # for who runs the file
    cuts = [first, *(_above(node, lines) for node in functions), end]
    head, *texts = ("\n".join(lines[start:end]).strip() for start, end in pairwise(cuts))
    code = {node.name: text for node, text in zip(functions, texts, strict=True)}
    docs = {node.name: ast.get_docstring(node) or "" for node in functions}
    found = [Piece(head, _paragraphs(loaded().title, ast.get_docstring(module) or ""))]
    for task in loaded().tasks:
        paragraphs = tuple(text for name in task.functions for text in _paragraphs(task.title, docs[name]))
        said = (match[1] for block in docs[task.functions[0]].split("\n\n") if (match := _SLIDES.match(block)))
        slides = " ".join(next(said, task.slide).split())
        found.append(Piece("\n\n\n".join(code[name] for name in task.functions), paragraphs, slides))
    return tuple(found)


def _above(function: ast.stmt, lines: list[str]) -> int:
    """Return the number of lines before a function's own, with the marked region of helpers that precedes it."""
    above = function.lineno - 1
    if lines[above - 1].startswith("### END"):
        above = max(n for n in range(above) if lines[n].startswith("### BEGIN"))
    return above


def _paragraphs(where: str, docstring: str) -> tuple[str, ...]:
    """Return as Markdown what stands above the list of arguments and the slides; indented lines are a formula."""
    found = []
    for block in docstring.split("\n\n"):
        if _BACK_TO_LISTS.match(block):
            break
        lines = [line.strip() for line in block.splitlines()]
        if block.startswith("    "):
            try:
                found.append(display(lines))
            except ValueError as error:
                raise HandoutError(f"{where}: in the formula {lines[0]}: {error}") from error
        elif block and not _SLIDES.match(block):
            found.append(" ".join(lines))
    return tuple(found)
