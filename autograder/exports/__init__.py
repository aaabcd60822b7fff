"""Files for other programs: spreadsheets, and the systems in which a school keeps its grades.

What lives here: the table of formats, and for each format a module of its name that writes it. `job` has what they are
all given and give back, and the one way through them. To add a format is to add a row and a module.
What may not: anything that decides a mark, and pages for people (`autograder/reports/`).
This file imports none of them, so that the command line can list the formats at once.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Format:
    """What a format takes and makes."""

    makes: Literal["file", "folder"]
    fills: str = ""  # the instructor's own file that it fills, if it does
    scales: bool = False  # whether marks can be scaled to the maximum that the file has
    of: Literal["results", "kit"] = "results"
    systems: tuple[str, ...] = ()  # for which it can be made
    module: str = ""  # that writes it, where it is none of this folder


TABLE = {
    "canvas": Format("file", fills="Canvas gradebook export", scales=True),
    "moodle": Format("file", fills="Moodle grading worksheet", scales=True),
    "gradescope": Format("folder"),
    "gradescope-autograder": Format("file", of="kit"),
    "classroom50": Format("folder"),
    "nbgrader": Format("file", fills="nbgrader gradebook, gradebook.db,", module="autograder.nbgrader.export"),
    "feedback": Format("file", systems=("canvas", "moodle", "folders")),
    "csv": Format("file"),
    "json": Format("file"),
}
FORMATS: tuple[str, ...] = tuple(TABLE)
