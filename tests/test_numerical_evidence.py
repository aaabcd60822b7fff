"""What speaks for numerical differentiation, sign by sign: the precision of right answers, and words of the source."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autograder.cases.case_sets import case_set
from autograder.judge.numerical import Evidence, numerical
from autograder.judge.values import CaseResult
from autograder.model.verdict import Finding

CASE = case_set(0).of("bptt_V")[0]
DUE = np.array([[4.0, 1e-3], [0.5, -2.0]])
PLAIN = "def bptt_V(dO, H):\n    return dO.T @ H\n"
DIFFERENCE = "(up - down) / (2 * eps)"
STEPS = f"def bptt_V(dO, H):\n    up = f(H + eps)\n    return {DIFFERENCE}\n"
LOOKS, DIVIDES = "bptt_V looks like numerical differentiation: ", "its source divides by a step ("
IMAGINARY = "its source makes an imaginary step"


def right(off: float = 0.0, place: int = 0, due: Any = DUE) -> CaseResult:
    """Return a right answer of which one entry is off by this share of the largest."""
    got = due.copy()
    got.flat[place] += off * np.abs(due).max()
    return CaseResult(replace(CASE, expected=(due,)), "pass", got=(got,))


def found(*codes: str, results: Any = (), off: float = 0.0) -> Evidence | None:
    return numerical({"bptt_V": results or [right(off)]}, codes).get("bptt_V")


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize(("off", "told"), [(0.0, False), (0.8e-11, False), (1.3e-11, True), (-1.3e-11, True)])
def test_answers_that_are_less_exact_than_backpropagation_are_told(place: int, off: float, told: bool) -> None:
    """By any of their entries, of any right answer; a hundred times what backpropagation makes is too much."""
    evidence = found(PLAIN, results=[right(), right(off, place), right()])
    assert (evidence is not None) is told
    if evidence is not None:
        assert evidence.said.startswith(f"{LOOKS}it is right to 1.3")
        assert evidence.said.endswith("e-11 of the largest entry, and backpropagation to 1e-13")
        assert not evidence.in_source


def test_only_right_answers_of_derivatives_are_looked_at() -> None:
    """Of a wrong answer, or of a case that is 0 throughout, the error says nothing; nor does that of another task."""
    wrong = replace(right(0.1), finding=Finding("values", "plain", "it is wrong"))
    zeros = CaseResult(replace(CASE, expected=(0 * DUE,)), "pass", got=(0 * DUE,))
    lost = CaseResult(CASE, "pass")
    assert found(PLAIN, results=[right(), wrong, zeros, lost]) is None
    assert found(PLAIN, results=[wrong]) is None
    assert numerical({"softmax": [right(1e-8)], "forward": [right(1e-8)]}, [PLAIN]) == {}


@pytest.mark.parametrize(
    ("code", "off", "due", "told"),
    [
        (PLAIN, 1e-9, DUE, True),
        (PLAIN + "# float32\n", 1e-9, DUE, True),
        (PLAIN.replace("dO.T", "dO.T.astype('f4')").replace("'f4'", "np.float32"), 1e-9, DUE, False),
        (STEPS.replace("f(H", "np.float32(H"), 1e-9, DUE, True),
        (PLAIN, 2.0**-20, np.array([[2.0, 0.5], [1.0, 4.0]]), False),
        (STEPS, 2.0**-20, np.array([[2.0, 0.5], [1.0, 4.0]]), True),
        (PLAIN, 2.0**-20, np.array([[2.0, 0.1], [1.0, 4.0]]), True),
    ],
)  # fmt: skip
def test_float32_is_an_excuse_for_few_digits(code: str, off: float, due: np.ndarray, told: bool) -> None:
    """In the source, or where all numbers are of it; not beside a division by a step."""
    assert (found(code, results=[right(off, 0, due)]) is not None) is told


@pytest.mark.parametrize(
    ("code", "said", "in_source"),
    [
        (PLAIN, "", False),
        (STEPS, f"{DIVIDES}return {DIFFERENCE})", False),
        (STEPS.replace("(2 * eps)", "1e-6").replace("eps", "1e-6"), f"{DIVIDES}return (up - down) / 1e-6)", False),
        (STEPS.replace("(2 * eps)", "wide").replace("eps", "wide"), "", False),
        (STEPS.replace("up - down", "up"), "", False),
        (STEPS.replace("H + eps", "H"), "", False),
        (STEPS.replace("bptt_V", "unused"), "", False),
        (f"# {DIFFERENCE}, 1j\n{PLAIN}", "", False),
        (f"{PLAIN}\n'''{STEPS} 1j'''", "", False),
        (PLAIN.replace("dO.T", "g()") + "def g():\n    return 1e-30j\n", f"{IMAGINARY} (1e-30j)", False),
        (PLAIN.replace("dO", f"{'1' * 40}j"), f"{IMAGINARY} ({'1' * 30})", False),
        (PLAIN.replace("dO.T", "complex(dO).imag"), IMAGINARY, False),
        (PLAIN.replace("dO.T", "complex(dO)"), "", False),
        (PLAIN.replace("dO.T", "dO.imag"), IMAGINARY, False),
        (PLAIN.replace("dO.T", "np.conj(dO)"), "", False),
        ("def bptt_V(dO, H):\n    z = H + 1j * h\n    return z.imag / h\n",
         f"{IMAGINARY} (1j); {DIVIDES}return z.imag / h)", True),
    ],
)  # fmt: skip
def test_what_the_source_shows(code: str, said: str, in_source: bool) -> None:
    """A difference over a step that something was moved by, or an imaginary number, in what the function reaches."""
    evidence = found(code)
    assert (evidence.said.removeprefix(LOOKS) if evidence else "") == said
    assert (evidence is not None and evidence.in_source) is in_source


def test_precision_and_source_together_are_enough_to_reject() -> None:
    """Also where the division is by a step of another name."""
    for code in (STEPS, STEPS.replace("(2 * eps)", "wide").replace("eps", "wide")):
        evidence = found(code, off=1e-9)
        assert evidence is not None
        assert evidence.in_source
        assert evidence.said.partition("; ")[2].startswith(DIVIDES)


def test_the_difference_is_quoted_and_not_another_division() -> None:
    """Where there are several; a long line with its end."""
    mean = "def bptt_V(dO, H):\n    n = n + 1\n    m = total / n\n    up = f(H + eps)\n    return {}\n"
    evidence = found(mean.format(DIFFERENCE), off=1e-9)
    assert evidence is not None
    assert evidence.said.endswith(f"{DIVIDES}return {DIFFERENCE})")
    for length in (99, 100, 101, 300):
        line = f"return {'x' * (length - len('return ') - len(DIFFERENCE) - 3)} + {DIFFERENCE}"
        assert len(line) == length
        quoted = line if length <= 100 else f"…{line[-100:]}"
        evidence = found(mean.format(line.removeprefix("return ")), off=1e-9)
        assert evidence is not None
        assert evidence.said.endswith(f"{DIVIDES}{quoted})")


def test_all_pieces_of_a_hand_in_are_looked_at() -> None:
    """The cells of a notebook, whichever holds what."""
    helper = STEPS.replace("bptt_V(dO, H)", "slope(H)")
    uses = PLAIN.replace("dO.T @ H", "slope(H)")
    for codes in ((PLAIN, helper, uses), (helper, "x = 1", uses), (uses, helper)):
        assert found(*codes) is not None
    assert found(helper, PLAIN) is None
