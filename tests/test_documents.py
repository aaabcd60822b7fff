"""What the documents point at is there, and every picture can be read by who does not see it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / name for name in ("README.md", "SECURITY.md", "CHANGELOG.md")] + sorted(
    (ROOT / "docs").glob("*.md")
)
_LINK = re.compile(r"\]\(([^)#]+)[^)]*\)|src=\"([^\"]+)\"")
_PICTURE = re.compile(r"!\[([^]]*)\]\(|<img [^>]*?alt=\"([^\"]*)\"|<img ()")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    """Each link to a file of the repository has one."""
    targets = [first or second for first, second in _LINK.findall(document.read_text(encoding="utf-8"))]
    assert [target for target in targets if "://" not in target and not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_pictures_have_words(document: Path) -> None:
    """Each picture says in words what is on it."""
    assert all("".join(words).strip() for words in _PICTURE.findall(document.read_text(encoding="utf-8")))


def test_the_readme_shows_the_pages() -> None:
    """The pictures that `make pictures` takes are in the README."""
    from tests.pictures import PICTURES

    shown = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"docs/{name}" in shown for name in PICTURES)
