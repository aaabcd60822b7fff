"""Find again what a class handed in, and the secret that it was graded with."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from autograder.cases.case_sets import seed_identity
from autograder.cases.secret import RequestError, read_secret
from autograder.grading import look_at
from autograder.model.settings import Settings
from autograder.model.text import printable
from autograder.nbgrader.layout import course_of
from autograder.results.made import differences, made
from autograder.results.store import SUBMISSIONS, Store
from autograder.submissions import Source, Submission, survey


@dataclass(frozen=True)
class Class:
    """A graded class, and where its work is."""

    settings: Settings
    own_secret: Path | None  # a course of nbgrader's has one
    submissions: Mapping[str, Submission]
    works: Mapping[str, str]  # hashes of what was graded

    def source(self, student: str) -> tuple[Source, str]:
        """Return what a student handed in, and a remark where it is not what was graded.

        Raises:
            RequestError: there is nothing, or nothing that can be run.
        """
        name = printable(student)
        if student not in self.submissions:
            raise RequestError(f"{name} is not among the submissions any more: where is the work? --submissions FOLDER")
        content, source, verdict = look_at(self.submissions[student], self.settings)
        if source is None:
            why = verdict.message if verdict else "it can't be read"
            raise RequestError(f"there is nothing of {name}'s to run: {why}")
        if self.works.get(student, "") in ("", hashlib.sha256(content.encode()).hexdigest()):
            return source, ""
        return source, f"What {name} handed in is not what was graded: it was changed since"


def handed_in(store: Store, results: Path, folder: Path | None) -> Class:
    """Return the class of a results folder.

    `folder` is that of the submissions, where they are no longer where the last run found them.

    Raises:
        RequestError: the submissions are not there.
        NoSubmissions: there is nobody in the folder.
    """
    place = folder or Path(store.fact(SUBMISSIONS))
    if folder is None and (not store.fact(SUBMISSIONS) or not place.exists()):
        was = f"were graded from {place}, which is not there any more" if store.fact(SUBMISSIONS) else "were elsewhere"
        raise RequestError(f"the submissions of {results} {was}: say where they are with --submissions FOLDER")
    settings = store.settings()  # and with it the assignment that says which files count
    course = course_of(place)
    found = (course.survey if course else partial(survey, place))(settings.limits.file_bytes)
    submissions = {one.student_id: one for one in found.submissions}
    return Class(settings, course.own.secret if course else None, submissions, store.works())


def secret_of(store: Store, results: Path, found: Class, given: Path | None) -> tuple[bytes | None, tuple[str, ...]]:
    """Return the seed secret, and what is not as it was when the marks were made.

    The secret is in the file that was given, or else the class has one of its own.

    Raises:
        RequestError: with this secret, or without one, the inputs would be others than those of the marks.
    """
    path = given or found.own_secret
    secret = None if path is None else read_secret(path)
    before, identity = store.made, seed_identity(found.settings.seed, secret)
    now = made(found.settings, identity, store.key(), secret=secret is not None)
    why = tuple(differences(before, now))
    if before is not None and before.seeds != now.seeds:
        raise RequestError(f"the inputs would not be those that {results} was graded on: {'; '.join(why)}")
    return secret, tuple(f"Not as it was when the marks were made: {one}" for one in why)
