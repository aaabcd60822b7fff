"""The hints of the self-check: the known mistake that explains an answer is named, and no other ever is."""

import importlib
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from autograder.assignment import Mistake
from autograder.judge.mistakes import bugs_of, make_faulty, pairs_of
from solutions import ASSIGNMENT, rnn
from solutions.mistakes import ALIKE, BUGS
from solutions.tasks import TASK_BY_FUNCTION, TASKS
from tests.conftest import SAMPLE_CLASS, SAMPLES
from tests.desk import MOST_LINES
from tests.messages import PAGE, page, released, results_of_all, run

Function = Callable[..., Any]


@pytest.fixture(scope="module")
def selfcheck() -> Iterator[ModuleType]:
    """The self-check of a released folder, imported here; what it imports is forgotten at the end."""
    with released() as module:
        yield module


@pytest.fixture(scope="module")
def results(selfcheck: ModuleType) -> dict[Mistake, list[Any]]:
    return results_of_all(selfcheck)


def said(results: list[Any]) -> set[str]:
    """What the hints of some results say."""
    return {hint.looks_like for result in results for hint in result.hints}


def families(task: str, sentences: set[str]) -> set[str]:
    """The families of mistakes that some hints name."""
    return {bug.family for bug in bugs_of(task) if bug.misconception in sentences}


def test_no_known_mistake_passes(results: dict[Mistake, list[Any]], selfcheck: ModuleType) -> None:
    """Every entry of the bug library loses points on the public cases, and is told in a few short lines."""
    for bug, own in results.items():
        assert any(result.points < result.max_points for result in own), bug.id
        for lines in (selfcheck.explain(result).splitlines() for result in own):
            assert len(lines) <= MOST_LINES, bug.id
            assert max(map(len, lines), default=0) < 80, bug.id


def test_the_table_in_docs_is_what_the_self_check_says(results: dict[Mistake, list[Any]]) -> None:
    """The page does not drift (`make messages` makes it anew); each mistake is seen, and gets a hint."""
    text = page(results)
    assert PAGE.read_text(encoding="utf-8") == text
    rows = text.partition("\n## ")[2]
    assert "**no hint**" not in rows
    assert "**nothing**" not in rows


def test_known_mistakes_are_named(results: dict[Mistake, list[Any]]) -> None:
    """A hint names the family of the mistake, for 98 of 100 or more, and never another one alone."""
    named = {bug: families(bug.task, said(own)) for bug, own in results.items()}
    assert [bug.id for bug, own in named.items() if own and bug.family not in own] == []
    assert sum(bug.family in own for bug, own in named.items()) >= 0.98 * len(BUGS)


def test_a_hint_says_what_the_library_says(results: dict[Mistake, list[Any]]) -> None:
    """Sentence, question and slide belong together; forms of one mistake are one hint."""
    for bug, own in results.items():
        rows = {(other.misconception, other.question, other.slide) for other in bugs_of(bug.task)}
        for hints in (result.hints for result in own):
            assert {(hint.looks_like, hint.ask, hint.slide) for hint in hints} <= rows
            assert len({families(bug.task, {hint.looks_like}).pop() for hint in hints}) == len(hints), bug.id


def test_what_explains_equally_well_is_named_as_well(results: dict[Mistake, list[Any]]) -> None:
    """Different thoughts that compute the same are all named."""
    for task, groups in ALIKE.items():
        for group in groups:
            alike = [bug for bug in BUGS if bug.task == task and bug.id in group]
            for bug in alike:
                assert families(task, said(results[bug])) >= {other.family for other in alike}, bug.id


def hinted(selfcheck: ModuleType, task: str, pair: tuple[str, str]) -> str:
    """What the hints say of two mistakes that are made together."""

    def student() -> Any:
        return selfcheck.Student(vars(rnn) | make_faulty(task, pair), student)

    recognise = importlib.import_module("selfcheck.hints").recognise
    function = next(bug.function for bug in bugs_of(task) if bug.id in pair)
    own, parts = student(), TASK_BY_FUNCTION[function].parts
    return "; ".join(dict.fromkeys(hint.looks_like for part in parts for hint in recognise(own, function, part.id)))


@pytest.mark.parametrize("most", [50, pytest.param(150, marks=pytest.mark.thorough)])
def test_both_mistakes_of_a_pair_are_named(most: int, selfcheck: ModuleType) -> None:
    """Two known mistakes at once are both named, but for few; and where anything is said, one of them is named."""
    both, tried = 0, 0
    for task in TASKS:
        bugs = {bug.id: bug for bug in bugs_of(task.id)}
        pairs = pairs_of(task.id)
        for pair in pairs[:: 1 + len(pairs) // most]:
            said = hinted(selfcheck, task.id, pair)
            named = {bug.family for bug in bugs.values() if bug.misconception in said}
            made = {bugs[one].family for one in pair}
            assert not named or named & made, pair
            both, tried = both + (made <= named), tried + 1
    assert both >= 0.97 * tried


def test_a_pair_with_alternatives_is_one_sentence(selfcheck: ModuleType) -> None:
    """What both explanations have in common is said once, and so is what differs."""
    said = hinted(selfcheck, "bptt_W", ("transposed-outer", "last-step-only"))
    assert said.count(" (or only the loss of the last step counts), and also ") == 1
    assert said.count(", and also the outer product has its factors the wrong way round") == 1


def test_the_hints_hold_no_answer(selfcheck: ModuleType) -> None:
    """There is one number for a reply, and fewer numbers than mistakes and pairs have replies."""
    known = importlib.import_module("selfcheck.hints")._known("bptt_W")
    cases = [case for case in selfcheck.CASES.values() if case.function == "bptt_W"]
    assert known.values.shape == known.flags.shape == (len(known.mistakes) + len(known.pairs), len(cases))


def with_each(change: Callable[[Any], Any]) -> Callable[[Function], Function]:
    """Return what makes of a function one whose arrays are all changed before they are returned."""

    def wrap(function: Function) -> Function:
        def other(*args: Any, **kwargs: Any) -> Any:
            value = function(*args, **kwargs)
            if not isinstance(value, tuple):
                return change(value)
            items = map(change, value)
            return type(value)(*items) if hasattr(value, "_fields") else tuple(items)

        return other

    return wrap


STYLES: dict[str, Callable[[Function], Function]] = {
    "as it is": lambda function: function,
    "float32": with_each(np.float32),
    "lists": with_each(lambda array: np.asarray(array).tolist()),
    "other rounding": with_each(lambda array: array * (1 + 1e-12)),
}


@pytest.mark.parametrize("style", STYLES)
def test_right_answers_look_like_no_mistake(style: str, selfcheck: ModuleType) -> None:
    """Whatever the style, a right function is not recognised as anything."""
    recognise = importlib.import_module("selfcheck.hints").recognise
    for name in ASSIGNMENT.signatures:
        function = STYLES[style](getattr(rnn, name))
        for part in TASK_BY_FUNCTION[name].parts:
            assert recognise(selfcheck.Student(vars(rnn) | {name: function}), name, part.id) == (), name


STYLE_FILES = sorted((Path(__file__).parent.parent / "solutions" / "styles").glob("*.py"))


@pytest.mark.parametrize("path", STYLE_FILES, ids=lambda path: path.stem)
def test_every_accepted_style_passes_every_check(path: Path, selfcheck: ModuleType) -> None:
    """Public cases, numerical gradients and properties hold for right code, however it is written."""
    own = selfcheck.load(path)
    results = [selfcheck.run(own, check) for check in selfcheck.CHECKS]
    waits = {"waiting"} if path.stem == "single_precision" else set()  # numerical gradients need float64
    assert {result.state for result in results} - waits == {"pass"}
    assert sum(result.points for result in results) == 100


def raises(*args: Any, **kwargs: Any) -> Any:
    raise ValueError


# Goes on from call to call: no two answers are the same.
NOISE = np.random.default_rng(0)

UNKNOWN: dict[str, Callable[[Function], object]] = {
    "a tenth too large": with_each(lambda array: array * 1.1),
    "noise": with_each(lambda array: array + NOISE.normal()),
    "an exception each time": lambda function: raises,
    "nothing is returned": lambda function: lambda *args, **kwargs: None,
    "text": lambda function: lambda *args, **kwargs: "0.5",
    "no function": lambda function: 3,
    "other arguments": lambda function: lambda: 0,
}


@pytest.mark.parametrize("mistake", UNKNOWN)
def test_an_unknown_mistake_gets_no_hint(mistake: str, selfcheck: ModuleType) -> None:
    """Where nothing explains an answer, nothing is said but what was seen."""
    for name in ASSIGNMENT.signatures:
        own = run(selfcheck, TASK_BY_FUNCTION[name].id, lambda name=name: {name: UNKNOWN[mistake](getattr(rnn, name))})
        assert any(result.state in ("fail", "error") for result in own), name
        assert said(own) == set(), name


def changed(function: Function, where: Any) -> Function:
    """A function of which some entries are wrong."""

    def other(*args: Any, **kwargs: Any) -> Any:
        value = np.array(function(*args, **kwargs))
        value[where] += 0.3
        return value

    return other


def only_if(right: Callable[..., bool], function: Function) -> Function:
    """A function that is right on some cases alone."""

    def other(*args: Any, **kwargs: Any) -> Any:
        value = function(*args, **kwargs)
        return value if right(*args, **kwargs) else value**3 + 0.1

    return other


SEEN: dict[str, tuple[str, Function]] = {
    "only row 0 is wrong": ("bptt_W", changed(rnn.bptt_W, 0)),
    "only the last column is wrong": ("bptt_U", changed(rnn.bptt_U, np.s_[:, -1])),
    "only the last step is wrong": ("output_error", changed(rnn.output_error, -1)),
    "every value is half of what it should be": ("bptt_W", lambda *args, **kw: rnn.bptt_W(*args, **kw) / 2),
    "it is right for T = 1 only": ("bptt_b", only_if(lambda params, dO, *_, **__: len(dO) == 1, rnn.bptt_b)),
    "it is right only where D = H = K": (
        "bptt_U",
        only_if(lambda params, dO, X, *_, **__: X.shape[1] == dO.shape[1] == len(params.b), rnn.bptt_U),
    ),
    "it is right for k = t only": (
        "hidden_jacobian",
        only_if(lambda params, H, t, k, *_, **__: t == k, rnn.hidden_jacobian),
    ),
    "what is right: H; what is not: Y_hat": (
        "forward",
        lambda *args, **kw: (rnn.forward(*args, **kw)[0], rnn.forward(*args, **kw)[1] ** 1.5),
    ),
}


@pytest.mark.parametrize("sentence", SEEN)
def test_what_no_mistake_explains_is_described(sentence: str, selfcheck: ModuleType) -> None:
    """Where nothing is known, it is said what is seen, in the grader's words; and nothing where all is right."""
    name, function = SEEN[sentence]
    own = run(selfcheck, TASK_BY_FUNCTION[name].id, lambda: {name: function})
    wrong = [result for result in own if result.seen]
    assert wrong
    assert said(own) == set()
    assert all(sentence in result.seen for result in wrong)
    assert f"seen        {sentence}" in selfcheck.explain(wrong[0])
    assert not any(result.seen for result in run(selfcheck, TASK_BY_FUNCTION[name].id, dict))


@pytest.mark.parametrize(("smallest", "parts"), [(1e-300, 3), (1e-12, 3), (1e-9, 2)])
def test_a_protected_logarithm_hides_no_mistake(smallest: float, parts: int, selfcheck: ModuleType) -> None:
    """Where a mistake gives infinity, any large number will do; one that is too small is a second mistake there."""

    def cross_entropy(Y_hat: Any, Y: Any, reduction: str = "sum") -> Any:
        return -np.sum(Y * np.log2(np.clip(Y_hat, smallest, 1))) / (len(Y) if reduction == "mean" else 1)

    own = run(selfcheck, "cross_entropy", lambda: {"cross_entropy": cross_entropy})
    assert families("cross_entropy", said(own)) == {"log2"}
    assert sum(bool(result.hints) for result in own) == parts


@pytest.mark.parametrize("student", [name for name, row in SAMPLES.items() if "misconception" in row])
def test_mistakes_in_code_of_another_hand_are_named(student: str, selfcheck: ModuleType) -> None:
    """The sample class does not share the bug library's code: its mistakes are recognised all the same."""
    for path in (SAMPLE_CLASS / student).glob("*.py"):
        own = selfcheck.load(path)
        for task, bug_id in SAMPLES[student]["misconception"].items():
            named = said([selfcheck.run(own, check) for check in selfcheck.CHECKS if check.task == task])
            (bug,) = (bug for bug in bugs_of(task) if bug.id == bug_id)
            assert bug.family in families(task, named), task


def test_hints_are_readable_without_greek(selfcheck: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a console that has ASCII only, every sentence and question is spelled out."""
    monkeypatch.setattr(sys, "__stdout__", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    for bug in BUGS:
        for text in (bug.misconception, bug.question, bug.slide):
            assert selfcheck.printable(text).count("?") == text.count("?"), text
