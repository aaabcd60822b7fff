"""What is asked of `bptt grade`, and what it means: which course, which settings, which secret."""

from dataclasses import dataclass
from pathlib import Path

from autograder.cases.secret import RequestError, read_secret
from autograder.model.settings import LateRule, RepeatedMistakes, Settings
from autograder.model.settings_file import load_settings
from autograder.nbgrader.layout import Layout, course_of
from autograder.results.store import FILE_NAME

TRIAL = "trial"  # in a results folder


@dataclass(frozen=True)
class Order:
    """What is to be graded, and how."""

    folder: Path  # of the submissions
    out: Path  # where everything goes
    jobs: int | None = None  # processes of this machine that grade; None: one per processor
    config: Path | None = None  # a settings file
    secret_file: Path | None = None  # with the seed secret
    scheduler: str | None = None  # address of a Dask scheduler; "local" for a cluster of `jobs` processes
    unprotected: bool = False  # go on where there is nothing that could hold student code
    students: tuple[str, ...] = ()  # grade these anew, and nobody else
    regrade: bool = False  # go on where stored verdicts were made with something else
    roster: Path | None = None  # a CSV file of who is in the course
    trial: bool = False  # write feedback without marks, apart from the results

    @property
    def results(self) -> Path:
        """The folder that is written into."""
        return self.out / TRIAL if self.trial else self.out

    @property
    def store(self) -> Path:
        """The file with the verdicts; that of a trial has a name by which no other command takes it for results."""
        return self.results / ("trial.sqlite" if self.trial else FILE_NAME)


def course_to_grade(order: Order) -> Layout | None:
    """Return the course of nbgrader's that is to be graded, if it is one."""
    if order.jobs is not None and order.scheduler not in (None, "local"):
        raise RequestError("--jobs is about this machine, and a cluster at an address has as many workers as it has")
    if order.students and order.regrade:
        raise RequestError("--student grades one student anew and --regrade the whole class: give one of the two")
    if order.trial and (order.students or order.regrade):
        raise RequestError("--trial changes no result, and --student and --regrade are about results: leave them out")
    course = course_of(order.folder)
    folder = course.submitted if course else order.folder
    if order.results.resolve().is_relative_to(folder.resolve()):
        raise RequestError(
            f"{order.results} is inside {folder}, where it would be taken for a student; choose another --out"
        )
    return course


def settings_and_secret(order: Order, course: Layout | None) -> tuple[Settings, bytes | None]:
    """Return the settings and the secret: those that are given, else the course's own."""
    own = course.own if course else None
    config = order.config or (own and own.settings) or None
    secret_file = order.secret_file or (own and own.secret) or None
    settings = load_settings(config)
    if order.trial:  # what only takes or gives back points has no say
        settings = settings.model_copy(update={"late": LateRule(), "repeated_mistakes": RepeatedMistakes()})
    return settings, None if secret_file is None else read_secret(secret_file)
