"""What the self-check says about a mistake: what was expected, what came, and where."""

import re
from pathlib import Path

import pytest

from tests.conftest import REFERENCE
from tests.desk import Student, message, scores, solved


@pytest.fixture
def student(tmp_path: Path) -> Student:
    return Student(tmp_path)


NO_SLOPE = """
    dW, carry = np.zeros_like(params.W), np.zeros_like(h_init)
    for t in reversed(range(len(H))):
        delta = params.V.T @ dO[t] + carry
        dW += np.outer(delta, H[t - 1] if t else h_init)
        carry = params.W.T @ delta
    return dW
"""


def test_a_missing_slope_is_seen_in_values_and_numerically(student: Student) -> None:
    """A wrong gradient: what was expected, what came, where, and which cases; the identity keeps its points."""
    run = student.hand(solved(bptt_W=NO_SLOPE)).check()
    assert run.returncode == 1
    assert scores(run.stdout)["bptt_W"] == "3 of 15 partial: not yet the tanh network; large ..."
    assert "total    88 of 100" in run.stdout
    said = message(run.stdout, "bptt_W-tanh")
    assert said.startswith("bptt_W(params, dO, H, h_init): result has wrong values")
    assert re.search(
        r'case "plain" with params \(D=\d H=\d K=\d\), dO \(\d+, \d\), H \(\d+, \d\), h_init \(\d,\)', said
    )
    assert re.search(r"expected result\[0, 0\] = \S+ got result\[0, 0\] = \S+ where \d+ of \d+ entries differ", said)
    assert 'also wrong: "square"' in said
    assert said.endswith(
        "looks like the slope of tanh, 1 - h², is left out ask What does tanh do to a small change? "
        "slide The Math Behind BPTT"
    )
    numerical = message(run.stdout, "bptt_W-numerical")
    assert "not the derivative of your own loss" in numerical
    assert re.search(r"expected result\[0, 0\] = \S+ \(numdifftools\) got", numerical)
    assert "Traceback" not in run.stdout


FORWARD = """
    h, states = {first}, []
    for x in X:
        a = params.U @ x + params.W @ h + params.b
        h = np.tanh(a) if activation == "tanh" else a
        states.append(h)
    {last}
    return np.array(states), softmax(np.array(states) @ params.V.T + params.c)
"""


def test_what_builds_on_a_wrong_forward_waits(student: Student) -> None:
    """One mistake fails its own checks alone: gradients keep their points, wrappers wait, and it says for what."""
    run = student.hand(solved(forward=FORWARD.format(first="0 * h_init", last=""))).check()
    states = scores(run.stdout)
    assert states["forward"] == "0 of 15 fail"
    assert states["bptt_W"] == "15 of 15 pass"
    assert states["many_to_many"] == "0 of 7 waiting"
    assert "begins at step 1 of the sequence" in message(run.stdout, "forward-tanh")
    notes = " ".join(run.stdout.split())
    assert "hidden_jacobian, bptt_W: right, but not the derivative of your own loss: first see to forward" in notes
    assert "one_to_one, one_to_many, many_to_one, many_to_many: differs, and uses forward" in notes
    assert "3 failed" in run.stdout  # tanh, identity, and a property


def test_a_kept_state_shows_at_the_second_call(student: Student) -> None:
    """The same arguments must give the same answer; the mistake is named whatever was called before."""
    first, last = "globals().setdefault('kept', {}).get(h_init.shape, h_init)", "kept[h_init.shape] = h"
    student.hand(solved(forward=FORWARD.format(first=first, last=last)))
    everything = student.check().stdout
    assert "is state kept between calls?" in message(everything, "forward-tanh")
    for said in (everything, student.check("-k", "identity and forward").stdout):
        assert "looks like the state is kept between calls" in message(said, "forward-identity")


@pytest.mark.parametrize("said", ["", "later", "Task 5", "Task 5: bptt_V, later"])
def test_only_the_stub_s_own_line_is_to_do(said: str, student: Student) -> None:
    """A NotImplementedError that the student raises is an exception like any other, with its line."""
    run = student.hand(solved(bptt_V=f"raise NotImplementedError({said!r})")).check("-k", "bptt_V")
    assert run.returncode == 1
    assert scores(run.stdout) == {"bptt_V": "0 of 7 error"}
    assert "got NotImplementedError" in message(run.stdout, "bptt_V-gradient")


def test_the_stub_s_own_line_is_to_do(student: Student) -> None:
    """It is known by what it raises: the task's number and name."""
    stub = student.hand(solved(bptt_V="raise NotImplementedError('Task 5: bptt_V')")).check("-k", "bptt_V")
    assert scores(stub.stdout) == {"bptt_V": "0 of 7 to do"}


# For each check that must fail: the function, its faulty body, and two things that the message says.
MISTAKES = {
    "softmax-stability": (
        "softmax",
        "return np.exp(o) / np.exp(o).sum(axis=-1, keepdims=True)",
        "not finite everywhere",
        "got nan in",
    ),
    "cross_entropy-zeros": (
        "cross_entropy",
        "return -np.sum(Y * np.log(np.clip(Y_hat, 1e-8, 1))) / (len(Y) if reduction == 'mean' else 1)",
        "expected inf, or at least 27",
        "which a guard of 1e-08 in the logarithm would give",
    ),
    "output_error-mean": (
        "output_error",
        "return Y_hat - Y",
        'output_error(Y_hat, Y, reduction="mean"): result has wrong values',
        "begins at step 1",
    ),
    "bptt_V-gradient": ("bptt_V", "return H.T @ dO", "wrong shape", "is it the transpose?"),
    "hidden_jacobian-tanh": (
        "hidden_jacobian",
        """
        slope = 1 - H**2 if activation == "tanh" else np.ones_like(H)
        J = np.eye(len(params.W))
        for m in range(k + 1, t + 1):
            J = J @ (slope[m][:, None] * params.W)
        return J
        """,
        "hidden_jacobian(params, H, ",
        'right: "plain, t=4, k=3", "plain, t=3, k=3"',
    ),
    "bptt_U-tanh": (
        "bptt_U",
        "return dO @ X  # ∂L/∂U",
        "bptt_U(params, dO, X, H): raised an exception",
        "got ValueError: matmul",
    ),
    "bptt_bias-b": ("bptt_b", "return", "does not hold real numbers", "None: is there a `return`?"),
    "bptt_bias-c": (
        "bptt_c",
        """
        for d in dO[1:]:
            dO[0] += d
        return dO[0]
        """,
        "the argument dO was changed",
        "got dO[0, 0] was",
    ),
    "gradient_step-update": (
        "gradient_step",
        "return tuple(p - learning_rate * g for p, g in zip(params, grads))",
        "something else was returned",
        "expected a new Params(U, W, V, b, c) got a tuple of 5 items",
    ),
    "many_to_one-tanh": (
        "many_to_one",
        "return forward(params, X, h_init, activation)[1][-1:]",
        "wrong shape",
        "got an array of shape (1, ",
    ),
    "many_to_many-tanh": (
        "many_to_many",
        """
        h = forward(encoder, X, h_init, activation)[0][-1]
        return one_to_many(decoder, start, h, max_steps, activation)
        """,
        "wrong shape",
        "rows are due, 8 came",
    ),
}
# The same for a signature: what to replace, by what, and what the message says.
SIGNATURES = {
    "one_to_one-tanh": (
        "def one_to_one(params: Params, x: Array, h_init",
        "def one_to_one(params: Params, x: Array, *, h_init",
        "one_to_one has another signature",
        "got one_to_one(params, x, *, h_init, steps=1, activation='tanh'): too many",
    ),
    "gradient_step-update": (
        "def gradient_step(",
        "def Gradient_step(",
        "is missing",
        "there is Gradient_step: is that it?",
    ),
}


@pytest.fixture(scope="module")
def many_mistakes(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said about a file with a mistake in nearly every task."""
    text = solved(**{function: body for function, body, *_ in MISTAKES.values()})
    return Student(tmp_path_factory.mktemp("mistakes")).hand(text).check().stdout


@pytest.fixture(scope="module")
def other_signatures(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said about a file with functions renamed or called otherwise."""
    text = REFERENCE
    for old, new, *_ in SIGNATURES.values():
        assert old in text
        text = text.replace(old, new)
    return Student(tmp_path_factory.mktemp("signatures")).hand(text).check().stdout


@pytest.mark.parametrize("check", MISTAKES)
def test_each_mistake_is_put_into_words(check: str, many_mistakes: str) -> None:
    """Among many mistakes each has its own words, in a few lines and no traceback."""
    said = message(many_mistakes, check)
    assert [part for part in MISTAKES[check][2:] if part not in said] == []


@pytest.mark.parametrize("check", SIGNATURES)
def test_another_signature_is_put_into_words(check: str, other_signatures: str) -> None:
    """A function that is missing, or takes other arguments, is named beside the signature that is due."""
    said = message(other_signatures, check)
    assert [part for part in SIGNATURES[check][2:] if part not in said] == []


def test_everything_fits_into_80_columns(many_mistakes: str) -> None:
    """A terminal of the usual width breaks no line."""
    assert [line for line in many_mistakes.splitlines() if len(line) > 80] == []


def test_an_exception_shows_the_line_of_the_student_s_file(many_mistakes: str) -> None:
    """Not the line in numpy or in the self-check, but the one to correct."""
    assert re.search(r"where rnn\.py, line \d+, in bptt_U: return dO @ X", message(many_mistakes, "bptt_U-tanh"))


def test_the_entries_of_a_vector_are_no_rows(student: Student) -> None:
    """A bias has numbers: whoever returns one of another length is told how many are due."""
    said = message(student.hand(solved(bptt_b="return bptt_c(dO)")).check("-k", "bias").stdout, "bptt_bias-b")
    assert "5 numbers are due, 4 came" in said
