"""What every format is given and gives back, and the one way through the table of formats."""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from autograder.exports import TABLE, Format
from autograder.model.settings import Settings
from autograder.model.text import printable
from autograder.model.verdict import Verdict
from autograder.results.anonymous import anonymised
from autograder.results.made import run_document
from autograder.results.sheet import SheetError
from autograder.results.store import FILE_NAME, Store


class ExportError(SheetError):
    """The export can't be made; the message says what was found, what was expected, and what to do."""


@dataclass(frozen=True)
class ExportJob:
    """What was asked for on the command line, and the verdicts of the class that it is about."""

    name: str  # of the format
    results: Path | None  # the folder
    out: Path
    source: Path | None = None  # the file that is to be filled
    column: str = ""
    scale: bool = False  # whether marks are scaled to the column's maximum
    anonymous: bool = False
    force: bool = False
    config: Path | None = None  # of a grader for elsewhere, as its secret
    secret: Path | None = None
    system: str = ""  # to which feedback is handed back
    verdicts: Sequence[Verdict] = ()
    settings: Settings = field(default_factory=Settings)
    run: Mapping[str, Any] = field(default_factory=dict)  # how the marks were made, as in `run.json`

    @property
    def format(self) -> Format:
        """The row of the table."""
        return TABLE[self.name]

    @property
    def own_file(self) -> Path:
        """The instructor's own file, or an ExportError where none is named."""
        if self.source is None:
            raise ExportError(f"your own {self.format.fills} is filled: name it with --fill FILE")
        return self.source


@dataclass(frozen=True)
class Exported:
    """What was written, and what a person has to know of it. Lines are safe to print."""

    written: str
    remarks: tuple[str, ...] = ()
    status: Literal[0, 1, 2] = 0  # 1 where a student with a mark got no row, 2 where nobody did and nothing is written


def write_export(job: ExportJob) -> Exported:
    """Write the results of a class in one of the formats.

    Raises:
        ExportError: the request makes no sense, a file is in the way or can't be written, or the instructor's file is
            of another kind.
        StoreError: there are no results.
    """
    for reason in _against(job), _in_the_way(job):
        if reason:
            raise ExportError(reason)
    early: tuple[str, ...] = ()
    if job.results is not None:
        with Store(job.results / FILE_NAME, create=False) as store:
            if mixed := store.mixed():
                raise ExportError(mixed)
            verdicts, settings, finished = store.verdicts(), store.settings(), store.finished
            run = run_document(store, anonymous=job.anonymous)
        job = replace(job, verdicts=anonymised(verdicts) if job.anonymous else verdicts, settings=settings, run=run)
        early = () if finished else ("The last run was interrupted: these are the marks so far. Grade again to go on.",)
    try:
        done = write(job)
    except OSError as error:
        raise ExportError(f"{printable(str(job.out), None)} can't be written: {error.strerror}") from error
    return replace(done, remarks=(*early, *done.remarks))


def write(job: ExportJob) -> Exported:
    """Write the verdicts of a job by the module of its format.

    Raises:
        ExportError: as the module says, or it needs a program that is not installed.
    """
    own = f"autograder.exports.{job.name.replace('-', '_')}"
    try:
        module = importlib.import_module(job.format.module or own)
    except ModuleNotFoundError as error:
        if error.name != job.name:
            raise
        raise ExportError(f"{job.name} is not installed here: pip install 'bptt-kit[{job.name}]'") from error
    done: Exported = module.write(job)
    return done


def _against(job: ExportJob) -> str:
    """Say why options of a request don't go together, "" where they do."""
    chosen = job.format
    if (job.results is None) != (chosen.of == "kit"):
        wanted = "a results folder: bptt export FORMAT RESULTS" if chosen.of == "results" else "no results folder"
        return f"{job.name} takes {wanted}"
    if (job.system or None) not in (chosen.systems or (None,)):
        system = f"add --for {' or --for '.join(chosen.systems)}" if chosen.systems else "leave out --for"
        return f"{job.name}: {system}"
    nameless = "so --anonymous can't be had there"
    rules = (
        (chosen.of == "results" and (job.config or job.secret), "grades nothing: leave out --config and --seed-secret"),
        (chosen.fills and job.anonymous, f"matches students by name, {nameless}"),
        (not chosen.fills and (job.source or job.column), "fills no file: leave out --fill and --column"),
        (job.scale and not chosen.scales, "has no column with a maximum: leave out --scale"),
    )
    if job.anonymous and job.system not in ("", "folders"):
        return f"{job.system} knows pages by its own names, {nameless}"
    return next((f"{job.name} {why}" for broken, why in rules if broken), "")


def _in_the_way(job: ExportJob) -> str:
    """Say what lies where the result is to go, "" where nothing does."""
    out, path = printable(str(job.out), None), job.out
    makes = f"and {job.name} makes a {job.format.makes}: choose another --out"
    if job.source and path.exists() and path.samefile(job.source):
        return f"{out} is the file that is to be filled, and it stays as it is: choose another --out"
    if job.results and path.resolve() == (job.results / FILE_NAME).resolve():
        return f"{out} holds the results themselves: choose another --out"
    if job.format.makes == "folder":
        if path.is_file():
            return f"{out} is a file, {makes}"
        full = path.is_dir() and any(path.iterdir()) and not job.force
        return f"{out} is not empty: choose another --out, or write over what is there with --force" if full else ""
    if path.is_dir():
        return f"{out} is a folder, {makes}"
    there = path.exists() and not job.force
    return f"{out} is there already: choose another --out, or replace it with --force" if there else ""
