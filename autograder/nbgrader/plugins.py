"""What a course's config puts in the place of nbgrader's own steps. nbgrader imports this module by name.

Every class does what nbgrader's own does for assignments that are not this kit's.
"""

from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearSolutions, Execute, SaveAutoGrades
from traitlets import Bool, List, Unicode, default
from traitlets.config import Config, Configurable

from autograder.handout.stubs import without_solutions
from autograder.nbgrader.engine import engine
from autograder.nbgrader.gradebook import known_cells, put_scores
from autograder.nbgrader.layout import notebook_name, submission_in
from autograder.nbgrader.outputs import Unsettled, fill
from autograder.nbgrader.repair import repaired

Resources = dict[str, Any]


class BpttKit(Configurable):
    """Which assignments are this kit's, and how they are graded: `c.BpttKit.… = …` in nbgrader_config.py."""

    assignments = List(Unicode(), help="Assignments that hold this kit's notebook.").tag(config=True)
    settings_file = Unicode(
        "", help="TOML file with points, tasks and limits, as for `bptt grade --config`; from the course's folder."
    ).tag(config=True)
    secret_file = Unicode(
        "", help="File with the seed secret, as for `bptt grade --seed-secret`; from the course's folder."
    ).tag(config=True)
    unprotected = Bool(
        False, help="Go on where this machine gives no protection from student code, as `bptt grade --unprotected`."
    ).tag(config=True)

    @default("assignments")
    def _own_assignments(self) -> list[str]:
        return [notebook_name()]

    def is_ours(self, resources: Resources) -> bool:
        """Tell whether a notebook that nbgrader works on is this kit's."""
        found = resources["nbgrader"]
        return found["assignment"] in self.assignments and found["notebook"] == notebook_name()


class BpttClearSolutions(BpttKit, ClearSolutions):
    """Leave the stubs of the handout, which name their task, where nbgrader would leave its own."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Take the solutions out of a source notebook."""
        if not self.is_ours(resources):
            return super().preprocess(nb, resources)
        for cell in nb.cells:
            if utils.is_solution(cell) and cell.cell_type == "code":
                cell.source = without_solutions(cell.source).strip()
        return nb, resources


class BpttExporter(BpttKit, NotebookExporter):
    """Read a submitted notebook whatever has become of it, and put graded cells back that are gone."""

    def from_filename(
        self, filename: str, resources: Resources | None = None, **kw: Any
    ) -> tuple[NotebookNode, Resources]:
        """Return the notebook as nbgrader's steps made it."""
        if resources is None or not self.is_ours(resources):
            return super().from_filename(filename, resources, **kw)
        found = resources["nbgrader"]
        course = _course(self)
        written = course.format_path(course.autograded_directory, found["student"], found["assignment"])
        if Path(filename).parent == Path(written):  # the second pass reads what the first one wrote
            return super().from_filename(filename, resources, **kw)
        with Gradebook(found["db_url"]) as gradebook:
            known = known_cells(gradebook, found["assignment"])
        limit = engine(self.settings_file, self.secret_file, unprotected=self.unprotected)[0].limits.file_bytes
        return self.from_notebook_node(repaired(Path(filename), known, limit), resources, **kw)


class BpttExecute(BpttKit, Execute):
    """Grade in the kit's sandbox, in place of running the notebook in a kernel with the tests beside it.

    The submitted file itself is graded, not the copy that nbgrader makes of it. A failure of the grader is an
    error of nbgrader's for that student, and no mark.
    """

    def preprocess(
        self, nb: NotebookNode, resources: Resources | None = None, km: Any = None
    ) -> tuple[NotebookNode, Resources]:
        """Fill the graded cells with outputs that are worth what the judge gave."""
        if resources is None or not self.is_ours(resources):
            return super().preprocess(nb, resources, km)
        found = resources["nbgrader"]
        course = _course(self)
        folder = course.format_path(course.submitted_directory, found["student"], found["assignment"])
        settings, grade = engine(self.settings_file, self.secret_file, unprotected=self.unprotected)
        verdict = grade(submission_in(found["student"], Path(folder), settings.limits.file_bytes))
        fill(nb, verdict)
        for flag in verdict.flags:
            self.log.warning("%s: %s", verdict.student_id, flag)
        return nb, resources


class BpttSaveAutoGrades(BpttKit, SaveAutoGrades):
    """Save the scores of a notebook in one transaction, as `bptt grade` does, where nbgrader takes one a cell.

    Cells that an instructor added to the kit's notebook are left for a person to grade: they were not run.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Put the points into the gradebook."""
        if not self.is_ours(resources):
            return super().preprocess(nb, resources)
        found = resources["nbgrader"]
        with Gradebook(found["db_url"]) as gradebook:
            put_scores(gradebook.find_submission_notebook(notebook_name(), found["assignment"], found["student"]), nb)
            gradebook.db.commit()
        return nb, resources


def configure(config: Config, assignments: tuple[str, ...], settings: str, secret: str) -> None:
    """Put the kit's classes in the place of nbgrader's; see `autograder.nbgrader.use_engine`."""
    config.BpttKit.assignments = list(assignments) or [notebook_name()]
    config.BpttKit.settings_file = settings
    config.BpttKit.secret_file = secret
    ours = {ClearSolutions: BpttClearSolutions, Execute: BpttExecute, SaveAutoGrades: BpttSaveAutoGrades}
    replaced = {name: _name(own) for cls, own in ours.items() for name in (cls, _name(cls))}
    for converter, name in ((GenerateAssignment, "preprocessors"), (Autograde, "autograde_preprocessors")):
        section = config[converter.__name__]
        steps = section[name] if name in section else converter.class_traits()[name].default()
        # Formgrader shows the settings as JSON, so these are names.
        section[name] = [replaced.get(step, step if isinstance(step, str) else _name(step)) for step in steps]
    config.Autograde.exporter_class = _name(BpttExporter)


def _name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _course(part: Any) -> CourseDirectory:
    """Return the folders of the course that nbgrader works on."""
    while part is not None:
        if hasattr(part, "coursedir"):
            return part.coursedir
        part = part.parent
    raise Unsettled("this step runs inside `nbgrader autograde`, which knows the course's folders")
