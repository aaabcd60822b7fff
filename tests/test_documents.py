"""What the documents say is so: links, commands and settings are there, and every picture has words."""

import re
from pathlib import Path

import click
import pytest

from autograder.cli import main
from autograder.model.settings_file import load_settings

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")] + PAGES
_LINK = re.compile(r"\]\(([^)]+)\)|src=\"([^\"]+)\"")
_PICTURE = re.compile(r"!\[([^]]*)\]\(|<img [^>]*?alt=\"([^\"]*)\"|<img ()")


def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def links(document: Path) -> list[str]:
    """Return where a document's links and pictures lead, outside of this repository aside."""
    return [first or second for first, second in _LINK.findall(text_of(document)) if "://" not in first]


def headings(document: Path) -> set[str]:
    """Return the names by which a document's headings can be linked."""
    found = re.findall(r"^#+ (.+)$", text_of(document), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    """Each link to a file of the repository has one, and each to a heading finds it."""
    for target in links(document):
        name, _, heading = target.partition("#")
        path = document.parent / name if name else document
        assert path.exists(), target
        assert not heading or heading in headings(path), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_pictures_have_words(document: Path) -> None:
    """Each picture says in words what is on it."""
    assert all("".join(words).strip() for words in _PICTURE.findall(text_of(document)))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_exist(document: Path) -> None:
    """Every `bptt` command and option of a document is one that the program has."""
    for line in re.findall(r"\bbptt [a-z][^`\n#…|']*", text_of(document)):
        words = line.split()
        command = main.commands[words[1]]
        for option in (word for word in words if word.startswith("--")):
            group = getattr(command, "commands", {}).get(words[2], command)
            assert any(option in parameter.opts for parameter in group.get_params(click.Context(group))), line


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_settings_can_be_used(document: Path, tmp_path: Path) -> None:
    """Each TOML example is a settings file that is taken, and changes something."""
    for block in re.findall(r"```toml\n(.*?)```", text_of(document), re.DOTALL):
        path = tmp_path / "course.toml"
        path.write_text(block, encoding="utf-8")
        assert load_settings(path) != load_settings(None), block


def test_the_index_has_every_page() -> None:
    """docs/README.md leads to every other page, and the main README to the index."""
    assert {path.name for path in PAGES} - {"README.md"} <= set(links(DOCS / "README.md"))
    assert "docs/README.md" in links(ROOT / "README.md")


def test_the_readme_is_read_in_three_minutes() -> None:
    """The README has at most 120 lines, begins with the two commands, and shows a picture."""
    text = text_of(ROOT / "README.md")
    assert len(text.splitlines()) <= 120
    assert re.match(r"# bptt-kit\n\n    make demo .*\n    make test ", text)
    assert "<img" in text


def test_every_picture_is_shown() -> None:
    """Each picture in docs/ is in some document."""
    shown = {(document.parent / target).resolve() for document in DOCUMENTS for target in links(document)}
    assert set(DOCS.glob("*.png")) <= shown
