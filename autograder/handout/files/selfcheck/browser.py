"""The self-check in a browser (JupyterLite): what takes long to load is loaded after the first answers.

numpy comes with the first cell. numdifftools, scipy under it, and matplotlib are several times larger: they are loaded
once a check was answered without them, or before the first cell that may need them.
"""

import ast
import asyncio
import json
import logging
import os
from collections.abc import Awaitable
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from .checks import CHECKS

_PACKAGES = ("numdifftools", "matplotlib")
_NUMERICAL = {check.task for check in CHECKS if check.numerical}
_WAIT = "await __import__('selfcheck.browser').browser.packages(); "


class _Loading:
    """The packages, on their way or there."""

    def __init__(self) -> None:
        self.task: asyncio.Future[None] | None = None

    def start(self) -> Awaitable[None]:
        """Begin to load, once."""
        if self.task is None:
            self.task = asyncio.ensure_future(_load())
        return self.task


_LOADING = _Loading()


async def _load() -> None:
    try:
        await import_module("piplite").install(list(_PACKAGES))
    except Exception as error:
        print(f"{' and '.join(_PACKAGES)} can't be loaded ({error}): save your work, and reload this page.")


async def packages() -> None:
    """Wait until the packages are there, and say so meanwhile."""
    loading = _LOADING.start()
    if not _LOADING.task or _LOADING.task.done():
        return
    print(f"Loading {' and '.join(_PACKAGES)}: some seconds, once …")
    await loading
    import_module("IPython.display").clear_output(wait=True)


def begin(shell: Any) -> None:
    """Let the cells of a notebook wait for the packages where they may need them, and tell of a newer notebook."""
    os._exit = _leave
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # its first words look like an error
    shell.input_transformers_post.append(_waiting)
    shell.events.register("post_run_cell", _answered)
    facts = Path(__file__).with_name("site.json")
    if facts.is_file():
        newest = json.loads(facts.read_bytes())["notebook"]
        if shell.user_ns.get("_notebook", newest) != newest:
            print(f"There is a newer notebook, {newest}: open it from the start page, and copy your functions into it.")


def _leave(status: int) -> NoReturn:
    """Stand in for os._exit, which would leave the page with a Python that answers nothing."""
    raise SystemExit(status)


def _waiting(lines: list[str]) -> list[str]:
    """Put the wait before a cell that begins with a call."""
    call = _first_call(lines)
    if call is None or (_LOADING.task is None and _needs_none(call)):
        return lines
    at = call.lineno - 1
    return [*lines[:at], _WAIT + lines[at], *lines[at + 1 :]]


def _first_call(lines: list[str]) -> ast.Call | None:
    try:
        body = ast.parse("".join(lines)).body
    except SyntaxError:  # the cell says so itself
        return None
    first = body[0].value if body and isinstance(body[0], ast.Expr) else None
    return first if isinstance(first, ast.Call) else None


def _needs_none(call: ast.Call) -> bool:
    """Whether this checks a task that has no numerical check."""
    tasks = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    return _is_check(call) and len(tasks) == 1 and tasks[0] not in _NUMERICAL


def _is_check(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "check"


def _answered(result: Any) -> None:
    """Load in the background, once a check was answered."""
    call = _first_call(str(result.info.raw_cell).splitlines(keepends=True))
    if call is not None and _is_check(call):
        _LOADING.start()
