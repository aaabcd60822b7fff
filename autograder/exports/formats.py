"""The table of formats, and the one way through it. To add a format is to add a module and a row."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from autograder.exports import canvas, classroom50, feedback, gradescope, gradescope_autograder, json, moodle, nbgrader
from autograder.exports.csv import write_grades
from autograder.exports.job import Exported, ExportError, Job
from autograder.model.settings import Settings
from autograder.model.text import printable
from autograder.results.anonymous import anonymised
from autograder.results.store import FILE_NAME, Store


@dataclass(frozen=True)
class Format:
    """A row: what it makes, of what, and the function that does it."""

    what: str
    makes: Literal["file", "folder"]
    write: Callable[[Job], Exported]
    fills: str = ""  # the instructor's own file that it fills, if it does
    scales: bool = False  # whether marks can be scaled to the maximum that the file has
    of: Literal["results", "kit"] = "results"
    systems: tuple[str, ...] = ()  # for which it can be made


def _csv(job: Job) -> Exported:
    write_grades(job.out, job.verdicts, job.settings)
    return Exported(f"{len(job.verdicts)} students: {job.out}")


FORMATS: dict[str, Format] = {
    "canvas": Format("one column of your gradebook export, filled", "file", canvas.write, canvas.WHAT, scales=True),
    "moodle": Format("your offline grading worksheet, filled", "file", moodle.write, moodle.WHAT, scales=True),
    "gradescope": Format("a results.json per student", "folder", gradescope.write),
    "classroom50": Format("a result.json per student", "folder", classroom50.write),
    "gradescope-autograder": Format(
        "a grader for Gradescope's own machines", "file", gradescope_autograder.write, of="kit"
    ),
    "csv": Format("the columns of grades.csv", "file", _csv),
    "nbgrader": Format("your gradebook.db, filled", "file", nbgrader.write, nbgrader.WHAT),
    "feedback": Format("everybody's feedback page, one upload", "file", feedback.write, systems=feedback.SYSTEMS),
    "json": Format("everything in the feedback, for programs", "file", json.write),
}


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    name: str
    results: Path | None
    out: Path
    source: Path | None = None
    column: str = ""
    scale: bool = False
    anonymous: bool = False
    force: bool = False
    config: Path | None = None
    secret: Path | None = None
    system: str = ""


def export(request: Request) -> Exported:
    """Write the results of a class in one of the formats.

    Raises:
        ExportError: the request makes no sense, a file is in the way or can't be written, or the instructor's file is
            of another kind.
        StoreError: there are no results.
    """
    chosen = FORMATS[request.name]
    _check(request, chosen)
    if request.results is None:
        early: tuple[str, ...] = ()
        job = Job((), Settings(), request.out, config=request.config, secret=request.secret)
    else:
        job, early = _of_results(request, request.results)
    try:
        done = chosen.write(job)
    except OSError as error:
        raise ExportError(f"{printable(str(request.out), None)} can't be written: {error.strerror}") from error
    return replace(done, remarks=(*early, *done.remarks))


def _of_results(request: Request, results: Path) -> tuple[Job, tuple[str, ...]]:
    """Return the job, and a word about results that are not whole."""
    with Store(results / FILE_NAME, create=False) as store:
        if mixed := store.mixed():
            raise ExportError(mixed)
        verdicts, settings, finished = store.verdicts(), store.settings(), store.finished
    if request.anonymous:
        verdicts = anonymised(verdicts)
    early = "The last run was interrupted: these are the marks so far. Grade again to go on."
    job = Job(verdicts, settings, request.out, request.source, request.column, request.scale)
    job = replace(job, results=results, system=request.system)
    return job, () if finished else (early,)


def _check(request: Request, chosen: Format) -> None:
    out = printable(str(request.out), None)
    if (request.results is None) != (chosen.of == "kit"):
        wanted = "a results folder: bptt export FORMAT RESULTS" if chosen.of == "results" else "no results folder"
        raise ExportError(f"{request.name} takes {wanted}")
    if chosen.of == "results" and (request.config or request.secret):
        raise ExportError(f"{request.name} grades nothing: leave out --config and --seed-secret")
    if chosen.fills and request.anonymous:
        raise ExportError(f"{request.name} matches students by name, so --anonymous can't be had there")
    if not chosen.fills and (request.source or request.column):
        raise ExportError(f"{request.name} fills no file: leave out --fill and --column")
    if (request.system or None) not in (chosen.systems or (None,)):
        wanted_system = f"add --for {' or --for '.join(chosen.systems)}" if chosen.systems else "leave out --for"
        raise ExportError(f"{request.name}: {wanted_system}")
    if request.anonymous and request.system not in ("", "folders"):
        raise ExportError(f"{request.system} knows pages by its own names, so --anonymous can't be had there")
    if request.scale and not chosen.scales:
        raise ExportError(f"{request.name} has no column with a maximum: leave out --scale")
    if request.source and request.out.exists() and request.out.samefile(request.source):
        raise ExportError(f"{out} is the file that is to be filled, and it stays as it is: choose another --out")
    if request.results and request.out.resolve() == (request.results / FILE_NAME).resolve():
        raise ExportError(f"{out} holds the results themselves: choose another --out")
    if chosen.makes == "folder":
        if request.out.is_file():
            raise ExportError(f"{out} is a file, and {request.name} makes a folder: choose another --out")
        if request.out.is_dir() and any(request.out.iterdir()) and not request.force:
            raise ExportError(f"{out} is not empty: choose another --out, or write over what is there with --force")
    elif request.out.is_dir():
        raise ExportError(f"{out} is a folder, and {request.name} makes a file: choose another --out")
    elif request.out.exists() and not request.force:
        raise ExportError(f"{out} is there already: choose another --out, or replace it with --force")
