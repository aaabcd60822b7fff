"""Where submissions of the audit are run: one worker, the exams of the seeds, and the oracle's questions."""

from collections.abc import Mapping
from functools import cached_property, lru_cache
from types import TracebackType

from autograder.audit.trials import trial_plan, wrong_tasks
from autograder.cases import case_sets
from autograder.grading.passes import Exam, grade_source
from autograder.model.replies import Reply
from autograder.model.settings import Limits, Settings
from autograder.model.verdict import Verdict
from autograder.sandbox.host.levels import Machine
from autograder.sandbox.host.perform import EncodedPlan, Session
from autograder.sandbox.host.supervisor import Supervisor, open_worker
from autograder.submissions import Source

# A right answer takes milliseconds, and many a mutant loops for ever.
LIMITS = Limits(call_cpu_seconds=0.5, submission_seconds=5)


class Bench:
    """A worker that is started when it is needed; use it as a context manager."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.settings = Settings(limits=LIMITS)
        self.exam = lru_cache(maxsize=case_sets.POOL)(self._make_exam)

    def __enter__(self) -> "Bench":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def grade(self, name: str, text: str, seed: int) -> Verdict:
        """Return the verdict on an rnn.py of this text.

        Raises:
            WorkerBroken: the worker failed.
        """
        return grade_source(self._worker, _source(text), name, self.exam(seed))

    def answers(self, text: str, seed: int) -> Mapping[str, Reply]:
        """Return what an rnn.py of this text replies to the hidden cases, by the call's id.

        Raises:
            WorkerBroken: the worker failed.
        """
        return Session(self._worker, _source(text)).perform(self.exam(seed).whole).replies

    def really_wrong(self, text: str) -> dict[str, str]:
        """Return the tasks of an rnn.py that the oracle finds wrong, with what shows it.

        Raises:
            WorkerBroken: the worker failed.
        """
        return wrong_tasks(Session(self._worker, _source(text)).perform(self._trials).replies)

    def close(self) -> None:
        """End the worker, if there is one."""
        if "_worker" in self.__dict__:
            self._worker.close()

    @cached_property
    def _worker(self) -> Supervisor:
        worker = open_worker(self.machine, LIMITS)
        worker.start()
        return worker

    @cached_property
    def _trials(self) -> EncodedPlan:
        return EncodedPlan(trial_plan())

    def _make_exam(self, seed: int) -> Exam:
        return Exam(case_sets.case_set(seed, self.settings.variant.asked), self.settings)


def _source(text: str) -> Source:
    return Source("py", (("rnn.py", text),), "")
