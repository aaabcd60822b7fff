"""The instructor's page says what is so: its settings load, its mistakes are known, its commands exist."""

import re
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.model.settings import load_settings
from solutions.mistakes import BUGS

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "instructors.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS)
def test_its_settings_can_be_used(block: str, tmp_path: Path) -> None:
    """Each TOML example is a settings file that is taken, and changes something."""
    path = tmp_path / "course.toml"
    path.write_text(block, encoding="utf-8")
    assert load_settings(path) != load_settings(None)


def test_its_mistakes_are_those_of_the_bug_library() -> None:
    """Ten rows for the class, and every name in brackets is one that feedback and audit use."""
    section = PAGE.partition("## Ten things to say in class")[2]
    rows = re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE)[1:]
    assert len(rows) == 10
    known = {bug.id for bug in BUGS} | {bug.family for bug in BUGS}
    named = [name for row in rows for name in re.findall(r"`([\w{}-]+)`", row)]
    assert len(named) >= 10
    assert [name for name in named if name not in known] == []


def test_its_commands_exist() -> None:
    """Every `bptt` command and option of the page is one that the program has."""
    for line in re.findall(r"bptt [a-z][^`\n#…]*", PAGE):
        words = line.split()
        command = main.commands[words[1]]
        for option in (word for word in words if word.startswith("--")):
            group = getattr(command, "commands", {}).get(words[2], command)
            assert any(option in parameter.opts for parameter in group.params), line


def test_its_links_lead_somewhere() -> None:
    """Files beside the page and headings in it are there."""
    headings = {
        re.sub(r"[^a-z0-9 -]", "", head.lower()).replace(" ", "-") for head in re.findall(r"^#+ (.+)$", PAGE, re.M)
    }
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        assert target[1:] in headings if target.startswith("#") else (DOCS / target).exists(), target
