"""The figures of the contract, written out: a test that takes its numbers from the code can't see them change."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import get_args

import numpy as np
import pytest
from pydantic import BaseModel, ValidationError

from autograder.cases.case_sets import case_set
from autograder.judge import judge_task
from autograder.judge.values import CaseResult, examine
from autograder.model import tolerance
from autograder.model.settings import LateRule, Settings
from autograder.model.verdict import STATES, STATUSES, Finding
from solutions import ASSIGNMENT
from solutions.loss_cases import MIN_LOSS_AT_ZERO_PROBABILITY
from solutions.tasks import TASK_BY_ID, TASKS
from tests.answers import value

POINTS = {
    "softmax": {"values": 5, "stability": 3},
    "cross_entropy": {"sum": 3.5, "mean": 1.5, "zeros": 2},
    "forward": {"tanh": 12, "identity": 3},
    "output_error": {"sum": 4, "mean": 2},
    "bptt_V": {"gradient": 5.5, "large": 1.5},
    "hidden_jacobian": {"tanh": 5, "identity": 1.5, "large": 1.5},
    "bptt_W": {"tanh": 9, "identity": 3, "large": 3},
    "bptt_U": {"tanh": 4, "identity": 1.5, "large": 1.5},
    "bptt_bias": {"b": 1, "c": 2, "large": 1},
    "gradient_step": {"update": 3},
    "one_to_one": {"tanh": 4, "identity": 1},
    "one_to_many": {"tanh": 3, "identity": 1},
    "many_to_one": {"tanh": 3, "identity": 1},
    "many_to_many": {"tanh": 6, "identity": 1},
}
# By key of the settings file: the default, the least and the most that is admitted. "<" means: not itself.
SETTINGS = {
    "seed": (0, 0, 2**63 - 1),
    "limits.call_cpu_seconds": (2, "<0", 60),
    "limits.submission_seconds": (20, "<0", 3600),
    "limits.memory_mb": (1024, 128, 65536),
    "limits.file_mb": (10, "<0", 100),
    "limits.output_mb": (1, "<0", 1024),
    "limits.reply_mb": (16, "<0", 1024),
    "follow_through.cap": (0.7, 0, 1),
    "late.grace_minutes": (0, 0, 100_000),
    "late.per_day": (0.1, 0, 1),
    "late.floor": (0, 0, 1),
    "variant.seed": (0, 0, 2**62),
    "variant.T": (9, 8, 20),
    "variant.D": (3, 3, 12),
    "variant.H": (5, 4, 12),
    "variant.K": (4, 4, 12),
    "tasks.bptt_W.points": (None, 0, 1000),
}


def test_what_decides_between_right_and_wrong():
    """SPEC 7, and what was measured for it. A changed number here changes marks, and is decided by a person."""
    decided = {name: number for name, number in vars(tolerance).items() if name.isupper()}
    assert MIN_LOSS_AT_ZERO_PROBABILITY == 27.0
    assert decided == {
        "TAU": 1e-6,
        "TAU_FLOAT32": 1e-4,
        "COMPLEX_STEP": 1e-12,
        "NUMDIFFTOOLS_ERRORS": 100,
        "NUMDIFFTOOLS_FLOOR": 1e-9,
        "BUG_SHOWS": 0.25,
        "BUG_SEEN": 1e-2,
        "STYLES_AGREE": 1e-9,
        "STEP": 1e-5,
        "DIRECTIONS": 3,
        "RELATIVE_FLOOR": 1e-7,
        "DEGENERATE": 1e-8,
        "KINK": 1e-3,
        "VISIBLE": 1e-3,
        "UNIT_ROUNDOFF": 2**-53,
        "SAME_ANSWER": 1e-9,
        "SHAPE": 1e-3,
        "SHAPE_MIDDLE": 1e-6,
        "ALIVE": 1e-3,
        "ALIVE_STEPS": 0.5,
        "ACTIVATION": 0.02,
        "INSIDE": 0.25,
        "NUMERICAL": 1e-11,
    }


def test_tasks_and_parts_have_the_points_of_the_contract():
    """SPEC 2: fourteen tasks in this order, 100 points, and a title that says the number."""
    assert [(task.id, {part.id: part.points for part in task.parts}) for task in TASKS] == list(POINTS.items())
    assert sum(task.points for task in TASKS) == Settings().max_score == 100
    assert [task.title for task in TASKS] == [f"Task {n}: {name}" for n, name in enumerate(POINTS, start=1)]
    assert len(ASSIGNMENT.signatures) == 15


def test_states_and_statuses_are_those_of_the_contract():
    """SPEC 4: what grades.csv may say of a submission, and feedback of a task."""
    assert set(STATUSES) == {
        "graded", "import_error", "timeout", "memory", "crashed", "rejected", "missing", "not_graded", "withheld",
    }  # fmt: skip
    assert set(STATES) == {
        "pass", "partial", "fail", "error", "timeout", "memory", "crashed", "not_implemented", "forbidden",
    }  # fmt: skip


CASES = [case for case in case_set(0).cases if case.container == "array"]
PLAIN = [next(case for case in CASES if case.task == task and case.at_least is None) for task in ("bptt_W", "softmax")]


@pytest.mark.parametrize("case", PLAIN, ids=lambda case: case.task)
@pytest.mark.parametrize(("dtype", "tau"), [(np.float64, 1e-6), (np.float32, 1e-4)])
def test_an_answer_may_be_off_by_a_millionth_of_the_largest_entry(case, dtype, tau):
    """One hundred times as much in float32, and a note; no entry is held against itself."""
    (expected,) = case.expected
    largest = np.abs(expected).max()
    smallest = np.unravel_index(np.abs(expected).argmin(), expected.shape)
    for share, state in ((0.8, "pass"), (1.2, "fail")):
        got = expected.copy()
        got[smallest] += share * tau * largest
        result = examine(case, value(got.astype(dtype)))
        assert result.state == state
        assert ("float64 was asked" in result.note) is (dtype is np.float32)


@pytest.mark.parametrize(
    ("loss", "state"),
    [(np.inf, "pass"), (27.0, "pass"), (1e9, "pass"), (26.9, "fail"), (np.nan, "fail"), (-np.inf, "fail")],
)
def test_the_price_of_a_probability_of_0(loss, state):
    """Infinity, or 27 and more, which is what a clip at 1e-12 makes."""
    case = next(case for case in CASES if case.at_least is not None)
    assert examine(case, value(np.float64(loss))).state == state


def test_three_findings_are_enough():
    """Feedback on a task has three findings at most."""
    results = [
        CaseResult(case, "fail", Finding(case.part, case.name, f"finding {n}"))
        for n, case in enumerate(case_set(0).of("bptt_W"))
    ]
    assert len(results) > 3
    assert len(judge_task(TASK_BY_ID["bptt_W"], results, 15).findings) == 3


DUE = datetime(2026, 11, 20, 23, 59, tzinfo=UTC)


def nested(key: str, value: object) -> dict:
    """Return the settings with this key alone."""
    for name in reversed(key.split(".")):
        value = {name: value}
    return value


def at(settings: Settings, key: str) -> object:
    """Return what is in force for a key."""
    found: object = settings
    for name in key.split("."):
        found = found[name] if isinstance(found, dict) else getattr(found, name)
    return found


@pytest.mark.parametrize(("key", "figures"), SETTINGS.items())
def test_defaults_and_ranges_of_the_settings(key, figures):
    """Every number that a course can set: what it is by default, and both ends of what it may be."""
    default, least, most = figures
    if default is not None:
        assert at(Settings(), key) == default
    small = 1 if isinstance(most, int) and key.partition(".")[0] in ("seed", "variant") else 0.001
    outside = [most + small, float(least[1:]) if isinstance(least, str) else least - small]
    for number in (most, small if isinstance(least, str) else least):
        asked = nested(key, number)
        if key.startswith("variant."):
            asked["variant"] = {"D": 3, "H": 10, "K": 7} | asked["variant"]  # three different sizes
        if key.startswith("late."):
            asked["late"] |= {"due": DUE}  # without which there is no rule
        assert at(Settings.model_validate(asked), key) == number
    for number in outside:
        with pytest.raises(ValidationError):
            Settings.model_validate(nested(key, number))


def leaves(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Yield the key of every value that a settings file can have; of the tasks, those of one."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if get_args(inner) and isinstance(get_args(inner)[-1], type) and issubclass(get_args(inner)[-1], BaseModel):
            yield from leaves(get_args(inner)[-1], f"{prefix}{name}.bptt_W.")
        elif isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from leaves(inner, f"{prefix}{name}.")
        else:
            yield prefix + name


KEYS = list(leaves(Settings))
# Other values to try, of which those that a field refuses are left out.
OTHERS = (
    {"ana": "2030-01-01T00:00:00Z"},
    False,
    True,
    1,
    7,
    13,
    20,
    200,
    0.25,
    "tanh",
    "both",
    "accept",
    "reject",
    "2030-01-01T00:00:00Z",
)
LATE = {"late": {"due": "2026-11-20T23:59:00Z"}}


def with_value(key: str, other: object) -> Settings | None:
    """Return settings in which one value is another, None where it can't be."""
    asked = nested(key, other)
    if key.startswith("late."):
        asked["late"] = LATE["late"] | asked["late"]
    try:
        return Settings.model_validate(asked, strict=False)
    except ValidationError:
        return None


@pytest.mark.parametrize("key", KEYS)
def test_every_setting_is_in_the_digest(key):
    """Whichever value changes, the digest does: nobody is left with a mark of other settings.

    Two exceptions: the seed of the public cases, for what the self-check shows decides no mark, and what lateness
    takes, which comes after the verdict.
    """
    plain = Settings.model_validate(LATE, strict=False) if key.startswith("late.") else Settings()
    default = {"points": 15, "enabled": True}[key.rpartition(".")[2]] if key.startswith("tasks.") else at(plain, key)
    found = [settings for other in OTHERS if (settings := with_value(key, other)) is not None]
    changed = {str(at(settings, key)): settings.digest() for settings in found if at(settings, key) != default}
    assert changed, "no other value was tried: name one in OTHERS"
    if key == "variant.seed" or key.startswith("late."):
        assert set(changed.values()) == {plain.digest()}
    else:
        assert len({plain.digest(), *changed.values()}) == 1 + len(changed)


def test_late_rules_without_a_due_time_are_refused():
    """Where nothing can be late, the other values of the rule are a slip."""
    for slip in ({"per_day": 0.1}, {"floor": 0.1}, {"grace_minutes": 9}, {"extensions": {"ana": DUE}}):
        with pytest.raises(ValueError, match=f"found {next(iter(slip))} and no due"):
            LateRule(**slip)
