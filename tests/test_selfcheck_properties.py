"""The properties of the self-check: what they say, and when they hold their tongue."""

import re
from pathlib import Path

import pytest

from solutions.tasks import TASKS
from tests.conftest import REFERENCE
from tests.desk import Student, message, scores, solved

# For each property that must fail: the function, a faulty body, and what the message says.
BROKEN = {
    "softmax-property-shift": (
        "softmax",
        "return np.exp(o) / np.exp(o).sum(axis=0, keepdims=True)",
        "softmax(o + s) = softmax(o), with a number s for each row",
        "why exp(o + s) = exp(s)",
    ),
    "cross_entropy-property-steps": (
        "cross_entropy",
        "return -np.sum(Y * np.log(np.maximum(Y_hat, 1e-300))) / len(Y)",
        "the loss of a sequence is the sum of the losses of its steps",
        "why each step has a loss of its own",
    ),
    "output_error-property-rows": (
        "output_error",
        "return (Y_hat - Y) * Y_hat / (len(Y) if reduction == 'mean' else 1)",
        "each row of ∂L/∂o adds up to 0",
        "why adding one number to all logits",
    ),
    "bptt_V-property-sum": (
        "bptt_V",
        "return np.clip(dO.T @ H, -5, 5)",
        "is the sum of the gradients",
        "Nothing may be clipped",
    ),
    "gradient_step-property-downhill": (
        "gradient_step",
        "return Params(*(p + learning_rate * g for p, g in zip(params, grads)))",
        "a small step against the gradient lowers the loss",
        "expected a loss below",
    ),
    "many_to_one-property-last": (
        "many_to_one",
        "return forward(params, X, h_init, activation)[1].mean(axis=0)",
        "it agrees with your own forward at the step that has read the whole sequence",
        "after which step has everything been read?",
    ),
}


@pytest.fixture
def student(tmp_path: Path) -> Student:
    return Student(tmp_path)


# Tasks that can be wrong together: none waits for another.
TOGETHER = (("softmax",), ("bptt_V",), ("cross_entropy", "output_error", "many_to_one"), ("gradient_step",))


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of all of them."""
    student, said = Student(tmp_path_factory.mktemp("broken")), ""
    bodies = {function: body for function, body, *_ in BROKEN.values()}
    for functions in TOGETHER:
        student.hand(solved(**{function: bodies[function] for function in functions}))
        said += student.check("-k", " or ".join(functions)).stdout
    return said


@pytest.mark.parametrize("check", BROKEN)
def test_a_property_that_fails_is_put_into_words(check: str, broken: str) -> None:
    """What does not hold, what was expected and came, and why it must hold, in a few lines."""
    _, _, *parts = BROKEN[check]
    said = message(broken, check)
    assert "not so:" in said
    assert [part for part in parts if part not in said] == []


def test_a_chain_of_jacobians_is_held_together(student: Student) -> None:
    """J(t, k) = J(t, m) J(m, k): a product in the wrong order is told without a stored number."""
    body = """
        slope = 1 - H**2 if activation == "tanh" else np.ones_like(H)
        J = np.eye(len(params.W))
        for m in range(k + 1, t + 1):
            J = J @ (slope[m][:, None] * params.W)
        return J
    """
    run = student.hand(solved(hidden_jacobian=body)).check("-k", "hidden_jacobian")
    assert "the later factor stands on the left" in message(run.stdout, "hidden_jacobian-property-chain")


def test_properties_carry_no_points_and_wait_for_what_they_use(student: Student) -> None:
    """With a wrong forward, nothing that is right fails a property, and the total is that of the public cases."""
    wrong = """
        H, Y_hat, h = [], [], 0 * h_init
        for x in X:
            a = params.U @ x + params.W @ h + params.b
            h = np.tanh(a) if activation == "tanh" else a
            H.append(h)
            Y_hat.append(softmax(params.V @ h + params.c))
        return np.array(H), np.array(Y_hat)
    """
    run = student.hand(solved(forward=wrong)).check()
    failed = re.findall(r"^_+ test_task\[(\w+-property-[\w-]+)\] _+$", run.stdout, re.MULTILINE)
    assert failed == ["forward-property-two-pieces"]
    assert scores(run.stdout)["bptt_W"] == "15 of 15 pass"
    assert "the property can be seen once forward is right" in " ".join(run.stdout.split())


def test_every_task_has_a_property(student: Student) -> None:
    """Each of the tasks is held to something that needs no number, and the reference holds to all of it."""
    listed = student.hand(REFERENCE).check("--collect-only", "-k", "property").stdout
    assert all(f"test_task[{task.id}-property-" in listed for task in TASKS)
    run = student.check("-k", "property")
    assert run.returncode == 0
    assert "total     0 of 0" in run.stdout
