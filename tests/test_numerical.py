"""Numerical differentiation in place of backpropagation: what speaks for it, and what never does."""

import pytest

from autograder.audit.student import results_of
from autograder.audit.submissions import styles
from autograder.cases.case_sets import case_set
from autograder.judge.numerical import Evidence, numerical
from solutions import rnn
from solutions.tasks import TASKS
from tests.conftest import REFERENCE, edited

CASES = case_set(0)

# What W did not bring into a_t is read off H, and sum(dO * o) is measured beside W.
MEASURED = """

def _measured(W, params, dO, H, h_init, activation):
    before = np.vstack([h_init[None], H[:-1]])
    rest = (np.arctanh(H) if activation == "tanh" else H) - before @ params.W.T
    h, total = h_init, 0.0
    for t in range(len(H)):
        h = _phi(rest[t] + W @ h, activation)
        total += dO[t] @ (params.V @ h)
    return total
"""
DIFFERENCES = f"""{MEASURED}

def bptt_W(params, dO, H, h_init, activation="tanh"):
    gradient, e = np.zeros_like(params.W), 3e-6
    for i in np.ndindex(*params.W.shape):
        up, down = params.W.copy(), params.W.copy()
        up[i] += e
        down[i] -= e
        rest = (params, dO, H, h_init, activation)
        gradient[i] = (_measured(up, *rest) - _measured(down, *rest)) / (2 * e)
    return gradient
"""
ONE_SIDED = f"""{MEASURED}

def bptt_W(params, dO, H, h_init, activation="tanh"):
    gradient, rest = np.zeros_like(params.W), (params, dO, H, h_init, activation)
    for i in np.ndindex(*params.W.shape):
        up = params.W.copy()
        up[i] = up[i] + 1e-8
        gradient[i] = (_measured(up, *rest) - _measured(params.W, *rest)) / 1e-8
    return gradient
"""
IMAGINARY = f"""{MEASURED}

def bptt_W(params, dO, H, h_init, activation="tanh"):
    gradient = np.zeros_like(params.W)
    for i in np.ndindex(*params.W.shape):
        W = params.W.astype(complex)
        W[i] += {{step}}
        gradient[i] = {{taken}}
    return gradient
""".replace("_phi(rest", "_tanh(rest").replace(
    "\n\ndef bptt_W",
    '\n\ndef _tanh(a, activation):\n    return np.tanh(a) if activation == "tanh" else a\n\n\ndef bptt_W',
)
VALUE = "_measured(W, params, dO, H, h_init, activation)"


def evidence(text: str) -> dict[str, Evidence]:
    """Return what speaks against a file, by task."""
    own: dict = {"__name__": __name__}
    exec(text, own)
    return numerical(results_of(own, CASES, [task.id for task in TASKS if task.differentiates]), [text])


@pytest.mark.parametrize("text", [DIFFERENCES, ONE_SIDED], ids=["central", "one-sided"])
def test_differences_show_in_their_precision_and_in_the_source(text: str) -> None:
    """The flag has the largest error of the right answers, and the line that divides by the step."""
    found = evidence(REFERENCE + text)
    assert found.keys() == {"bptt_W"}
    assert "bptt_W looks like numerical differentiation: it is right to " in found["bptt_W"].said
    assert "its source divides by a step (gradient[i] = (_measured(up" in found["bptt_W"].said
    assert found["bptt_W"].in_source


LINEAR = """

def bptt_V(dO, H):
    V, eps = np.zeros((dO.shape[1], H.shape[1])), 1e-6
    gradient = np.zeros_like(V)
    for i in np.ndindex(*V.shape):
        V[i] += eps
        up = (dO * (H @ V.T)).sum()
        V[i] -= 2 * eps
        down = (dO * (H @ V.T)).sum()
        V[i] += eps
        gradient[i] = (up - down) / (2 * eps)
    return gradient
"""


def test_differences_beside_zero_show_in_the_source_alone() -> None:
    """What is linear loses no digit there: it is told of, and too little to be rejected for."""
    found = evidence(REFERENCE + LINEAR)
    assert found.keys() == {"bptt_V"}
    assert found["bptt_V"].said.endswith("its source divides by a step (gradient[i] = (up - down) / (2 * eps))")
    assert not found["bptt_V"].in_source


@pytest.mark.parametrize(
    ("step", "taken", "in_source"),
    [
        ("1e-30j", f"{VALUE}.imag / 1e-30", True),
        ("1e-30j", f"np.imag({VALUE}) / 1e-30", True),
        ("1j * 1e-30", f"{VALUE}.imag / 1e-30", True),
        ("complex(0, 1e-30)", f"{VALUE}.imag * 1e30", False),
    ],
)
def test_an_imaginary_step_shows_in_the_source_alone(step: str, taken: str, in_source: bool) -> None:
    """Its answers are as right as those of backpropagation."""
    found = evidence(REFERENCE + IMAGINARY.format(step=step, taken=taken))
    assert found.keys() == {"bptt_W"}
    assert "its source makes an imaginary step" in found["bptt_W"].said
    assert "it is right to" not in found["bptt_W"].said
    assert found["bptt_W"].in_source is in_source


@pytest.mark.parametrize(
    "helper",
    [
        "class _Net:\n    def total(self, *args):\n        return _measured(*args)\n\n\n_measured_by = _Net().total",
        "_measured_by = lambda *args: _measured(*args)",
        "def _measured_by(*args):\n    return _measured(*args)",
    ],
)
def test_what_a_function_calls_is_looked_at_with_it(helper: str) -> None:
    """A step in a helper, a method or a lambda counts for the task that uses it, and for no other."""
    step = "\n\n_STEP = 1e-30j\n\n\n" + helper + "\n"
    text = IMAGINARY.format(step="_STEP", taken=f"{VALUE.replace('_measured', '_measured_by')}.imag / 1e-30")
    assert evidence(REFERENCE + step + text).keys() == {"bptt_W"}


def test_a_part_that_is_right_is_enough() -> None:
    """Who differentiates numerically for tanh and is wrong for the identity is told of as well."""
    found = evidence(
        REFERENCE + DIFFERENCES.replace("    gradient, e =", '    assert activation == "tanh"\n    gradient, e =')
    )
    assert found.keys() == {"bptt_W"}


@pytest.mark.parametrize(
    "edit",
    [
        ("import numpy as np", "import numpy as np\n\nHINT = 'a complex step of 1e-30j, x.imag / 1e-30'  # 1j"),
        ("return dO.T @ H", "return dO.T @ H / (2 * 0.5)"),
        ("return dO.T @ H", "if np.iscomplexobj(dO):\n        raise TypeError\n    return dO.T @ H"),
        ("return dO.T @ H", "T = len(dO)\n    return ((T * dO).T @ H - 0 * H.sum()) / T"),
        ("return dO.T @ H", "return (dO.astype(np.float32).T @ H.astype(np.float32)).astype(np.float64)"),
        ("return dO.T @ H", "h = H.astype('f4')\n    return np.float64(dO.T) @ h.astype(np.float32)"),
        ("return dO.T @ H", "return np.float32(dO.T @ H)"),
        ("return dO.T @ H", "w = dO / np.sum(dO + 2)\n    return np.float32(dO.T @ H + 0 * (w.sum() - np.sum(dO)))"),
    ],
)
def test_what_backpropagation_may_hold_is_no_evidence(edit: tuple[str, str]) -> None:
    """Words in strings and comments, divisions, checks for complex numbers, work in float32."""
    assert evidence(edited(edit)) == {}


@pytest.mark.parametrize("name", sorted(styles()))
def test_no_accepted_style_is_spoken_of(name: str) -> None:
    """Whatever a right file looks like; `bptt audit` looks at every case set."""
    assert evidence(styles()[name]) == {}


def test_no_float32_work_is_spoken_of() -> None:
    """Neither where float32 comes back, nor where it is hidden in an array of float64."""
    text = styles()["single_precision"]
    assert evidence(text.replace("F = np.float32", "F = np.single")) == {}
    assert evidence(text + "\n\n_V = bptt_V\ndef bptt_V(dO, H):\n    return np.asarray(_V(dO, H), float)\n") == {}


CHAIN = "\n".join(f"def f{n}():\n    return f{n + 1}()" for n in range(30_000))


@pytest.mark.parametrize(
    "text",
    [
        CHAIN,
        "'" * 100_001,
        "\\'" * 100_000,
        "(" * 50_000,
        "x = f0 - (b) / c\n" * 30_000,
        '"' * 100_001,
        "1j" * 50_000,
        "1" * 200_001,
    ],
    ids=["names", "quotes", "escaped quotes", "brackets", "divisions", "open quotes", "numbers", "digits"],
)
def test_a_file_of_any_kind_is_looked_at_in_bounds(text: str) -> None:
    """Many names, long lines, open quotes and divisions without end hide nothing, and take no time to speak of."""
    results = results_of(vars(rnn), CASES, ["bptt_W"])
    found = numerical(results, [f"def bptt_W():\n    return f0(1j)\n\n\n{text}\n"])
    assert "imaginary step (1j)" in found["bptt_W"].said
