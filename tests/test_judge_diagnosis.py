"""Which mistake is named, by replies alone: the simplest that explains every one of them, and nothing in doubt."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.cases.case_sets import case_set
from autograder.judge import examine_all
from autograder.judge.diagnosis import diagnose
from autograder.judge.mistakes import alike, bugs_of, make_faulty, pairs_of
from autograder.judge.values import CaseResult
from solutions.mistakes import BUGS
from solutions.rnn import softmax
from solutions.tasks import TASKS
from tests.answers import Functions, answered, with_functions

CASES = case_set(0)
SAMPLE = BUGS[::5]
PAIRS = [(task.id, pair) for task in TASKS for pair in pairs_of(task.id)[:: max(1, len(pairs_of(task.id)) // 3)]]


def results(task: str, functions: Functions) -> tuple[CaseResult, ...]:
    """Return what the judge makes of a student who has these functions."""
    return examine_all(CASES.of(task), answered(CASES.plan((task,)), with_functions(**functions)))


def faulty(task: str, *ids: str) -> Mapping:
    return make_faulty(task, ids)


@pytest.mark.parametrize("bug", SAMPLE, ids=lambda bug: f"{bug.task}-{bug.id}")
def test_a_mistake_is_named_with_its_question_and_slide(bug):
    """Each is the first that is named for what it makes of the cases, or one that computes the same."""
    (found,) = diagnose(bug.task, results(bug.task, faulty(bug.task, bug.id)))
    named = {ids for ids in found.bugs if len(ids) == 1}
    assert len(named) == len(found.bugs) <= 3
    assert {ids[0] for ids in named} & alike(bug.task, bug.id)
    known = {one.id: one for one in bugs_of(bug.task)}
    explained = [known[ids[0]] for ids in found.bugs]
    which = f"in {bug.function}, " if bug.task == "bptt_bias" else ""
    assert found.misconception == which + "; or: ".join(one.misconception for one in explained)
    assert found.questions == tuple(dict.fromkeys(one.question for one in explained))
    assert found.slides == tuple(dict.fromkeys(one.slide for one in explained))
    assert len({one.family for one in explained}) == len(explained)


@pytest.mark.parametrize(("task", "pair"), PAIRS, ids=str)
def test_two_mistakes_at_once_are_named_both(task, pair):
    """Where no single mistake explains the replies, the pair that does is named, with both clauses."""
    (found,) = diagnose(task, results(task, faulty(task, *pair)))
    known = {one.id: one for one in bugs_of(task)}
    if {len(ids) for ids in found.bugs} == {1}:  # one mistake alone gives the same: that is simpler
        assert (task, pair) == ("one_to_many", ("activation-ignored", "feeds-probabilities"))
        return
    families = {frozenset(known[name].family for name in ids) for ids in found.bugs}
    assert frozenset(known[name].family for name in pair) in families
    assert ", and also " in found.misconception
    assert {known[name].question for name in pair} <= {*found.questions}


@given(st.sampled_from(SAMPLE), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_cases_does_not_matter(bug, random):
    """The same replies in another order are explained by the same."""
    asked = results(bug.task, faulty(bug.task, bug.id))
    if bug.shows == "sequence":  # where the order of calls is part of what is judged
        return
    assert diagnose(bug.task, random.sample(asked, len(asked))) == diagnose(bug.task, asked)


VISIBLE = [bug for bug in SAMPLE if bug.shows == "output" and bug.task not in ("cross_entropy", "softmax")]


@pytest.mark.parametrize("bug", VISIBLE[::3], ids=lambda bug: f"{bug.task}-{bug.id}")
def test_one_reply_that_contradicts_is_enough(bug):
    """Another number, shape or changed argument in a single case, and the mistake is not named for its part."""
    asked = results(bug.task, faulty(bug.task, bug.id))
    last = max(
        n for n, result in enumerate(asked) if result.got is not None and result.case.call.function == bug.function
    )
    wanted = asked[last].case
    asked = [
        result
        for result in asked
        if (result.case.part, result.case.call.function, result.case.call.kwargs)
        == (wanted.part, wanted.call.function, wanted.call.kwargs)
    ]
    at = next(n for n, result in enumerate(asked) if result.case is wanted)
    got = asked[at].got
    moved = (*got[:-1], got[-1] + 1e-4 * (1 + np.abs(got[-1]).max(initial=0)))
    for odd in (
        replace(asked[at], got=moved),
        replace(asked[at], got=(*got[:-1], got[-1][None])),
        replace(asked[at], got=(*got[:-1], np.full_like(got[-1], np.nan))),
        replace(asked[at], got=(*got, got[-1])),
        replace(asked[at], changed=frozenset({"0"})),
    ):
        changed = [*asked[:at], odd, *asked[at + 1 :]]
        if any(result.finding and result.got is not None for result in changed):
            named = [ids for found in diagnose(bug.task, changed) for ids in found.bugs]
            assert (bug.id,) not in named


def test_each_part_is_explained_by_itself():
    """Where nothing known explains the identity, what is wrong with tanh is named all the same."""

    def forward(params, X, h_init, activation="tanh"):
        h, states = h_init, []
        for x in X:
            a = params.U @ x + params.W.T @ h + params.b
            h = np.tanh(a) if activation == "tanh" else a + 0.1
            states.append(h)
        return np.array(states), softmax(np.array(states) @ params.V.T + params.c)

    (found,) = diagnose("forward", results("forward", {"forward": forward}))
    assert all(len(ids) == 1 for ids in found.bugs)
    assert "Wᵀ" in found.misconception or "transpose" in found.misconception


def test_an_exception_in_one_case_hides_nothing():
    """What the other cases of the part show is named all the same."""
    asked = results("bptt_W", faulty("bptt_W", "first-step-dropped"))
    single = next(n for n, result in enumerate(asked) if len(result.case.call.args[1]) == 1)
    broken = [*asked[:single], replace(asked[single], got=None, state="error"), *asked[single + 1 :]]
    (found,) = diagnose("bptt_W", broken)
    assert ("first-step-dropped",) in found.bugs


def test_the_same_mistake_in_both_functions_is_told_once():
    """A mean in b and in c is one sentence that names both."""
    b = next(bug for bug in bugs_of("bptt_bias") if bug.id == "averaged-over-steps")
    (found,) = diagnose("bptt_bias", results("bptt_bias", faulty("bptt_bias", b.id, f"c-{b.id}")))
    assert found.misconception == f"in bptt_b and bptt_c both, {b.misconception}"


def test_a_lost_process_is_not_explained():
    """A lost process or a stub is not what a mistake that raises would give."""
    bug = next(
        bug
        for bug in BUGS
        if any(r.got is None for r in results(bug.task, faulty(bug.task, bug.id)))
        and any(r.got is not None and r.finding for r in results(bug.task, faulty(bug.task, bug.id)))
    )
    asked = [r for r in results(bug.task, faulty(bug.task, bug.id)) if r.got is None]
    for state in ("error", "timeout", "not_implemented", "memory"):
        assert diagnose(bug.task, [replace(r, state=state) for r in asked]) == ()


def test_right_answers_and_what_nobody_knows_are_not_explained():
    """Nothing is named where all is right, where nothing came back, and where no known mistake gives the replies."""
    for task in TASKS:
        assert diagnose(task.id, results(task.id, {})) == ()
    assert diagnose("bptt_V", results("bptt_V", {"bptt_V": lambda dO, H: np.cos(dO).T @ H})) == ()
    assert diagnose("bptt_V", results("bptt_V", {"bptt_V": lambda dO, H: 1 / 0})) == ()


def test_each_function_of_a_task_is_explained_for_itself():
    """A mistake in bptt_b and another in bptt_c are two diagnoses; a right one has none."""
    b = next(bug for bug in bugs_of("bptt_bias") if bug.function == "bptt_b")
    c = next(bug for bug in bugs_of("bptt_bias") if bug.function == "bptt_c")
    assert len(diagnose("bptt_bias", results("bptt_bias", faulty("bptt_bias", b.id, c.id)))) == 2
    (found,) = diagnose("bptt_bias", results("bptt_bias", faulty("bptt_bias", c.id)))
    assert (c.id,) in found.bugs
