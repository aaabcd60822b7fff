"""Who and what is meant by what a person typed: a student of the class, a task of the run."""

import pytest

from autograder.cases.secret import RequestError
from autograder.model.settings import Settings, TaskSettings
from autograder.results.names import known_student, known_task


def test_a_student_is_known_by_the_whole_id() -> None:
    """Another name is refused with those that come near."""
    assert known_student("ana", {"ana": 1, "ben": 2}) == "ana"
    with pytest.raises(RequestError, match=r"^nobody in these results is called an: did you mean ana\?$"):
        known_student("an", ["ana", "ben"])
    with pytest.raises(RequestError, match=r"^nobody in these results is called x\\ny$"):
        known_student("x\ny", ["ana"])


@pytest.mark.parametrize(
    ("name", "task"), [("softmax", "softmax"), ("bptt_bias", "bptt_bias"), ("bptt_b", "bptt_bias")]
)
def test_a_task_is_known_by_its_id_and_by_its_functions(name: str, task: str) -> None:
    """Two functions may be one task."""
    assert known_task(name, Settings()).id == task


def test_a_task_that_there_is_not_is_refused() -> None:
    """With the nearest, or all that are graded; one that is off in this run is told as that."""
    settings = Settings(tasks={"softmax": TaskSettings(enabled=False)})
    with pytest.raises(RequestError, match=r"^there is no task forwrd: did you mean forward\?$"):
        known_task("forwrd", settings)
    with pytest.raises(RequestError, match=r"^there is no task qqq: the tasks are cross_entropy, forward,"):
        known_task("qqq", settings)
    with pytest.raises(RequestError, match=r"^softmax is switched off in these results: the tasks are cross_entropy,"):
        known_task("softmax", settings)
