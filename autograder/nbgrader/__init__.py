"""nbgrader: courses that use this assignment, graded by this kit's sandbox and judge.

What lives here: everything that knows nbgrader's formats, classes and database. nbgrader itself is imported
inside functions, and by the modules that nbgrader loads (`plugins`, `exporter`); `bptt` does without it.
What may not: a decision about a mark.

    course      `bptt nbgrader init`: source notebook, hidden tests, config
    hidden      cases for a course's hidden tests
    layout      where a course keeps what, and who handed in
    nodes       cells and outputs; what nbgrader keeps of a cell
    repair      a submitted notebook with every graded cell in place, whatever has become of it
    outputs     a verdict as outputs from which nbgrader computes the same points
    plugins     what the course's config puts in the place of nbgrader's own steps
    engine      the sandbox and the judge in the process of nbgrader
    gradebook   verdicts into gradebook.db
    penalties   what late work loses
    record      what `bptt grade` leaves in a course
    export      `bptt export nbgrader`: a copy of somebody's gradebook.db, filled
    exporter    `nbgrader export --exporter=autograder.nbgrader.exporter.TaskExport`
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traitlets.config import Config

#: Between these lines stand tests that students do not see.
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"

__all__ = ["BEGIN_HIDDEN", "END_HIDDEN", "use_engine"]


def use_engine(config: "Config", assignments: tuple[str, ...] = (), settings: str = "", secret: str = "") -> None:
    """Grade these assignments by this kit; all others stay as they were. To be called in nbgrader_config.py.

    Args:
        config: what `get_config()` returned; call this after everything else that sets preprocessors.
        assignments: names of the folders in `source/` that hold this kit's notebook; by default the one of its name.
        settings: a TOML file with points, tasks and limits, as for `bptt grade --config`; from the course's folder.
        secret: a file with the seed secret, as for `bptt grade --seed-secret`.
    """
    from autograder.nbgrader.plugins import configure

    configure(config, assignments, settings, secret)
