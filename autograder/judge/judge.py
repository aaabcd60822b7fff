"""From the results of cases to the points of tasks, and from those to the verdict on a submission."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from platform import python_version_tuple

from autograder.assignment import Task
from autograder.judge.accounting import FOLLOWED, accounted, never_loaded, paid_once
from autograder.judge.diagnosis import diagnose
from autograder.judge.leeway import settled
from autograder.judge.relations import observe
from autograder.judge.values import CaseResult, examine
from autograder.model.cases import Case
from autograder.model.replies import RaisedError, Reply, Transcript
from autograder.model.settings import Settings
from autograder.model.text import printable
from autograder.model.verdict import Finding, Outcome, PartOutcome, State, Status, Verdict

# More than a few findings about one task teach nothing.
MAX_FINDINGS = 3
_PYTHON = ".".join(python_version_tuple()[:2])


def examine_all(cases: Iterable[Case], replies: Mapping[str, Reply]) -> tuple[CaseResult, ...]:
    """Return the results of cases that were asked."""
    return settled(examine(case, replies[case.call.id]) for case in cases)


def judge_task(task: Task, results: Sequence[CaseResult], points: float) -> Outcome:
    """Return the outcome of one task from the results of all its cases, where it is worth so many points."""
    scale = points / task.points
    earned = 0.0
    lost: list[CaseResult] = []
    parts = []
    notes = [result.note for result in results if result.note]
    for part in task.parts:
        wrong = [result for result in results if result.case.part == part.id and result.finding is not None]
        lost += wrong
        worth = part.points * scale
        earned += 0.0 if wrong else worth
        parts.append(PartOutcome(part.id, part.what, 0.0 if wrong else round(worth, 4), round(worth, 4)))
    earned = round(earned, 4)
    state: State = "pass" if not lost else "partial" if earned else _worst(lost)
    return Outcome(task.id, state, earned, points, _telling(lost), tuple(dict.fromkeys(notes)), parts=tuple(parts))


def credited(
    task: Task, outcome: Outcome, results: Sequence[CaseResult], credit: Mapping[str, tuple[float, str]]
) -> Outcome:
    """Return the outcome with follow-through: by lost part, the share (0 to 1) that is given, and why.

    No mistake of its own is named for what is right for the student's own functions.
    """
    if not credit:
        return outcome
    scale = outcome.max_points / task.points
    more = {part.id: credit[part.id][0] * part.points * scale for part in task.parts if part.id in credit}
    parts = tuple(
        replace(part, points=round(part.points + more[part.id], 4), lost_by="observation", what=FOLLOWED)
        if part.id in more
        else part
        for part in outcome.parts
    )
    notes = tuple(dict.fromkeys((*(why for _, why in credit.values()), *outcome.notes)))
    points = round(outcome.points + sum(more.values()), 4)
    nothing_named = replace(outcome, diagnoses=(), observations=())
    followed = replace(nothing_named, state="partial", points=points, notes=notes, parts=parts)
    others = [result for result in results if result.case.part not in credit]
    return explain(followed, others) if any(result.finding for result in others) else followed


def explain(outcome: Outcome, results: Sequence[CaseResult]) -> Outcome:
    """Return the outcome with the known mistakes that explain what was lost, and with what is seen in the rest."""
    if not outcome.findings:
        return outcome
    explained = accounted(replace(outcome, diagnoses=diagnose(outcome.task, results)), results)
    named = {part.id for part in explained.parts if part.lost_by == "mistake"}
    seen = observe([result for result in results if result.case.part not in named])
    return accounted(replace(explained, observations=seen), results) if seen else explained


def rejected(outcome: Outcome, why: str) -> Outcome:
    """Return the outcome of a derivative that a course does not accept, for it is differentiated numerically."""
    finding = Finding("all of it", "", f"{why}; this course gives no points for that", "backpropagation")
    seen = "it is differentiated numerically"
    parts = tuple(replace(part, points=0.0, lost_by="observation", what=seen) for part in outcome.parts)
    nothing_named = replace(outcome, notes=(), diagnoses=(), observations=(seen,))
    return replace(nothing_named, state="fail", points=0.0, findings=(finding,), parts=parts)


def _worst(lost: Sequence[CaseResult]) -> State:
    """Return the state of a task without points: how its first case went that did not just come out wrong."""
    return next((result.state for result in lost if result.state != "fail"), "fail")


def _telling(lost: Sequence[CaseResult]) -> tuple[Finding, ...]:
    """Return the first finding of each part, then others that say something new."""
    findings = [result.finding for result in lost if result.finding is not None]
    first = {finding.part: finding for finding in reversed(findings)}
    chosen = [finding for finding in findings if first[finding.part] is finding]
    said = {finding.summary for finding in chosen}
    for finding in findings:
        if finding.summary not in said:
            said.add(finding.summary)
            chosen.append(finding)
    if all(finding.summary == chosen[0].summary for finding in chosen):
        chosen = chosen[:1]  # a stub is "still to be written" once
    return tuple(chosen[:MAX_FINDINGS])


def reach_verdict(
    student_id: str, transcript: Transcript, outcomes: Sequence[Outcome], settings: Settings, seconds: float
) -> Verdict:
    """Return the verdict on a submission whose tasks have been judged, after so many seconds."""
    status, message = _status(transcript)
    if status != "graded":
        why = transcript.problems[0].type if status == "import_error" else status
        outcomes = [never_loaded(outcome, why) for outcome in outcomes]
    outcomes = list(paid_once(outcomes, settings.repeated_mistakes.share))
    score = round(sum(outcome.points for outcome in outcomes), 4)
    notes = tuple(_load_notes(transcript))
    flags = tuple(_attempts(transcript, telling=True))
    return Verdict(student_id, status, score, settings.max_score, message, tuple(outcomes), notes, flags, seconds)


def ungraded(student_id: str, status: Status, message: str, settings: Settings) -> Verdict:
    """Return the verdict on a submission that was never run; a fault of ours leaves it without a mark."""
    score = None if status == "not_graded" else 0.0
    return Verdict(student_id, status, score, settings.max_score, message)


def _status(transcript: Transcript) -> tuple[Status, str]:
    """Return the submission's status: something other than graded only where nothing could be graded."""
    if not transcript.loaded:
        loss = transcript.load_losses[-1]
        status: Status = "crashed" if loss.state == "forbidden" else loss.state
        return status, f"the file {loss.message} while it was loaded"
    if any(reply.kind != "absent" for reply in transcript.replies.values()):
        return "graded", ""
    if transcript.load_losses:
        loss = transcript.load_losses[0]
        return ("crashed" if loss.state == "forbidden" else loss.state), f"the file {loss.message} while it was loaded"
    if transcript.problems:
        return "import_error", describe_error(transcript.problems[0])
    return "graded", "the file defines none of the functions of the assignment"


def _load_notes(transcript: Transcript) -> list[str]:
    """Return remarks on top-level statements that did not run; what stands before them was graded."""
    notes = [describe_error(error) for error in transcript.problems]
    for skipped, loss in zip(transcript.skipped, transcript.load_losses, strict=False):
        notes.append(f"{printable(skipped.where)}, line {skipped.line}: {loss.message}; loading went on without it")
    return [*notes, *_attempts(transcript, telling=False)]


def _attempts(transcript: Transcript, *, telling: bool) -> Iterator[str]:
    """Yield what the submission asked for and did not get, each once, with the task that was running."""
    seen = dict.fromkeys(attempt for attempt in transcript.attempts if attempt.telling == telling)
    for attempt in seen:
        yield f"{attempt.during or 'the file, while it was loaded,'} {attempt.what}"


def describe_error(error: RaisedError) -> str:
    """Return one line about an exception in a student's file, safe to print."""
    where = f"{error.where}, line {error.line}: " if error.line else ""
    text = f" (in: {error.text})" if error.text else ""
    # Syntax that a newer Python knows is an error here.
    by = f" (graded by Python {_PYTHON})" if error.type == "SyntaxError" else ""
    return printable(f"{where}{error.type}: {error.message}{text}", 400) + by
