"""docs/selfcheck-messages.md shows what the self-check says about each known mistake, and nothing else."""

from tests.messages import PAGE, page


def test_the_table_is_what_the_self_check_says() -> None:
    """The page does not drift (`make messages` makes it anew); each mistake is seen, and gets a hint."""
    text = page()
    assert PAGE.read_text(encoding="utf-8") == text
    rows = text.partition("\n## ")[2]
    assert "**no hint**" not in rows
    assert "**nothing**" not in rows
