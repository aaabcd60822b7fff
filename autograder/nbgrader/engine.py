"""The kit's sandbox and judge for one notebook after the other, in the process of nbgrader."""

import atexit
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

from autograder.cases.secret import read_secret
from autograder.grading import Grader, look_at
from autograder.model.settings import Settings
from autograder.model.settings_file import load_settings
from autograder.model.verdict import Verdict
from autograder.sandbox.host.protect import protected_machine
from autograder.submissions import Submission

Grade = Callable[[Submission], Verdict]


@cache
def engine(settings_file: str, secret_file: str, *, unprotected: bool) -> tuple[Settings, Grade]:
    """Return the settings, and a function that grades a submission as `bptt grade` does.

    The worker is started once for all that follow. Files are looked for in the current folder, which is the
    course's while nbgrader works.

    Raises:
        ConfigError, RequestError: the settings or the secret can't be used.
        Unprotected, SelfTestFailed: there is nothing here that could hold student code.
    """
    settings = load_settings(Path(settings_file) if settings_file else None)
    secret = read_secret(Path(secret_file)) if secret_file else None
    machine, _ = protected_machine(settings.limits, unprotected=unprotected)
    grader = Grader(settings, secret, machine)
    atexit.register(grader.close)

    def grade(submission: Submission) -> Verdict:
        _, source, verdict = look_at(submission, settings)
        if verdict is None and source is not None:
            verdict = grader.grade(submission.student_id, source)
        assert verdict is not None  # noqa: S101 - `look_at` returns the one or the other
        return replace(verdict, notes=submission.notes + verdict.notes)

    return settings, grade
