"""The instructor's page has ten rows for the class, on mistakes that are known."""

import re
from pathlib import Path

from solutions.mistakes import BUGS

PAGE = (Path(__file__).parent.parent / "docs" / "instructors.md").read_text(encoding="utf-8")


def test_its_mistakes_are_those_of_the_bug_library() -> None:
    """Ten rows for the class, and every name in brackets is one that feedback and audit use."""
    section = PAGE.partition("## Ten things to say in class")[2]
    rows = re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE)[1:]
    assert len(rows) == 10
    known = {bug.id for bug in BUGS} | {bug.family for bug in BUGS}
    named = [name for row in rows for name in re.findall(r"`([\w{}-]+)`", row)]
    assert len(named) >= 10
    assert [name for name in named if name not in known] == []
