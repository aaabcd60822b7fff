"""Have a whole plan performed: in one process if all goes well, in as many as it takes if not."""

from collections.abc import Sequence

from autograder.model.plan import Call, Plan
from autograder.model.replies import Loss, Reply, Transcript
from autograder.sandbox.host.encode import encode_job, encode_plan
from autograder.sandbox.host.monitor import Budget, ProcessRun
from autograder.sandbox.host.supervisor import More, Supervisor, WorkerJob
from autograder.submissions import Source

# A file whose top level ends process after process is given up.
MAX_BAD_STEPS = 4


class EncodedPlan:
    """A plan with its frame, encoded once for everybody who gets it.

    The worker keeps the plan that came last. A plan that is performed `once` goes with its job, and is not kept.
    """

    def __init__(self, plan: Plan, *, once: bool = False) -> None:
        self.plan = plan
        self.once = once
        self.frame = encode_plan(plan)


class Session:
    """Has plans performed by one submission, which has one budget for all of them."""

    def __init__(self, worker: Supervisor, source: Source) -> None:
        self.worker = worker
        self.source = source
        self.left = Budget.of(worker.limits)

    @property
    def spent(self) -> bool:
        """Whether the submission has used up its time."""
        return self.left.cpu <= 0 or self.left.clock <= 0

    def perform(
        self, encoded: EncodedPlan, wanted: Sequence[Call] | None = None, more: More = lambda _: ()
    ) -> Transcript:
        """Return the transcript of a plan. A group of calls that harms its process costs no other group anything.

        Args:
            encoded: the plan.
            wanted: the calls of it to make, in its order; None: all.
            more: from the replies of a process in which no call can leave anything behind, the calls to make then.

        Raises:
            WorkerBroken: the worker failed, not the submission.
        """
        performance = _Performance(encoded, list(encoded.plan.calls if wanted is None else wanted))
        while not self.spent:
            calls = performance.next_calls()
            run = self.worker.run(performance.job(self.source, calls), calls, self.left, more)
            self.left = run.left
            if not performance.goes_on_after(run, calls):
                return performance.transcript
        seconds = self.worker.limits.submission_seconds
        performance.give_up(Loss("timeout", f"the {seconds:g} s of a whole submission were used up before this task"))
        return performance.transcript


class _Performance:
    """How far a submission is with the calls of a plan, over all of its processes."""

    def __init__(self, encoded: EncodedPlan, due: list[Call]) -> None:
        self.encoded = encoded
        self.due = due
        self.transcript = Transcript()
        self.skip_steps: list[int] | None = None  # a file that ends its process is loaded again step by step
        self.open_groups = list(dict.fromkeys(call.group for call in due))
        self.retry: list[str] = []  # these groups are tried again when all others have run

    def next_calls(self) -> list[Call]:
        """Return the calls that the next process is to make."""
        asked = self.open_groups or self.retry[:1]
        return [call for call in self.due if call.group in asked]

    def job(self, source: Source, calls: Sequence[Call]) -> WorkerJob:
        """Return the job of that process."""
        kept, own = (b"", self.encoded.frame) if self.encoded.once else (self.encoded.frame, b"")
        return WorkerJob(encode_job(source, [call.id for call in calls], skip_steps=self.skip_steps, plan=own), kept)

    def goes_on_after(self, run: ProcessRun, calls: Sequence[Call]) -> bool:
        """Take in the run of a process that had these calls to make; say whether another is needed."""
        self.transcript.attempts += tuple(run.attempts)
        self._forget(calls)
        self.transcript.replies.update(run.replies)
        if run.loaded is None:
            return self._is_loaded_again(run)
        self.transcript.loaded = True
        self.transcript.stateless = run.loaded.stateless
        self.transcript.problems = run.loaded.problems
        self.transcript.skipped = run.loaded.skipped
        self.due += run.calls[len(calls) :]  # more calls were asked for
        self._settle(run)
        unsettled = dict.fromkeys(call.group for call in self.due if call.id not in self.transcript.replies)
        self.open_groups = [group for group in unsettled if group not in self.retry]
        self.retry = [group for group in self.retry if group in unsettled]
        return bool(unsettled)

    def give_up(self, loss: Loss) -> None:
        """Lose all calls that have no reply yet; the file as well, if it was never loaded."""
        if not self.transcript.loaded:
            self.transcript.load_losses += (loss,)
        self._lose(self.due, loss)

    def _is_loaded_again(self, run: ProcessRun) -> bool:
        """Whether a file that ended its process while it was loaded has another try, without that step."""
        if self.skip_steps is None:
            self.skip_steps = []
            return True
        loss = run.loss or _SILENT
        self.transcript.load_losses += (loss,)
        if len(self.skip_steps) == MAX_BAD_STEPS or run.step in self.skip_steps or run.step == 0:
            self._lose(self.due, loss)
            return False
        self.skip_steps.append(run.step)
        return True

    def _settle(self, run: ProcessRun) -> None:
        """Decide about the group that was running when the process ended, if it did not come to its end."""
        running = next((call.group for call in run.calls if call.id not in self.transcript.replies), None)
        if running is None:
            return
        group = [call for call in self.due if call.group == running]
        if running == run.calls[0].group:
            self._lose(group, run.loss or _SILENT)
        else:  # an earlier group may have left something behind, such as an alarm: it will be the first of a process
            self._forget(group)
            self.retry.append(running)

    def _forget(self, calls: Sequence[Call]) -> None:
        for call in calls:
            self.transcript.replies.pop(call.id, None)

    def _lose(self, calls: Sequence[Call], loss: Loss) -> None:
        for call in calls:
            self.transcript.replies.setdefault(call.id, Reply("lost", lost=loss))


_SILENT = Loss("crashed", "ended without a word")
