"""The pages and the notebook, from templates: those of the assignment's folder `handout`, and those beside this file.

A page is a template NAME.md.j2. The notebook is `notebook.j2`, or `cells.j2` where the assignment has none. In it a
line `%% text ID`, `%% code ID` or `%% check ID` begins a cell, whose id stays the same from one release to the next. A
page may include the same text: it has no cells, and leaves out their code. Templates can also name what the `handout`
of the assignment returns.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from html import escape, unescape
from pathlib import Path
from traceback import extract_tb
from typing import Literal, cast

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateRuntimeError

from autograder.handout.reference import pieces
from autograder.handout.stubs import HandoutError, without_solutions
from autograder.model.loading import loaded
from autograder.model.points import number
from autograder.model.settings import Settings
from autograder.model.tolerance import TAU

Role = Literal["text", "code", "check"]

_MARK = re.compile(r"^%% (text|code|check) (\S+)\n", re.MULTILINE)
_TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True)
class Cell:
    """One cell; `task` is "" for what belongs to none."""

    id: str
    role: Role
    source: str
    task: str = ""


def pages(settings: Settings) -> dict[str, str]:
    """Return the pages, README.md among them, by name.

    Raises:
        HandoutError: a template can't be filled.
    """
    found: dict[str, str] = {}
    for name in sorted({path.name for folder in _folders() for path in folder.glob("*.md.j2")}):
        parts = _cut(_filled([name], settings, solved=False, notebook=False))
        found[name.removesuffix(".j2")] = "\n\n".join(part.source for part in parts if part.role == "text") + "\n"
    return found


def html_frame(title: str, contents: list[tuple[int, str, str]], body: str) -> str:
    """Return a whole page of HTML.

    Args:
        title: of the page, as HTML, like all that follows.
        contents: level, id and text of each heading to be listed.
        body: what stands below the list.
    """
    return _environment().get_template("page.html.j2").render(title=title, contents=contents, body=body)


def filled_page(name: str, settings: Settings, **values: object) -> str:
    """Return one of the engine's own templates, filled with what is known of a course, and with these values."""
    return _environment().get_template(name).render(_course(settings), **values)


def cells(settings: Settings | None = None, *, solved: bool = False) -> Iterator[Cell]:
    """Yield the cells of the notebook.

    Args:
        settings: what tasks are worth; one that is not asked is neither checked nor graded.
        solved: with the marked solutions of the reference, in place of stubs.

    Raises:
        HandoutError: a template can't be filled.
    """
    return _cut(_filled(["notebook.j2", "cells.j2"], settings or Settings(), solved=solved, notebook=True))


def _cut(text: str) -> Iterator[Cell]:
    first, *rest = _MARK.split(text)
    for role, name, source in zip(("text", *rest[::3]), ("", *rest[1::3]), (first, *rest[2::3]), strict=True):
        if source := source.strip("\n"):
            tidy = re.sub(r"\n{3,}", "\n\n", source) if role == "text" else source
            task = name.removesuffix(f"-{role}")
            yield Cell(name, cast(Role, role), tidy, task if task in loaded().task else "")


def _filled(names: list[str], settings: Settings, *, solved: bool, notebook: bool) -> str:
    """Fill the first template that is there."""
    head, *rest = (
        piece if solved else replace(piece, code=without_solutions(piece.code).strip()) for piece in pieces()
    )
    values = {
        **_course(settings),
        "head": head,
        "pieces": {task.id: piece for task, piece in zip(loaded().tasks, rest, strict=True)},
        "figure": partial(_figure, notebook),
        "question": _question,
        "notebook": notebook,
    }
    try:
        return _environment().select_template(names).render(values, **loaded().handout())
    except TemplateError as error:
        lines = {
            line.filename: line.lineno for line in extract_tb(error.__traceback__) if line.filename.endswith(".j2")
        }
        places = [f"{Path(name).name}, line {line}" for name, line in reversed(lines.items())] or names
        raise HandoutError(f"{', from '.join(places)}: {error}") from error


def _course(settings: Settings) -> dict[str, object]:
    asked = {task.id: task for task in settings.worth()}
    return {
        "title": loaded().title,
        "module": loaded().module,
        "asked": asked,  # by id, with what a task is worth
        "left_out": [task for task in loaded().tasks if task.id not in asked],
        "total": sum(task.points for task in asked.values()),
        "variant": settings.variant,
        "numerical": settings.numerical_gradients,
        "tolerance": f"{TAU:g}",
        "hints": bool(loaded().mistakes.rows),
    }


def _environment() -> Environment:
    # Markdown, not HTML, and all that goes in is our own.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(_folders()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: shown(value) if isinstance(value, float | np.ndarray) else value,
    )
    environment.filters["points"] = number
    return environment


def _folders() -> list[Path]:
    return [loaded().folder / "handout", _TEMPLATES]


def _question(task: str, mistake: str) -> str:
    """Return what a tutor would ask about a known mistake."""
    known = loaded().mistakes.of.get(task, {})
    if mistake not in known:
        raise TemplateRuntimeError(f"{task} has no known mistake that is called {mistake}")
    return known[mistake].question


def _figure(notebook: bool, name: str) -> str:
    """Return `figures/NAME.svg` as Markdown; its title is said to those who can't see it.

    In the notebook as a data URI in HTML: JupyterLab shows no SVG that is attached to a cell, and other readers of
    Markdown refuse SVG between `![]( )`.
    """
    path = loaded().folder / "handout" / "figures" / f"{name}.svg"
    if not path.is_file():
        raise TemplateRuntimeError(f"there is no figures/{name}.svg")
    svg = path.read_text(encoding="utf-8")
    title = unescape(svg.partition("<title>")[2].partition("</title>")[0])
    if not notebook:
        return f"![{title}](figures/{name}.svg)"
    return f'<img alt="{escape(title)}" src="data:image/svg+xml;base64,{b64encode(svg.encode()).decode("ascii")}">'


def shown(value: object) -> str:
    """Return a number with four decimals, or fewer where the rest are zeros, and an array as Python would take it."""
    if isinstance(value, np.ndarray):
        return f"[{', '.join(map(shown, value))}]"
    return number(float(cast(float, value)))
