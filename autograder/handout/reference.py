"""The reference's source, cut into the pieces that become cells of the notebook. Nothing of it is repeated by hand."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from autograder.assignment import Task
from autograder.handout.latex import display
from autograder.model.loading import loaded

_BACK_TO_LISTS = re.compile(r"^(Args|Returns|Raises):")
_SLIDES = re.compile(r"^Slides?: (.*)", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """The functions of one task, or what stands above the first: its code, and what its docstrings say."""

    code: str  # with the marked regions of the solution
    paragraphs: list[str]  # as Markdown, without lists of arguments
    task: Task | None = None
    slides: str = ""

    @property
    def formulas(self) -> str:
        """What the docstrings say, as one text."""
        return "\n\n".join(self.paragraphs)


def pieces() -> Iterator[Piece]:
    """Yield the head of the module, without its docstring, and then a piece for each task, in order."""
    source = loaded().source()
    lines, module = source.splitlines(), ast.parse(source)
    functions = {
        node.name: node for node in module.body if isinstance(node, ast.FunctionDef) and node.name in loaded().task_of
    }
    docs = {name: ast.get_docstring(node) or "" for name, node in functions.items()}
    first = module.body[0].end_lineno or 0 if ast.get_docstring(module) else 0
    last = module.body[-1]  # an `if` there is for who runs the file
    end = last.lineno - 1 if isinstance(last, ast.If) else len(lines)
    cuts = [first, *(_above(node, lines) for node in functions.values()), end]
    head, *texts = ("\n".join(lines[start:end]).strip() for start, end in pairwise(cuts))
    code = dict(zip(functions, texts, strict=True))
    yield Piece(head, _paragraphs(ast.get_docstring(module) or ""))
    for task in loaded().tasks:
        paragraphs = [text for name in task.functions for text in _paragraphs(docs[name])]
        said = (match[1] for block in docs[task.functions[0]].split("\n\n") if (match := _SLIDES.match(block)))
        slides = " ".join(next(said, task.slide).split())
        yield Piece("\n\n\n".join(code[name] for name in task.functions), paragraphs, task, slides)


def _above(function: ast.FunctionDef, lines: list[str]) -> int:
    """Return the number of lines before a function's own, with the marked region of helpers that precedes it."""
    above = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)]) - 1
    if lines[above - 1].startswith("### END"):
        above = max(n for n in range(above) if lines[n].startswith("### BEGIN"))
    return above


def _paragraphs(docstring: str) -> list[str]:
    """Return as Markdown what stands above the list of arguments and the slides; indented lines are a formula."""
    found = []
    for block in docstring.split("\n\n"):
        if _BACK_TO_LISTS.match(block):
            break
        lines = [line.strip() for line in block.splitlines()]
        if block.startswith("    "):
            found.append(display(lines))
        elif block and not _SLIDES.match(block):
            found.append(" ".join(lines))
    return found
