"""`bptt grade` and `bptt report` from the first path to the last file: the order of things, and nothing else."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from autograder.config import Settings, load_settings
from autograder.exports import write_grades
from autograder.reports import remove_feedback, report_progress, say, show_class, write_feedback
from autograder.store import FILE_NAME, Store, StoreError
from autograder.submissions import Submission, find_submissions
from autograder.text import printable
from autograder.verdict import Verdict

if TYPE_CHECKING:
    from autograder.sandbox.levels import Machine

# A secret that can be guessed lets a student compute the hidden inputs.
_SECRET_BYTES = 16
_NAMED = 5  # students named in full in one message


class RequestError(Exception):
    """What was asked for can't be done; the message says why, and what to ask for instead."""


@dataclass(frozen=True)
class Screen:
    """Where a run writes: results to `out`, progress and remarks to `log`."""

    out: Console
    log: Console


def grade_folder(
    folder: Path,
    results: Path,
    screen: Screen,
    *,
    jobs: int | None,
    config: Path | None,
    secret_file: Path | None,
    unprotected: bool = False,
) -> bool:
    """Grade a class into a results folder: what is new or changed since the last run, on `jobs` processes.

    Returns:
        Whether every submission has a verdict that is a mark.

    Raises:
        RequestError, ConfigError, NoSubmissions: there is nothing to grade, or not like this.
        Unprotected, SelfTestFailed: there is nothing here that could hold student code.
        StoreError: the results can't be read or written.
    """
    settings = load_settings(config)
    secret = None if secret_file is None else read_secret(secret_file)
    if results.resolve().is_relative_to(folder.resolve()):
        raise RequestError(f"{results} is inside {folder}, where it would be taken for a student; choose another --out")
    submissions = find_submissions(folder)
    ids = [submission.student_id for submission in submissions]
    from autograder.sandbox.protect import protected_machine

    machine, sandbox = protected_machine(settings.limits, unprotected=unprotected)
    say(screen.log, sandbox)
    with Store(results / FILE_NAME) as store:
        store.start_run(settings, ids, sandbox)
        gone = store.gone()
        if gone:
            say(screen.log, f"Graded once, but not in {folder} any more, so not in the results: {_some(gone)}")
        _grade(
            submissions, store, screen, settings=settings, jobs=jobs or usable_cpus(), secret=secret, machine=machine
        )
        verdicts = store.verdicts()
        without = sorted(set(ids) - {verdict.student_id for verdict in verdicts})
        if without:
            say(screen.log, f"No verdict was reached for {_some(without)}: run the same command again")
            return False
        store.finish_run()
    with _writing(results):
        write_grades(results / "grades.csv", verdicts, settings)
        write_feedback(results / "feedback", verdicts)
        remove_feedback(results / "feedback", gone)
    _show(results, verdicts, settings, sandbox, screen)
    return all(verdict.status != "not_graded" for verdict in verdicts)


def report_results(results: Path, screen: Screen) -> None:
    """Write the feedback pages of a graded class anew, and show its table.

    Raises:
        StoreError: nothing was graded into this folder, or it can't be read or written.
    """
    with Store(results / FILE_NAME, create=False) as store:
        settings, verdicts, finished, sandbox = store.settings(), store.verdicts(), store.finished, store.sandbox
    if not finished:
        say(screen.log, "The last run was interrupted: this shows what was graded so far. Run it again to go on.")
    with _writing(results):
        write_feedback(results / "feedback", verdicts)
    _show(results, verdicts, settings, sandbox, screen)


def read_secret(path: Path) -> bytes:
    """Read the seed secret, without the line end after it.

    Raises:
        RequestError: it can't be read, or is too short to be a secret.
    """
    try:
        secret = path.read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise RequestError(f"the seed secret {path} can't be read: {error.strerror}") from error
    if len(secret) < _SECRET_BYTES:
        raise RequestError(
            f"the seed secret {path} has {len(secret)} bytes, and at least {_SECRET_BYTES} are expected. "
            "To make one: python3 -c 'import secrets; print(secrets.token_hex())' > FILE"
        )
    return secret


def usable_cpus() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _grade(
    submissions: list[Submission],
    store: Store,
    screen: Screen,
    *,
    settings: Settings,
    jobs: int,
    secret: bytes | None,
    machine: "Machine",
) -> None:
    """Grade, with progress on the way and the time it took at the end."""
    # It brings numpy and the case sets: only here, so that a report does without.
    from autograder.classroom import grade_class

    start = time.monotonic()
    graded = 0
    with report_progress(screen.log, len(submissions)) as shown:

        def on_verdict(verdict: Verdict) -> None:
            nonlocal graded
            graded += 1
            shown(verdict)

        grade_class(
            submissions,
            settings=settings,
            jobs=jobs,
            secret=secret,
            machine=machine,
            store=store,
            on_verdict=on_verdict,
        )
    seconds = time.monotonic() - start
    rest = len(submissions) - graded
    unchanged = f"; {rest} had not changed since the last run" if rest else ""
    say(screen.log, f"Graded {graded} of {len(submissions)} in {seconds:.1f} s{unchanged}.")


def _show(results: Path, verdicts: Sequence[Verdict], settings: Settings, sandbox: str, screen: Screen) -> None:
    """End with the table and where everything is."""
    show_class(screen.out, verdicts, settings)
    if sandbox:
        say(screen.out, sandbox)
    for what, path in (("grades", results / "grades.csv"), ("feedback", results / "feedback")):
        if path.exists():
            say(screen.out, f"{what + ':':<10}{path}")


@contextmanager
def _writing(results: Path) -> Iterator[None]:
    """Turn the errors of a full disk or a read-only folder into a message that says what became of the work."""
    try:
        yield
    except OSError as error:
        reason = f"{error.filename2 or error.filename or results} can't be written: {error.strerror}"
        raise StoreError(f"{reason}. The verdicts are kept: mend this and run the same command again") from error


def _some(student_ids: list[str]) -> str:
    more = f" and {len(student_ids) - _NAMED} more" if len(student_ids) > _NAMED else ""
    return ", ".join(printable(student_id) for student_id in student_ids[:_NAMED]) + more
