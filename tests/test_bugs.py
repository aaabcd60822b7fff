"""The bug library: it knows every mistake, each is runnable, visible, and told apart from every other."""

from contextlib import suppress
from functools import cache
from inspect import signature
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.assignment import Mistake
from autograder.judge.mistakes import alike, bugs_of, make_faulty, pairs_of
from autograder.judge.prediction import predict
from autograder.model import tolerance
from solutions import rnn
from solutions.mistakes import BUGS
from solutions.tasks import TASKS
from tests.bug_cases import bug_cases, differ, faulty_answers, right_answers

TASK_IDS = [task.id for task in TASKS]
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in range(1, 5))]

# Two mistakes whose answers differ by less than this could not be told apart in a reply.
TOLD_APART = 1e-3

#: What is known to go wrong, as (task, id of a bug or of its family).
KNOWN = {
    "softmax": "overflow wrong-axis global-max epsilon-in-exp in-place-clip mutates-input",
    "cross_entropy": "sign mean-over-classes other-reduction log2 log10 ignores-confident-errors zero-log-zero "
    "binary-ce mutates-input",
    "forward": "ignores-h_init wraparound resets-state output-from-previous no-bias activation-ignored half-tanh "
    "logits-returned stale-state mutates-input",
    "output_error": "other-reduction squashed-error sign squared-error mutates-input",
    "bptt_V": "transposed-outer last-step-dropped first-step-dropped last-step-only drops-1-over-T clipped-inside "
    "mutates-input",
    "hidden_jacobian": "activation-ignored no-tanh-slope double-tanh slope-of-preactivation inverse-slope "
    "slope-of-wrong-step wrong-order-product includes-k diag-on-the-right mutates-input",
    "bptt_W": "wraparound activation-ignored transposed-outer last-step-dropped first-step-dropped last-step-only "
    "no-tanh-slope double-tanh slope-of-preactivation inverse-slope slope-of-wrong-step local-only truncated-2 "
    "truncated-3 truncated-4 truncated-5 carry-not-added carry-without-slope slope-before-sum W-not-transposed "
    "V-missing V-not-transposed states-carried h_t-for-h_{t-1} h_init-as-zero wrong-order-product clipped-inside "
    "mutates-input",
    "bptt_U": "activation-ignored transposed-outer last-step-dropped first-step-dropped last-step-only no-tanh-slope "
    "double-tanh slope-of-preactivation inverse-slope slope-of-wrong-step local-only truncated-2 truncated-3 "
    "truncated-4 truncated-5 carry-not-added carry-without-slope slope-before-sum W-not-transposed V-missing "
    "V-not-transposed states-carried as-printed as-printed-with-V-without-b x-off-by-one clipped-inside mutates-input",
    "bptt_bias": "activation-ignored last-step-dropped first-step-dropped last-step-only no-tanh-slope double-tanh "
    "slope-of-preactivation inverse-slope slope-of-wrong-step local-only truncated-2 truncated-3 truncated-4 "
    "truncated-5 carry-not-added carry-without-slope slope-before-sum W-not-transposed V-missing V-not-transposed "
    "states-carried clipped-inside accumulates-itself gradient-of-c bias-skipped-at-0 mutates-input "
    "c-last-step-dropped c-first-step-dropped c-last-step-only c-clipped-inside c-mutates-input",
    "gradient_step": "ascent in-place-update one-array-forgotten mutates-input",
    "one_to_one": "activation-ignored feeds-probabilities state-not-carried mutates-input",
    "one_to_many": "activation-ignored input-repeated mutates-input",
    "many_to_one": "activation-ignored average-or-all-steps mutates-input",
    "many_to_many": "activation-ignored feeds-probabilities state-not-carried no-stop stop-excluded stops-late "
    "encoder-ignored wrong-network mutates-input",
}


@cache
def cases(seed: int):
    """Return the cases of a seed, drawn once."""
    return bug_cases(seed)


def of_function(bug: Mistake, seed: int):
    """Return the cases that ask the function in which a bug sits."""
    return [case for case in cases(seed)[bug.task] if case.call.function == bug.function]


@cache
def single_answers(task: str, function: str):
    """Return what each mistake of a function makes of the cases of the first seed, by id."""
    own = [bug for bug in bugs_of(task) if bug.function == function]
    return {bug.id: faulty_answers(task, [bug.id], of_function(bug, 0), calls=2) for bug in own}


@pytest.mark.parametrize(("task", "known"), KNOWN.items())
def test_every_known_mistake_is_there(task, known):
    """Nothing that is known to go wrong is missing."""
    assert set(known.split()) <= {name for bug in bugs_of(task) for name in (bug.id, bug.family)}


def test_ids_are_unique_and_facts_complete():
    """A task and an id name one bug, and each bug has a clause to say, a question to ask and a slide to show."""
    assert len({(bug.task, bug.id) for bug in BUGS}) == len(BUGS) == sum(len(bugs_of(task)) for task in TASK_IDS)
    for bug in BUGS:
        assert bug.question.strip()
        assert bug.slide in {task.slide for task in TASKS}
        assert not bug.misconception.endswith(".")
        assert bug.sets, f"{bug.id} decides nothing, so nothing contradicts it"


@pytest.mark.parametrize("task", TASK_IDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_without_a_mistake_it_is_the_reference(task, seed):
    """The faulty functions are the reference with something changed: with nothing changed they agree with it."""
    asked = cases(seed)[task]
    assert not differ(faulty_answers(task, (), asked, calls=2), right_answers(asked, calls=2), by=1e-12)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_signatures_are_those_of_the_handout(task):
    """A faulty function is called as the right one is, by position or by name."""
    functions = make_faulty(task.id, ())
    assert tuple(functions) == task.functions
    for name, function in functions.items():
        faulty, right = (signature(f).parameters for f in (function, getattr(rnn, name)))
        assert [(p.name, p.default) for p in faulty.values()] == [(p.name, p.default) for p in right.values()]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("task", TASK_IDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_mistake_shows(task, seed):
    """On well-made inputs each mistake is off by a quarter of the largest entry, or by something that has no size.

    Whatever overflows on the way, numpy does not warn.
    """
    hidden = []
    for bug in bugs_of(task):
        asked = of_function(bug, seed)
        right = right_answers(asked, calls=2)
        if not differ(faulty_answers(task, [bug.id], asked, calls=2), right, by=tolerance.BUG_SHOWS):
            hidden.append(bug.id)
    assert hidden == []


@pytest.mark.parametrize(
    "bug", [bug for bug in BUGS if bug.shows == "mutation"], ids=lambda bug: f"{bug.task}/{bug.id}"
)
def test_mutations_change_an_argument(bug):
    """A mistake that is known by what it does to its arguments changes one, and a mistake of another kind does not."""
    function = make_faulty(bug.task, [bug.id])[bug.function]
    assert any(predict(function, case).changed for case in of_function(bug, 0))
    others = [other for other in bugs_of(bug.task) if other.function == bug.function and other.shows == "output"]
    for other in others:
        function = make_faulty(bug.task, [other.id])[bug.function]
        assert not any(predict(function, case).changed for case in of_function(bug, 0)), other.id


def test_stale_state_is_right_at_first_and_wrong_when_called_again():
    """The memory belongs to the functions of one `make_faulty`: fresh ones have none."""
    case = cases(0)["forward"][0]
    for _ in range(2):
        right, first, second = right_answers([case]), *_twice(case)
        assert not differ([first], right, by=1e-12)
        assert differ([second], right, by=tolerance.BUG_SHOWS)


def _twice(case):
    return faulty_answers("forward", ["stale-state"], [case], calls=2)


@pytest.mark.parametrize("task", TASK_IDS)
def test_mistakes_are_told_apart(task):
    """No two mistakes of a function answer alike, but for those that the library says are alike: these always do."""
    for first, second in combinations(bugs_of(task), 2):
        if first.function != second.function or first.shows == second.shows == "mutation":
            continue  # two mutations are told apart by the argument that they change
        a, b = (single_answers(task, first.function)[bug.id] for bug in (first, second))
        if second.id in alike(task, first.id):
            assert not differ(a, b, by=1e-9), (first.id, second.id)
        else:
            assert differ(a, b, by=TOLD_APART), (first.id, second.id)


@pytest.mark.parametrize("every", [20, pytest.param(1, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("task", TASK_IDS)
def test_pairs_are_more_than_their_parts(task, every):
    """Two mistakes made together differ from the reference, from each of the two, and from every third one."""
    for ids in pairs_of(task)[::every]:
        bug = next(bug for bug in bugs_of(task) if bug.id == ids[0])
        asked = of_function(bug, 0)
        pair = faulty_answers(task, ids, asked, calls=2)
        assert differ(pair, right_answers(asked, calls=2), by=TOLD_APART), ids
        for name, single in single_answers(task, bug.function).items():
            assert differ(pair, single, by=TOLD_APART), (ids, name)


@pytest.mark.parametrize("task", TASK_IDS)
def test_what_contradicts_is_no_pair(task):
    """Mistakes of one function are either a pair or cannot be asked for together."""
    pairs = {frozenset(pair) for pair in pairs_of(task)}
    for first, second in combinations(bugs_of(task), 2):
        if first.sets & second.sets and first.function == second.function:
            assert frozenset({first.id, second.id}) not in pairs
            with pytest.raises(ValueError, match="cannot be made together"):
                make_faulty(task, [first.id, second.id])


def test_mistakes_in_two_functions_are_made_together():
    """bptt_b and bptt_c are one task: a mistake in each changes both and is no pair, since each is judged alone."""
    functions = make_faulty("bptt_bias", ["accumulates-itself", "c-last-step-only"])
    assert ("accumulates-itself", "c-last-step-only") not in pairs_of("bptt_bias")
    dO = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert functions["bptt_c"](dO).tolist() == [3.0, 4.0]
    network = cases(0)["bptt_bias"][0].call
    assert not functions["bptt_b"](*network.args).any()


def test_an_unknown_mistake_is_refused():
    """A name that the task does not have is an error, never a function that is right."""
    with pytest.raises(ValueError, match="bptt_V has no mistake called x-off-by-one"):
        make_faulty("bptt_V", ["x-off-by-one"])


@settings(max_examples=60)
@given(
    bug=st.sampled_from([bug for bug in BUGS if bug.function in ("forward", "bptt_W", "bptt_U", "bptt_b", "bptt_V")]),
    sizes=st.tuples(*[st.integers(1, 5)] * 4) | st.integers(1, 5).map(lambda n: (n,) * 4),
    seed=st.integers(0, 2**32),
)
def test_every_mistake_runs_on_any_sizes_or_raises_by_shape(bug, sizes, seed):
    """Whatever T, D, H and K are, a faulty function answers or raises what numpy raises for shapes that do not fit."""
    rng = np.random.default_rng(seed)
    T, D, H, K = sizes
    shapes = {"U": (H, D), "W": (H, H), "V": (K, H), "b": (H,), "c": (K,)}
    params = rnn.Params(**{name: rng.standard_normal(shape) for name, shape in shapes.items()})
    X, h_init, dO = rng.standard_normal((T, D)), rng.standard_normal(H), rng.standard_normal((T, K))
    states = rnn.forward(params, X, h_init)[0]
    arguments = {
        "forward": (params, X, h_init),
        "bptt_V": (dO, states),
        "bptt_W": (params, dO, states, h_init),
        "bptt_U": (params, dO, X, states),
        "bptt_b": (params, dO, states),
    }[bug.function]
    function = make_faulty(bug.task, [bug.id])[bug.function]
    needs_equal_sizes = {"row-convention", "V-missing", "V-not-transposed", "as-printed", "as-printed-without-b"}
    if bug.id in needs_equal_sizes and not T == D == H == K:
        with suppress(ValueError):
            function(*arguments)
    else:
        function(*arguments)
