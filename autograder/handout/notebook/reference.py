"""`solutions/rnn.py`, cut into the pieces that become cells of the notebook. Nothing of it is repeated by hand."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from autograder.assignment import loaded

_BACK_TO_LISTS = re.compile(r"^(Args|Returns|Raises):")
_SLIDES = re.compile(r"^Slides?: (.*)", re.DOTALL)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a docstring: prose, or the lines of a formula."""

    lines: tuple[str, ...]
    formula: bool


@dataclass(frozen=True)
class Piece:
    """The functions of one task, or what stands above the first: its code, and what its docstrings say."""

    task: str  # "" for the head of the module
    code: str  # with the marked regions of the solution
    docs: tuple[tuple[Paragraph, ...], ...]  # per function, without lists of arguments
    slides: str = ""


@cache
def pieces() -> tuple[Piece, ...]:
    """Return the head of the module, without its docstring, and then a piece for each task, in order."""
    source = loaded().source()
    lines = source.splitlines()
    body = ast.parse(source).body
    first = body[0].end_lineno or 0
    end = body[-1].lineno - 1  # the last statement is for who runs the file
    cuts = [first, *(_above(node, lines) for node in body if _task(node)), end]
    texts = ["\n".join(lines[start:end]).strip() for start, end in pairwise(cuts)]
    head = Piece("", texts[0], (_paragraphs(ast.parse(source)),))
    functions = [node for node in body if _task(node)]
    found = []
    for task in loaded().tasks:
        own = [(node, text) for node, text in zip(functions, texts[1:], strict=True) if _task(node) == task.id]
        docs = tuple(_paragraphs(node) for node, _ in own)
        code = "\n\n\n".join(text for _, text in own)
        found.append(Piece(task.id, code, docs, _slides(own[0][0])))
    return (head, *found)


def _task(node: ast.stmt) -> str:
    return loaded().task_of[node.name].id if isinstance(node, ast.FunctionDef) and node.name in loaded().task_of else ""


def _above(function: ast.stmt, lines: list[str]) -> int:
    """Return the number of lines before a function's own, with the marked region of helpers that precedes it."""
    above = function.lineno - 1
    if lines[above - 1].startswith("### END"):
        above = max(n for n in range(above) if lines[n].startswith("### BEGIN"))
    return above


def _paragraphs(node: ast.stmt | ast.Module) -> tuple[Paragraph, ...]:
    """Return the docstring's paragraphs above the list of arguments and the slides."""
    if not isinstance(node, ast.FunctionDef | ast.Module):
        return ()
    found = []
    for block in (ast.get_docstring(node) or "").split("\n\n"):
        if _BACK_TO_LISTS.match(block):
            break
        if _SLIDES.match(block):
            continue
        lines = block.splitlines()
        formula = all(line.startswith("    ") for line in lines)
        found.append(Paragraph(tuple(line.strip() for line in lines), formula))
    return tuple(found)


def _slides(node: ast.stmt) -> str:
    doc = ast.get_docstring(node) if isinstance(node, ast.FunctionDef) else None
    blocks = (match for block in (doc or "").split("\n\n") if (match := _SLIDES.match(block)))
    return " ".join(next(blocks)[1].split())
