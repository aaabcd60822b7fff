"""The self-check: type `pytest` in this folder, or `pytest -k TASK` for one."""

import sys
from collections.abc import Callable

import pytest
from selfcheck import CHECKS, Check, Student, explain, run


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_task(check: Check, student: Student, quick: bool, record_property: Callable[[str, object], None]) -> None:
    """Your functions give the public answers and fit the numerical gradient of your own loss."""
    result = run(student, check, quick=quick)
    record_property("selfcheck", result._replace(finding=None, hints=())._asdict())
    if result.state in ("to do", "waiting", "not made"):
        pytest.skip(result.note)
    if result.state != "pass":
        pytest.fail(explain(result), pytrace=False)


if __name__ == "__main__":
    sys.exit(pytest.main([__file__]))
