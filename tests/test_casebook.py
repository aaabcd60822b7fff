"""Case sets: the same for the same seed, a student's own with a secret, certified before they are used."""

import json
from dataclasses import replace

import numpy as np
import pytest

from autograder.cases import case_sets
from autograder.cases.case_sets import NoCases, case_set, prove, seed_identity, seed_of
from autograder.cases.drawing import draw
from autograder.cases.proof import hidden_mistake
from autograder.model.cases import CaseSet
from autograder.sandbox.host.encode import encode_plan
from autograder.sandbox.worker import wire
from solutions.tasks import TASKS
from solutions.variant import STANDARD

ALL = tuple(task.id for task in TASKS)


def test_a_seed_gives_the_same_plan_byte_for_byte() -> None:
    """Fixed seeds: two runs ask exactly the same."""
    first = encode_plan(case_set(5).plan(ALL))
    assert encode_plan(prove(5)[1].plan(ALL)) == first
    assert encode_plan(case_set(6).plan(ALL)) != first


def test_a_set_that_was_proved_is_drawn_again_from_its_attempt() -> None:
    """Who knows the attempt asks the same as who proved it, byte for byte, and another attempt is another set."""
    attempt, proved = prove(5)
    assert encode_plan(draw(5, attempt).plan(ALL)) == encode_plan(proved.plan(ALL))
    assert encode_plan(draw(5, attempt + 1).plan(ALL)) != encode_plan(proved.plan(ALL))


def test_every_part_of_every_task_has_a_case() -> None:
    """No part of the rubric is given away."""
    cases = case_set(0)
    for task in TASKS:
        assert {case.part for case in cases.of(task.id)} == {part.id for part in task.parts}
        assert {case.call.function for case in cases.of(task.id)} == set(task.functions)


def test_the_room_never_holds_an_answer() -> None:
    """No expected array is among the inputs of any task: the answer to one is not given away by another."""
    cases = case_set(0)
    plan = encode_plan(cases.plan(ALL))
    for case in cases.cases:
        for expected in case.expected:
            identity = np.array_equal(expected, np.eye(len(expected))) if expected.ndim else False
            assert identity or case.at_least is not None or expected.tobytes() not in plan, case.call.id


def test_a_plan_names_no_part_and_no_rule() -> None:
    """The header lists calls and inputs, and nothing that a judge would need."""
    frame = encode_plan(case_set(0).plan(ALL))
    header, _ = wire.lengths(frame[: wire.PREFIX.size], 1 << 30, 1 << 30)
    plan = json.loads(frame[wire.PREFIX.size : wire.PREFIX.size + header])
    assert set(plan) == {"calls", "kept", "records"}
    assert {field for call in plan["calls"] for field in call} == {
        "id",
        "group",
        "function",
        "args",
        "kwargs",
        "span",
    }


def test_a_secret_gives_students_inputs_of_their_own() -> None:
    """Seeds depend on the student and on the secret, and not on the order of grading."""
    secret, other = b"0123456789abcdef", b"fedcba9876543210"
    seeds = {name: seed_of(0, secret, name) for name in map(str, range(50))}
    assert len(set(seeds.values())) > 35
    assert seed_of(0, secret, "7") == seeds["7"]
    assert not set(seeds.values()) & {seed_of(0, other, name) for name in seeds}
    assert len({seed_of(0, None, name) for name in seeds}) == 1


def test_the_identity_of_a_secret_does_not_give_it_away() -> None:
    """Two secrets are told apart by something that is not the secret."""
    secret = b"0123456789abcdef"
    assert seed_identity(0, secret) != seed_identity(0, b"fedcba9876543210")
    assert secret.decode() not in seed_identity(0, secret)


def test_a_seed_that_is_not_certified_is_skipped_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """A seed that falls short gives way to the next attempt; with none left, the run stops with a reason."""
    monkeypatch.setattr(case_sets, "hidden_mistake", lambda *_: "")
    monkeypatch.setattr(case_sets, "MAX_SKIPS", 3)
    verdicts = iter(["too bad", *[""] * 100])
    monkeypatch.setattr("solutions.certify.disagreement", lambda *_: next(verdicts))
    skipped = prove(0)[1]
    monkeypatch.setattr("solutions.certify.disagreement", lambda *_: "")
    assert not np.array_equal(skipped.cases[0].expected[0], prove(0)[1].cases[0].expected[0])
    monkeypatch.setattr("solutions.certify.disagreement", lambda *_: "the gradient is off")
    with pytest.raises(NoCases, match="the gradient is off"):
        prove(0)[1]


def test_a_mistake_that_hides_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof looks at the first questions alone: a mistake that only the others show is a hidden one."""
    cases = case_set(0)
    assert hidden_mistake(cases, STANDARD) == ""
    kept = tuple(replace(case, first=case.task != "bptt_V" or case.name == "single step") for case in cases.cases)
    assert hidden_mistake(CaseSet(kept), STANDARD).startswith("no first question of bptt_V tells the mistake ")


@pytest.mark.parametrize("seed", range(3))
def test_no_answer_hangs_on_a_near_tie(seed: int) -> None:
    """Where outputs choose the next input, the largest leads by the margin that rounding can't reach, or is tied."""
    for case in (*case_set(seed).of("one_to_one"), *case_set(seed).of("many_to_many")):
        top = np.sort(case.expected[0], axis=1)[:, -2:]
        lead = top[:, 1] - top[:, 0]
        assert ((lead == 0) if "tie" in case.name else (lead >= 1e-3)).all(), (case.name, lead)


def test_a_translation_is_asked_to_stop_at_once_and_never() -> None:
    """Stopping is asked about in each way: at the first output, after some, and at the limit alone."""
    rows = {case.name: (len(case.expected[0]), case.call.args[-1]) for case in case_set(0).of("many_to_many")}
    assert rows["stops at once"][0] == 1
    assert 2 < rows["stops early"][0] < rows["stops early"][1]
    assert rows["never stops"][0] == rows["never stops"][1]
