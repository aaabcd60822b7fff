"""Everything that a student can be told is short, and in words that a second-language reader knows."""

import ast
import re
from collections.abc import Iterator
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from autograder.audit.student import results_of
from autograder.cases.case_sets import case_set
from autograder.judge import explain, judge_task
from autograder.judge.mistakes import bugs_of, make_faulty, pairs_of
from autograder.judge.seen import in_words
from autograder.model.verdict import Diagnosis, Outcome
from autograder.reports.words import remarks_on
from solutions import rnn
from solutions.mistakes import BUGS
from solutions.tasks import TASKS
from tests.messages import PAGE, released, run
from tests.reading import prose, reading

ROOT = Path(__file__).parent.parent
# Where sentences for students are written: in the handout's programs, and in what judges, runs and words the answers.
SOURCES = [
    "solutions/handout",
    "autograder/judge",
    "autograder/reports/words.py",
    "autograder/submissions",
    "solutions/follow",
    "solutions/tasks.py",
    "autograder/sandbox/worker/caller.py",
    "autograder/sandbox/worker/loader.py",
    "autograder/sandbox/host/monitor.py",
    "autograder/sandbox/host/supervisor.py",
    "autograder/sandbox/host/perform.py",
]
# Fewer words than these are a piece of a message, which is measured as it is printed.
SENTENCE = 5
MOST_WORDS, MOST_GRADE = 160, 9


def plain(text: str) -> bool:
    """Whether a message is short and easy enough."""
    words, grade = reading(text)
    return words <= MOST_WORDS and (grade <= MOST_GRADE or words < SENTENCE)


def literals(path: Path) -> Iterator[str]:
    """Each text in a module but for docstrings and code; what is put into it is no word."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            skipped.update(ast.walk(node))
            yield "".join(part.value if isinstance(part, ast.Constant) else " § " for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_every_sentence_of_the_programs_is_plain() -> None:
    """What they can print is a text in one of these modules: a new one is covered."""
    paths = [
        path for name in SOURCES for path in ([ROOT / name] if name.endswith("py") else (ROOT / name).rglob("*.py"))
    ]
    texts = [(path.name, text) for path in paths for text in literals(path) if reading(text).words >= SENTENCE]
    assert len(texts) > 200
    assert [found for found in texts if not plain(found[1])] == []


def printed(outcome: Outcome) -> Iterator[str]:
    """What feedback says of a task; what came is the student's, and is code."""
    for remark in remarks_on(outcome, {}):
        lines = [f"{remark.heading}: {remark.text}", *(text for label, text in remark.details if label != "got")]
        yield ". ".join(lines)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_every_mistake_is_plain(task) -> None:
    """Alone, in pairs, and as alternatives that have one mistake in common."""
    bugs = {bug.id: bug for bug in bugs_of(task.id)}
    pairs = [tuple(pair) for pair in pairs_of(task.id)]
    shared = [(one, other) for one, other in combinations(pairs, 2) if one[0] == other[0]][::50]
    hard = []
    for named in [*(((bug,),) for bug in bugs), *((pair,) for pair in pairs), *shared]:
        said = "; or: ".join(in_words([[bugs[id_].misconception for id_ in ids] for ids in named]))
        questions = dict.fromkeys(bugs[id_].question for ids in named for id_ in ids)
        slides = dict.fromkeys(bugs[id_].slide for ids in named for id_ in ids)
        diagnosis = Diagnosis(named, said, tuple(questions), tuple(slides))
        (text,) = printed(Outcome(task.id, "fail", 0, 1, diagnoses=(diagnosis,)))
        hard += [text] * (not plain(text))
    assert hard == []


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_feedback_on_every_mistake_is_plain(task) -> None:
    """The remarks on a submission that makes it, as they are printed, and with what is seen in it."""
    hard, seen = [], 0
    with np.errstate(all="ignore"):
        for bug in (bug for bug in BUGS if bug.task == task.id):
            results = results_of(vars(rnn) | make_faulty(task.id, [bug.id]), case_set(0), [task.id])[task.id]
            for text in printed(explain(judge_task(task, results, task.points), results)):
                seen += 1
                hard += [text] * (not plain(text))
    assert hard == []
    assert seen > 3


def test_the_self_check_is_plain() -> None:
    """What it says on each mistake, from the page that another test holds to what is printed."""
    rows = re.findall(r"^\| `[\w-]+.*?` \| (.+?) \| .+? \| (.+?) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == len(BUGS)
    assert [row for row in rows if not plain(". ".join(row))] == []


@pytest.mark.thorough
def test_all_that_the_self_check_prints_is_plain() -> None:
    """Each message as it stands in the terminal, label by label; what came and its line are the student's."""
    hard, seen = [], 0
    with released() as selfcheck:
        for bug in BUGS:
            for result in run(selfcheck, bug.task, partial(make_faulty, bug.task, [bug.id])):
                labelled = re.split(r"\n  (?=[a-z])", selfcheck.explain(result).replace(", numerical gradient:", ":"))
                said = [" ".join(text.split()) for text in labelled if not text.startswith(("got ", "where "))]
                seen += bool(result.finding)
                hard += [said] * (not plain(". ".join(said)))
    assert hard == []
    assert seen > len(BUGS)


@pytest.mark.parametrize("name", ["GUIDE.md", "ERRATA.md", "README.md"])
def test_pages_are_plain(name: str) -> None:
    """Each paragraph by itself, but for the titles of slides, which are the lecture's."""
    parts = [
        part for part in prose((ROOT / "assignment" / name).read_text(encoding="utf-8")) if not part.startswith("Slide")
    ]
    assert len(parts) > 10
    assert [part for part in parts if reading(part).words > 2 * SENTENCE and reading(part).grade > MOST_GRADE] == []


def test_the_measure() -> None:
    """Grades as Flesch and Kincaid give them by hand, and code that counts for nothing."""
    easy = reading("The cat sat on the mat.")
    assert (easy.words, round(easy.grade, 2)) == (6, round(0.39 * 6 + 11.8 - 15.59, 2))
    hard = reading("Mathematical sophistication notwithstanding, differentiability necessitates consideration.")
    assert hard.grade > 30
    assert reading("Is `a_very_long_name(x)` h_{t-1}, bptt_W or ∂L/∂o_t?") == reading("Is or?")
