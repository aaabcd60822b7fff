"""The self-check: type `pytest` in this folder, or `pytest -k softmax` for one task."""

from collections.abc import Callable
from dataclasses import asdict, replace

import pytest
from selfcheck import CHECKS, Check, Student, explain, run


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_task(check: Check, student: Student, record_property: Callable[[str, object], None]) -> None:
    """Your functions give the public answers and fit the numerical gradient of your own loss."""
    result = run(student, check)
    record_property("selfcheck", asdict(replace(result, finding=None, hints=())))
    if result.state in ("to do", "waiting"):
        pytest.skip(result.note)
    if result.state != "pass":
        pytest.fail(explain(result), pytrace=False)
