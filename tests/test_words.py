"""What messages are made of: names that are near, some of many, lists, and points."""

import pytest

from autograder.model.points import number
from autograder.model.text import listing, near, some

THERE = ["Softmax", "forward", "bptt_W", "bptt_U", "bptt_V", "many_to_one"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sofmax", ": did you mean Softmax?"),
        ("SOFTMAX", ": did you mean Softmax?"),
        ("fward", ": did you mean forward?"),
        ("one", ": did you mean many_to_one?"),
        ("ONE", ": did you mean many_to_one?"),
        ("max", ": did you mean Softmax?"),
        ("bptt_u", ": did you mean bptt_U or bptt_W or bptt_V?"),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_names_that_are_near_are_offered(name: str, said: str) -> None:
    """Spelled alike or holding it, in capitals or not; three at most, and nothing where nothing is near."""
    assert near(name, THERE) == said


def test_names_that_hold_a_word_stand_in_their_order() -> None:
    """Each once, and safe to print."""
    assert near("t", ["tbbbbbbb", "taaaaaaa", "x"]) == ": did you mean taaaaaaa or tbbbbbbb?"
    assert near("b", ["1b\x1b345678", "2b"]) == ": did you mean 2b or 1b\\x1b345678?"
    assert near("abc", ["abcd", "abc"]) == ": did you mean abc or abcd?"


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, ""), (1, "a0"), (5, "a0, a1, a2, a3, a4"), (6, "a0, a1, a2, a3, a4 and 1 more"),
     (99, "a0, a1, a2, a3, a4 and 94 more")],
)  # fmt: skip
def test_of_many_names_some_are_told(count: int, said: str) -> None:
    """Five, and how many more."""
    assert some([f"a{n}" for n in range(count)]) == said
    assert some(["a\n", "b"], most=1) == "a\\n and 1 more"


@pytest.mark.parametrize("count", [1, 19, 20, 21, 300])
def test_of_many_lines_some_are_listed(count: int) -> None:
    """Twenty, below their number, and how many more."""
    lines = [f"line {n}" for n in range(count)]
    more = [f"  and {count - 20} more"] if count > 20 else []
    assert listing("What", lines) == [f"What ({count}):", *(f"  {line}" for line in lines[:20]), *more]


def test_a_list_of_nothing_has_no_title() -> None:
    """A long line is cut, and what is not printable is written out."""
    assert listing("What", []) == []
    assert listing("What", ["x" * 300, "y" * 301, "\x1b"]) == [
        "What (3):", f"  {'x' * 300}", f"  {'y' * 299}…", "  \\x1b",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("points", "text"),
    [(None, ""), (0.0, "0"), (8, "8"), (7.5, "7.5"), (11.25, "11.25"), (100.0, "100"), (1 / 3, "0.3333"),
     (2 / 3, "0.6667"), (-0.00001, "0"), (-1.5, "-1.5"), (0.00005, "0.0001"), (10.0001, "10.0001"), (1e6, "1000000")],
)  # fmt: skip
def test_points_are_written_with_four_decimals_at_most(points: float | None, text: str) -> None:
    """And no zeros at the end; none where there is no mark."""
    assert number(points) == text
