"""Grade one submission after the other, in a worker that is started when it is needed."""

import sys
import traceback
from dataclasses import replace

from autograder.cases import case_sets
from autograder.cases.drawing import draw
from autograder.grading.passes import Exam, grade_source
from autograder.grading.work import Done, GradingJob
from autograder.judge import ungraded
from autograder.model.settings import Settings
from autograder.model.verdict import Verdict
from autograder.sandbox.host.errors import WorkerBroken
from autograder.sandbox.host.levels import Machine
from autograder.sandbox.host.supervisor import Supervisor, open_worker
from autograder.submissions import Source


class Grader:
    """What grades in one process, or in one thread of it."""

    def __init__(self, settings: Settings, secret: bytes | None, machine: Machine) -> None:
        self.machine = machine
        self.settings = settings
        self.secret = secret
        self._worker: Supervisor | None = None
        self._exams: dict[int, tuple[int, Exam]] = {}  # by seed, with the attempt; no more than the pool has

    def grade(self, student_id: str, source: Source) -> Verdict:
        """Return the verdict on a submission, on the cases of this student.

        A worker that breaks twice over one submission leaves it not graded.
        """
        seed = case_sets.seed_of(self.settings.seed, self.secret, student_id)
        return self._verdict(student_id, source, self._exam(seed, None)[1])

    def do(self, job: GradingJob) -> Done:
        """Return what came of a job. Whatever goes wrong on our side costs nobody a mark, and no other job."""
        try:
            attempt, exam = self._exam(job.seed, job.attempt)
            return Done(self._verdict(job.student_id, job.source, exam), attempt)
        except Exception as error:
            traceback.print_exc(file=sys.stderr)  # a bug of ours, which somebody has to see
            return Done(self._not_graded(job.student_id, f"{type(error).__name__}: {error}"))

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def _verdict(self, student_id: str, source: Source, exam: Exam) -> Verdict:
        broken = ""
        for _ in range(2):
            try:
                verdict = grade_source(self._ready_worker(), source, student_id, exam)
                return replace(verdict, notes=(*source.notes, *verdict.notes))
            except WorkerBroken as error:
                broken = str(error)
                self.close()
        return self._not_graded(student_id, broken)

    def _not_graded(self, student_id: str, why: str) -> Verdict:
        return ungraded(student_id, "not_graded", f"the grader failed: {why}", self.settings)

    def _ready_worker(self) -> Supervisor:
        if self._worker is None:
            self._worker = open_worker(self.machine, self.settings.limits)
            self._worker.start()
        return self._worker

    def _exam(self, seed: int, attempt: int | None) -> tuple[int, Exam]:
        """Return what a seed asks, proved here only where no attempt is known to be."""
        if seed not in self._exams:
            variant = self.settings.variant.asked
            if attempt is None:
                attempt, cases = case_sets.prove(seed, variant)
            else:
                cases = draw(seed, attempt, variant)
            self._exams[seed] = attempt, Exam(cases, self.settings)
        return self._exams[seed]
