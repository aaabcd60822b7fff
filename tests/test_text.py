"""`printable`: what students name and write can be shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.model.text import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("José Ñandú 王芳 rnn.py", "José Ñandú 王芳 rnn.py"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("rnn\u202eyp.", r"rnn\u202eyp."),  # shown reversed by terminals and browsers
        ("al\u200bice\u2028", r"al\u200bice\u2028"),
        ("caf\udce9.py", r"caf\udce9.py"),  # how Python spells a file name that is not UTF-8
        ("", ""),
    ],
)
def test_active_and_invisible_characters_are_escaped(text: str, shown: str) -> None:
    """Letters of every script stay as they are; controls, bidi marks and surrogates become escapes."""
    assert printable(text) == shown


def test_long_text_is_cut_with_a_sign() -> None:
    """A text of exactly the limit is whole, a longer one ends with an ellipsis, and None never cuts."""
    assert printable("x" * 10, 10) == "x" * 10
    assert printable("x" * 11, 10) == "x" * 9 + "…"
    assert printable("\x1b" * 5, 10) == r"\x1b\x1b\…"
    assert printable("x" * 1000, None) == "x" * 1000


@given(st.text(st.characters(), max_size=50), st.integers(1, 40))
def test_any_text_comes_out_printable_and_short(text: str, limit: int) -> None:
    """Whatever the text, the result is one printable UTF-8 line within the limit."""
    shown = printable(text, limit)
    assert shown.isprintable()
    assert len(shown) <= limit
    shown.encode("utf-8")
