"""Stubs: a reference's source without its solutions."""

import ast

from autograder.model.loading import loaded

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


class HandoutError(Exception):
    """The handout cannot be made, or not there; str() says why and what to do."""


def stub(source: str) -> str:
    """Take the solutions out of the reference's whole source.

    Raises:
        HandoutError: a marker has no partner, or a task's function would keep code of its own.
    """
    text = without_solutions(source)
    stubs = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and _is_stub(node)}
    if exposed := [name for name in loaded().signatures if name not in stubs]:
        raise HandoutError(
            f"{loaded().file}: {', '.join(exposed)}: the whole body below the docstring must stand between {BEGIN} and "
            f"{END}, or its answer is released"
        )
    return text


def without_solutions(source: str) -> str:
    """Take the marked regions out of a piece of source.

    A region in a function's body becomes the `NotImplementedError` that names its task; one at
    module level, with its helpers, goes without a trace.

    Raises:
        HandoutError: a marker has no partner, or stands in a function that is no task's.
    """
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    lines: list[str] = []
    opened = 0  # the line of the open BEGIN; 0: none is open
    for number, line in enumerate(source.splitlines(), start=1):
        marker = line.strip()
        if marker == BEGIN:
            if opened:
                raise HandoutError(f"line {number}: {BEGIN} inside the region that line {opened} began")
            opened = number
            inside = next((f.name for f in functions if f.lineno < number <= (f.end_lineno or 0)), None)
            if inside is not None:
                lines.append(f"{line.partition('#')[0]}raise NotImplementedError({_title(inside, number)})")
        elif marker == END:
            if not opened:
                raise HandoutError(f"line {number}: {END} without a {BEGIN}")
            opened = 0
        elif not opened:
            lines.append(line)
    if opened:
        raise HandoutError(f"line {opened}: {BEGIN} without an {END}")
    return "\n".join(lines) + "\n"


def _title(function: str, line: int) -> str:
    if function not in loaded().task_of:
        raise HandoutError(f"line {line}: {function} is no task's function; put the region around all of it")
    return f'"{loaded().task_of[function].title}"'


def _is_stub(function: ast.FunctionDef) -> bool:
    """Whether the function's body, apart from its docstring, says only that it is to be written."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return len(body) == 1 and ast.unparse(body[0]).startswith("raise NotImplementedError('Task ")
