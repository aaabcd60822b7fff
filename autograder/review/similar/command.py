"""`bptt similar`: ask the class again what it got wrong, compare, and write the pairs."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from autograder.cases.case_sets import case_set
from autograder.cases.secret import RequestError
from autograder.grading.passes import Exam
from autograder.handout.notebook import notebook_text
from autograder.handout.stubs import stub
from autograder.model.loading import loaded
from autograder.model.text import printable
from autograder.model.verdict import Verdict
from autograder.reports import say
from autograder.reports.screen import Screen
from autograder.results.database import writing
from autograder.results.store import FILE_NAME, Store
from autograder.review.similar.answers import wrong_answers
from autograder.review.similar.page import PAGE, TABLE, pair_lines, title, write_pairs
from autograder.review.similar.pairs import similar_pairs
from autograder.review.work import Class, handed_in
from autograder.sandbox.host.errors import WorkerBroken
from autograder.sandbox.host.protect import protected_machine
from autograder.sandbox.host.supervisor import open_worker
from autograder.submissions import Source
from autograder.submissions.given import given
from autograder.submissions.notebook import code_cells

_TOLD = 10  # pairs that the terminal names


def find_similar(results: Path, screen: Screen, *, submissions: Path | None, unprotected: bool) -> None:
    """Write the pairs of a class that share what few others do.

    Raises:
        RequestError, NoSubmissions: the work of the class is not there.
        StoreError: the results can't be read, or the pages not be written.
        Unprotected, SelfTestFailed: nothing holds student code here.
    """
    with Store(results / FILE_NAME, create=False) as store:
        found = handed_in(store, results, submissions)
        verdicts = {verdict.student_id: verdict for verdict in store.each()}
    sources = dict(_sources(found, verdicts, screen))
    answers = _answers(found, sources, verdicts, screen, unprotected=unprotected)
    texts = {student: [code for _, code in source.chunks] for student, source in sources.items()}
    pairs = similar_pairs(texts, answers, handed_out(), accepted())
    with writing(results):
        write_pairs(results, pairs, {student: source.chunks for student, source in sources.items()})
    for pair in pairs[:_TOLD]:
        say(screen.out, f"{title(pair)}: {'; '.join(pair_lines(pair))}")
    what = f"{len(pairs)} pairs of {len(sources)} submissions share what few others do"
    say(screen.out, f"{what}: a reason to ask, and no proof.")
    say(screen.out, f"pairs:    {results / PAGE}\ntable:    {results / TABLE}")


def _sources(found: Class, verdicts: Mapping[str, Verdict], screen: Screen) -> Iterator[tuple[str, Source]]:
    """Yield what can be compared."""
    for student in verdicts:
        try:
            source, remark = found.source(student)
        except RequestError:  # it is missing or rejected, and shares nothing
            continue
        if remark:
            say(screen.log, remark)
        yield student, source


def _answers(
    found: Class, sources: Mapping[str, Source], verdicts: Mapping[str, Verdict], screen: Screen, *, unprotected: bool
) -> dict[str, dict[str, str]]:
    """Return the wrong answers of everybody who has some, on one case set."""
    settings = found.settings
    enabled = [task.id for task in settings.enabled_tasks()]
    asked = {student: tasks for student in sources if (tasks := _wrong_tasks(verdicts[student], enabled))}
    if not asked:
        return {}
    machine, sandbox = protected_machine(settings.limits, unprotected=unprotected)
    say(screen.log, f"{sandbox}\n{len(asked)} submissions are asked again what they got wrong, on one case set.")
    exam = Exam(case_set(settings.seed, settings.variant.asked), settings)
    answers = {}
    for student, tasks in asked.items():
        try:
            with open_worker(machine, settings.limits) as worker:
                answers[student] = wrong_answers(worker, sources[student], exam, tasks)
        except WorkerBroken as error:
            say(screen.log, f"Only the text of {printable(student)} is compared, for the sandbox broke: {error}")
    return answers


def _wrong_tasks(verdict: Verdict, enabled: list[str]) -> list[str]:
    """Return the tasks whose wrong answers nothing explained; all of them where the verdict does not tell."""
    if not verdict.tasks:
        return enabled
    return [one.task for one in verdict.tasks if one.state in ("fail", "partial") and not one.diagnoses]


def handed_out() -> Iterator[list[str]]:
    """Yield the chunks of each text that everybody was given."""
    yield [stub(loaded().source())]
    yield [code for _, code in code_cells(notebook_text())]
    yield from _programs(given().values())


def accepted() -> Iterator[list[str]]:
    """Yield the chunks of each text that is known to be right."""
    yield [loaded().source()]
    if styles := loaded().styles:
        yield from _programs(sorted(styles.rglob("*.py")))


def _programs(paths: Iterable[Path]) -> Iterator[list[str]]:
    for path in paths:
        if path.suffix == ".py":
            yield [path.read_text(encoding="utf-8")]
