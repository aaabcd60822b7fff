"""`bptt nbgrader init`: a course for nbgrader, or this assignment in one that is there already."""

import secrets
from pathlib import Path
from typing import Any

from autograder.cases.secret import read_secret
from autograder.handout.notebook import Cell, as_json, cell_node, cells
from autograder.handout.release import handout_files
from autograder.model.loading import loaded
from autograder.model.settings import Settings
from autograder.model.settings_file import load_settings
from autograder.nbgrader import BEGIN_HIDDEN, END_HIDDEN
from autograder.nbgrader.hidden import hidden_cases
from autograder.nbgrader.layout import CONFIG, CourseError, notebook_name
from autograder.nbgrader.nodes import tracked

SETTINGS, SECRET = "bptt.toml", "bptt-secret.txt"  # in the course's folder, which students never get

# What students need beside the notebook.
_RELEASED = ("errata/", "examples/", "selfcheck/", "tools/", "ERRATA.md", "requirements.txt")
_LINK = """\
**Nothing installed?** [The same assignment in the browser]({site}) needs no installation: write and check \
your functions there, then copy them into this notebook. Hand in this one."""
_CONFIG = '''\
"""nbgrader's settings for this course; see https://nbgrader.readthedocs.io."""

from autograder.nbgrader import use_engine

c = get_config()
c.CourseDirectory.course_id = {course_id!r}
# With secret="FILE", each student has hidden inputs of their own: see `bptt grade --help`.
{call}
'''


def init_course(course: Path, config: Path | None, secret: Path | None = None, site: str = "") -> str:
    """Put the assignment into a course, which is made where it is not there; it keeps a copy of both files.

    Args:
        course: its folder.
        config: points and tasks.
        secret: the seed secret.
        site: address of the same assignment in the browser, for the notebook to link to.

    Returns:
        What is left to do, for a person to read.

    Raises:
        CourseError: the assignment is there already, or something can't be written.
        ConfigError, RequestError: the settings or the secret can't be used.
    """
    settings = load_settings(config)
    notebook = notebook_name()
    source = course / "source" / notebook
    if source.exists():
        raise CourseError(f"{source} is there already: move it away, or choose another folder for the course")
    kept = {"settings": (SETTINGS, config), "secret": (SECRET, secret)}
    named = "".join(f', {what}="{name}"' for what, (name, path) in kept.items() if path)
    call = f"use_engine(c{named})"
    if secret:
        read_secret(secret)
    try:
        _write_source(source, settings, site)
        for own, given in kept.values():
            if given:
                (course / own).write_bytes(given.read_bytes())
                (course / own).chmod(0o600)
        if (course / CONFIG).exists():
            lines = f"    from autograder.nbgrader import use_engine\n    {call}"
            return f"The assignment is in {source}. Add to the end of {course / CONFIG}:\n\n{lines}"
        text = _CONFIG.format(course_id=_course_id(course), call=call)
        (course / CONFIG).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CourseError(f"{error.filename or course} can't be written: {error.strerror}") from error
    return f"The course is in {course}. Next: cd {course} && nbgrader generate_assignment {notebook}"


def _write_source(folder: Path, settings: Settings, site: str) -> None:
    """Write what nbgrader makes the students' version from."""
    folder.mkdir(parents=True)
    for name, content in handout_files(settings).items():
        if name.startswith(_RELEASED):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    text = source_notebook(settings, secrets.randbelow(2**63), site)
    (folder / f"{notebook_name()}.ipynb").write_text(text, encoding="utf-8")


def source_notebook(settings: Settings, seed: int, site: str = "") -> str:
    """Return the instructor's notebook: solutions, hidden tests, and the points of these settings.

    Args:
        settings: points, and which tasks are graded.
        seed: of the hidden tests' inputs; whoever knows it can compute them.
        site: address of the same assignment in the browser; "": there is none.
    """
    link = [Cell("site", "text", _LINK.format(site=site))] if site else []
    return as_json([_node(cell, settings, seed) for cell in (*link, *cells(settings, solved=True))])


def _node(cell: Cell, settings: Settings, seed: int) -> dict[str, Any]:
    node = cell_node(cell)
    if cell.task and cell.role == "check":
        hidden = hidden_cases(seed, loaded().task[cell.task], settings.variant.asked)
        also = f'check("{cell.task}", """\n{hidden}\n""")'
        node["source"] = f"{cell.source}\n{BEGIN_HIDDEN}\n{also}\n{END_HIDDEN}".splitlines(keepends=True)
        node["metadata"]["nbgrader"] = tracked(cell.task, settings.points(cell.task))
    elif cell.task and cell.role == "code":
        node["metadata"]["nbgrader"] = tracked(cell.id)
    return node


def _course_id(course: Path) -> str:
    """Make an id that nbgrader takes of the folder's name."""
    name = course.resolve().name
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name).strip("-") or "course"
