"""Two pages walk through a term, and through an assignment of one's own: their commands print what the pages show."""

import shlex
from pathlib import Path

import pytest

from autograder.cli import main
from tests import pages
from tests.conftest import REFERENCE, SAMPLE_CLASS
from tests.small_assignment import bundled_again  # noqa: F401 - a fixture

DOCS = Path(__file__).parent.parent / "docs"
TERM, OWN = DOCS / "instructors.md", DOCS / "your-own-assignment.md"
#: When each handed in; the class is part of the sample class, and one who copied.
TIMES = {"hassan": "20 20:30", "ines": "21 19:15", "jakub": "22 09:00", "noor": "20 20:45"}


def class_of_the_page(folder: Path) -> Path:
    """Put into a folder what the page begins with: a class, a secret and a solution of one's own."""
    for student, time in TIMES.items():
        own = folder / "submissions" / student / "rnn"
        own.mkdir(parents=True)
        text = (SAMPLE_CLASS / student.replace("noor", "hassan") / "rnn.py").read_text(encoding="utf-8")
        if student == "noor":
            for old, new in {"# RNN homework - Hassan\n": "", "errors": "delta", "later": "carry"}.items():
                text = text.replace(old, new)
        (own / "rnn.py").write_text(text, encoding="utf-8")
        (own / "timestamp.txt").write_text(f"2026-11-{time}:00 UTC\n", encoding="utf-8")
    (folder / "secret.txt").write_text("kept in the office, and nowhere else\n", encoding="utf-8")
    (folder / "own.py").write_text(REFERENCE, encoding="utf-8")
    return folder


@pytest.mark.thorough
def test_the_page_walks_through_a_term(tmp_path: Path) -> None:
    """Every command ends as the page says, and prints what it shows."""
    pages.check(TERM, class_of_the_page(tmp_path))


@pytest.mark.thorough
@pytest.mark.usefixtures("bundled_again")
def test_the_page_leads_from_nothing_to_marks_of_an_own_assignment(tmp_path: Path) -> None:
    """From `bptt new` to a filled gradebook, with nothing but what the page shows."""
    pages.check(OWN, tmp_path)


@pytest.mark.parametrize(("page", "least"), [(TERM, 20), (OWN, 10)], ids=["term", "own"])
def test_its_commands_are_understood(page: Path, least: int) -> None:
    """Each has options and arguments that the program has. The quick half of the other tests."""
    commands = [shlex.split(step.command)[1:] for step in pages.steps(page) if step.command.startswith("bptt ")]
    assert len(commands) >= least
    for words in commands:
        name, *arguments = words[2:] if words[0] == "--assignment" else words
        main.commands[name].make_context(f"bptt {name}", arguments)


SHOWN = "one\n…\nGraded 5 of 5 in 3.4 s."


@pytest.mark.parametrize("came", ["one\nGraded 5 of 5 in 8.0 s.", "one\n2\n3\nGraded 5 of 5 in 8.0 s."])
def test_an_output_fits_but_for_what_varies(came: str) -> None:
    """Times may differ, and a line "…" stands for any lines."""
    assert pages.fits(SHOWN, came)


@pytest.mark.parametrize("came", ["one", "one\nGraded 4 of 5 in 3.4 s.", "two\nGraded 5 of 5 in 3.4 s.", "one\n2"])
def test_an_output_that_says_something_else_does_not_fit(came: str) -> None:
    """Numbers and words that do not vary must be those of the page."""
    assert not pages.fits(SHOWN, came)
