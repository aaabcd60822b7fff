"""A verdict that is stored is never long, and as a document it holds nothing that acts."""

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from autograder.model.verdict import Excerpt, Finding, Outcome, Verdict, encoded
from autograder.reports.document import document, indented
from solutions.tasks import TASKS
from tests.sample_verdicts import graded


def verdict_of(text: str, lines: int, findings: int) -> Verdict:
    """Return a verdict that says this everywhere."""
    finding = Finding("tanh", "square", text, text, text, text)
    code = (Excerpt("rnn.py", 1, (text,) * lines, (1,)),)
    more = {"findings": (finding,) * findings, "notes": (text,) * findings, "observations": (text,) * findings}
    tasks = tuple(Outcome(task.id, "fail", 0.0, task.points, code=code, **more) for task in TASKS)
    return Verdict("zo\u00eb", "graded", 12.5, 100, text, tasks, (text,) * findings, (text,) * findings)


@pytest.mark.parametrize("text", ["x" * 400, "\u20ac" * 400, "\x01" * 400, "\U0001f600" * 2000, "x"])
@pytest.mark.parametrize(("lines", "findings"), [(80, 3), (400, 3), (0, 60), (60, 60)])
def test_what_is_stored_is_at_most_64_kb(text: str, lines: int, findings: int) -> None:
    """Whatever a submission says; whose verdict it is, its marks and its states stay."""
    verdict = verdict_of(text, lines, findings)
    body = encoded(verdict)
    assert len(body) <= 64 * 1024
    kept = msgspec.json.decode(body, type=Verdict)
    assert (kept.student_id, kept.score, kept.status) == ("zo\u00eb", 12.5, "graded")
    assert [(task.task, task.state, task.max_points) for task in kept.tasks] == [
        (task.id, "fail", task.points) for task in TASKS
    ]
    assert all(task.findings for task in kept.tasks)


def test_what_is_short_is_stored_as_it_is() -> None:
    """Ordinary verdicts are never cut; of a long one, the code goes first, and the rest is as it was."""
    assert msgspec.json.decode(encoded(graded("ana", 0.5, "fail")), type=Verdict) == graded("ana", 0.5, "fail")
    long = verdict_of("x" * 60, 60, 3)
    kept = msgspec.json.decode(encoded(long), type=Verdict)
    assert [len(task.code[0].lines) for task in kept.tasks] == [40] * len(TASKS)
    assert [task.findings for task in kept.tasks] == [task.findings for task in long.tasks]
    assert (kept.notes, kept.flags, kept.message) == (long.notes, long.flags, long.message)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value


def test_a_document_holds_nothing_that_acts() -> None:
    """Marks of direction, escapes and what cannot be seen are written out; letters and line ends stay."""
    for sign in ("\u202e", "\u2066", "\u200f", "\x1b[2J", "\u200b", "\ud800", "\r"):
        page = indented(document(verdict_of(f"gr{sign}ün\nrot", 1, 1))).decode()
        found = list(texts(json.loads(page)))
        assert all(unicodedata.category(c) not in ("Cc", "Cf", "Cs") for text in found for c in text if c != "\n")
        assert any("ün\nrot" in text for text in found)
