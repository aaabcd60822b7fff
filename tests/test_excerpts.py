"""The student's own functions, cut out of text that nobody parses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.grading.excerpts import with_code
from autograder.model.verdict import Excerpt, Finding, Outcome
from autograder.submissions import Source

FAIL = Outcome("bptt_V", "fail", 0, 7, (Finding("gradient", "square", "wrong values"),))


def cut(*chunks: tuple[str, str], outcome: Outcome = FAIL) -> tuple[Excerpt, ...]:
    return with_code(outcome, Source("py", chunks, "digest")).code


def test_a_function_is_cut_out_whole():
    """From its def to its last line, with comments and text that stand further left, and nothing after it."""
    code = 'import numpy\n\ndef bptt_V(\n    dO,\n    H,\n):\n    """Text\nof\n"""\n# here\n    return 1\n\n\nx = 2\n'
    (excerpt,) = cut(("rnn.py", code))
    assert (excerpt.label, excerpt.first_line) == ("rnn.py", 3)
    assert excerpt.lines == tuple(code.splitlines()[2:11])


def test_the_last_definition_counts():
    """Of two definitions the later one is shown, in a notebook as in a file."""
    (excerpt,) = cut(
        ("cell 1", "def bptt_V(dO, H):\n    return 1"), ("cell 4", "x = 1\ndef bptt_V(dO, H): return 2\ny = 3")
    )
    assert excerpt == Excerpt("cell 4", 2, ("def bptt_V(dO, H): return 2",))


def test_a_task_of_two_functions_shows_both():
    """The task of the biases shows both of its functions."""
    outcome = Outcome("bptt_bias", "fail", 0, 4, (Finding("b", "square", "wrong"),))
    code = "def bptt_b(a):\n    pass\ndef bptt_c(a):\n    pass\n"
    assert [excerpt.first_line for excerpt in cut(("rnn.py", code), outcome=outcome)] == [1, 3]


def test_the_line_of_an_exception_is_marked():
    """A line that an exception points at is marked, if it is in the function and in the same cell."""
    findings = tuple(
        Finding("gradient", "square", "raised", where=where)
        for where in ("cell 2, line 2: return x", "cell 9, line 1: x", "cell 2, line 77: y", "result[0]; step, line 2")
    )
    outcome = Outcome("bptt_V", "error", 0, 7, findings)
    (excerpt,) = cut(("cell 2", "def bptt_V(dO, H):\n    return x\n"), outcome=outcome)
    assert excerpt.marked == (2,)


def test_the_helpers_that_are_called_are_shown():
    """Functions of the student's own that the task's function calls come after it; other tasks and libraries don't."""
    code = (
        "def unused(x): pass\n"
        "def softmax(o): pass\n"
        "def errors(p):\n    return p\n"
        "def bptt_V(dO, H):\n    e = errors(dO)\n    return np.outer(e, softmax(len(H))) + errors(H)\n"
    )
    own, helper = cut(("rnn.py", code))
    assert own.first_line == 5
    assert helper.lines == ("def errors(p):", "    return p")


def test_an_exception_in_a_helper_is_marked_there():
    """The function into which an exception points is shown with the line, however it was reached."""
    code = (
        "class Net:\n    def step(self, x):\n        def inner():\n            pass\n        return y\n"
        "def bptt_V(dO, H):\n    return go(dO)\ndef go(x): return Net().step(x)\n"
    )
    outcome = Outcome("bptt_V", "error", 0, 7, (Finding("gradient", "square", "raised", where="rnn.py, line 5: y"),))
    own, helper = cut(("rnn.py", code), outcome=outcome)
    assert (own.first_line, own.marked) == (6, ())
    assert (helper.first_line, len(helper.lines), helper.marked) == (2, 4, (5,))


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome("bptt_V", "pass", 7, 7),
        Outcome("bptt_V", "not_implemented", 0, 7, (Finding("gradient", "square", "is still to be written"),)),
    ],
)
def test_nothing_is_kept_without_need(outcome):
    """What is right, and what was never written, is not stored."""
    assert cut(("rnn.py", "def bptt_V(dO, H):\n    return 1\n"), outcome=outcome) == ()


def test_no_function_is_no_excerpt():
    """A name that is assigned, or not there, has no excerpt."""
    assert cut(("rnn.py", "bptt_V = lambda dO, H: 1\n")) == ()


def test_excerpts_are_short():
    """A function of a thousand lines, or with a line of a hundred thousand characters, is cut."""
    (excerpt,) = cut(("rnn.py", "def bptt_V(dO, H):\n    x = '" + "y" * 100_000 + "'\n" + "    x\n" * 1000))
    assert len(excerpt.lines) <= 80
    assert max(map(len, excerpt.lines)) <= 200


def test_a_very_long_submission_is_not_searched():
    """Megabytes of empty lines, gone through for each task, would keep the grader busy for minutes."""
    text = "def bptt_V(dO, H):\n    return 1\n"
    assert cut(("rnn.py", text + "\n" * 200_000)) != ()
    assert cut(("rnn.py", text + "\n" * 300_000)) == ()
    assert cut(("cell 1", text), ("cell 2", "#" * 300_000)) == ()


@given(
    st.lists(st.sampled_from(["def bptt_V(", "dO, H):", "\t", "    ", "'''", '"""', "#", "\n", "\r", "\x00", ")", "x"]))
)
def test_any_text_can_be_cut(pieces):
    """Whatever the text, what is shown are lines of it, from the line that is named."""
    code = "".join(pieces)
    lines = code.split("\n")
    for excerpt in cut(("rnn.py", code)):
        start = excerpt.first_line - 1
        assert excerpt.lines == tuple(line.rstrip("\r") for line in lines[start : start + len(excerpt.lines)])
