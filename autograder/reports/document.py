"""A student's verdict as a document for other programs: JSON, with the schema that `docs/` publishes.

What an instructor alone may see (flags) is not in it.
"""

from typing import Any, Literal

import msgspec

from autograder.assignment import loaded
from autograder.model.text import printable
from autograder.model.verdict import (
    ByHand,
    Diagnosis,
    Finding,
    Late,
    Outcome,
    PartOutcome,
    State,
    Status,
    Verdict,
    with_texts,
)

VERSION: Literal["bptt-kit/feedback/v1"] = "bptt-kit/feedback/v1"


class TaskDocument(msgspec.Struct, frozen=True):
    """One task: what it is, what it got, and why."""

    task: str
    number: int
    title: str
    slide: str
    state: State
    points: float
    max_points: float
    parts: tuple[PartOutcome, ...]  # they add up to the points that the judge gave
    findings: tuple[Finding, ...]
    diagnoses: tuple[Diagnosis, ...]
    observations: tuple[str, ...]
    notes: tuple[str, ...]
    hand: ByHand | None  # where a person set the points


class Document(msgspec.Struct, frozen=True):
    """One student's feedback. `score` is null where no mark may be given: the grader's own failure."""

    schema: Literal["bptt-kit/feedback/v1"]
    student_id: str
    status: Status
    score: float | None
    max_score: float
    message: str
    notes: tuple[str, ...]
    hand: ByHand | None  # where a person set the sum, before lateness
    late: Late | None  # what lateness took; the score is what is left
    tasks: tuple[TaskDocument, ...]


def document(verdict: Verdict) -> Document:
    """Return the document of a verdict, with everything written out that is invisible, acts, or turns text around."""
    verdict = with_texts(verdict, _shown)
    tasks = tuple(_task(outcome) for outcome in verdict.tasks)
    return Document(**_common(Document, verdict) | {"schema": VERSION, "tasks": tasks})


def indented(value: Any) -> bytes:
    """Return a document, or what is made of documents, as indented JSON that ends in a newline."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def schema() -> bytes:
    """Return the JSON schema of a document, as it stands in `docs/feedback.schema.json`."""
    found = msgspec.json.schema(Document)
    return indented({"$schema": "https://json-schema.org/draft/2020-12/schema", **found})


def _shown(text: str) -> str:
    return "\n".join(printable(line, None) for line in text.split("\n"))


def _task(outcome: Outcome) -> TaskDocument:
    task = loaded().task[outcome.task]
    own = {"number": task.number, "title": task.title, "slide": task.slide}
    return TaskDocument(**_common(TaskDocument, outcome) | own)


def _common(kind: type[msgspec.Struct], value: object) -> dict[str, Any]:
    """Return the fields of a document that are those of a verdict or an outcome."""
    return {name: getattr(value, name) for name in kind.__struct_fields__ if hasattr(value, name)}
