"""The self-check tells what to do while the work is half done, also where two mistakes meet."""

import re
from collections.abc import Iterator
from types import ModuleType

import pytest

from solutions import rnn
from tests.half_done import ATTEMPTS, Attempt
from tests.messages import released, run


@pytest.fixture(scope="module")
def selfcheck() -> Iterator[ModuleType]:
    """The self-check of a released folder."""
    with released() as module:
        yield module


def written(attempt: Attempt) -> dict[str, object]:
    """Return the functions of an attempt, beside those that are right."""
    names = dict(vars(rnn))
    exec(attempt.text, names)  # a table of this folder
    return names


def hinted(selfcheck: ModuleType, attempt: Attempt) -> str:
    """Return what is said of an attempt beyond that a value is wrong: hints, what is seen, why, and exceptions."""
    said = []
    for result in run(selfcheck, attempt.task, lambda: written(attempt)):
        said += [*result.seen, *(line for hint in result.hints for line in (hint.looks_like, hint.ask))]
        if result.finding:
            said += [result.why, result.finding.got * (result.state == "error")]
    return "\n".join(said)


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.name)
def test_what_is_missing_and_what_is_wrong_are_told(selfcheck: ModuleType, attempt: Attempt) -> None:
    """What is still to be done hides no mistake: each thing that is wrong in an attempt is told."""
    said = hinted(selfcheck, attempt)
    assert [pattern for pattern in attempt.told if not re.search(pattern, said)] == []
