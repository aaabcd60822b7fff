"""What an audit counts and promises, and which questions cover its needs; plain numbers, with nothing graded."""

from dataclasses import fields

import pytest

from autograder.audit.cover import Need, chosen, table, unmet
from autograder.audit.tally import PARTS, Downstream, Tally, targets, together
from autograder.model.loading import loaded


def test_shares_of_an_audit_are_added_up() -> None:
    """Every count, and every line, of each part for itself."""
    counts = {one.name: 2 + n for n, one in enumerate(fields(Tally)[1:-2])}
    lists = {"followed": [Downstream("f/x", 3, 2)], "faults": ["a fault"]}
    total = together(
        [Tally("mutants", **counts, **lists), Tally("mutants", **counts, **lists), Tally("styles", checked=1)]
    )
    assert tuple(total) == PARTS
    twice = {name: 2 * count for name, count in counts.items()} | {name: 2 * found for name, found in lists.items()}
    assert total["mutants"] == Tally("mutants", **twice)
    assert (total["styles"], total["rewrites"]) == (Tally("styles", checked=1), Tally("rewrites"))
    assert Tally("styles", right=3, wrong=4, missing=5).diagnosed == 12


ZERO = ("false_rejects", "false_accepts", "marks_lost", "flagged", "apart")


@pytest.mark.parametrize("count", ZERO)
@pytest.mark.parametrize("part", PARTS)
def test_of_some_things_there_may_be_none(count: str, part: str) -> None:
    """In any part."""
    missed = [one for one in targets(together([Tally(part, **{count: 1})])) if not one.met]
    assert [(one.bound, one.shown) for one in missed] == [("0", "1")]


@pytest.mark.parametrize(
    ("part", "right", "wrong", "missing", "missed"),
    [
        ("single mistakes", 98, 0, 2, []),
        ("single mistakes", 979, 0, 21, ["single mistakes named rightly: ≥ 98%, 97.90%"]),
        ("pairs of mistakes", 85, 0, 15, []),
        ("pairs of mistakes", 849, 0, 151, ["pairs of mistakes named rightly: ≥ 85%, 84.90%"]),
        ("single mistakes", 995, 5, 0, []),
        ("single mistakes", 994, 6, 0, ["wrong names: ≤ 0.5%, 0.60%"]),
        ("mutants", 0, 1, 0, ["wrong names: ≤ 0.5%, 100.00%"]),
        ("mutants", 0, 0, 1, []),
    ],
)
def test_names_are_right_in_most_cases(part: str, right: int, wrong: int, missing: int, missed: list[str]) -> None:
    """In 98 of 100 single mistakes, 85 of 100 pairs, and wrong in at most one of 200 altogether."""
    totals = together([Tally(part, right=right, wrong=wrong, missing=missing)])
    assert [f"{one.what}: {one.bound}, {one.shown}" for one in targets(totals) if not one.met] == missed
    assert len(targets(totals)) == len(ZERO) + 3


def test_without_known_mistakes_no_names_are_due() -> None:
    """All that can be missed is what is graded wrongly."""
    assert len(targets(together([Tally("mutants", checked=9)]))) == len(ZERO)
    assert all(one.met for one in targets(together([])))


# --- questions -------------------------------------------------------------------------------------


def need(names: str, least: int, task: str = "softmax") -> Need:
    return task, frozenset(names), least


@pytest.mark.parametrize(
    ("needs", "due"),
    [
        ([], ()),
        ([need("a", 1)], ("a",)),
        ([need("ab", 2)], ("a", "b")),
        ([need("ab", 1), need("bc", 1)], ("b",)),
        ([need("ab", 1), need("bc", 1), need("ac", 2)], ("a", "c")),
        ([need("abc", 1), need("a", 1)], ("a",)),
        ([need("a", 1), need("b", 1), need("abc", 2)], ("a", "b")),
    ],
)
def test_few_questions_meet_every_need(needs: list[Need], due: tuple[str, ...]) -> None:
    """None that is needless, in alphabetical order; a need of one task is nothing to another."""
    choice = chosen([*needs, need("z", 1, "forward")])
    assert (choice["softmax"], choice["forward"]) == (due, ("z",))
    assert list(choice) == [task.id for task in loaded().tasks]
    assert unmet(needs, choice) == []


def test_what_a_choice_does_not_meet_is_known() -> None:
    """One question too few is enough."""
    needs = [need("ab", 2), need("ab", 1), need("c", 1, "forward")]
    assert unmet(needs, {"softmax": ("a",), "forward": ()}) == [needs[0], needs[2]]
    assert unmet(needs, {"softmax": ("a", "b", "x"), "forward": ("c",)}) == []


def test_a_choice_is_printed_as_the_assignment_has_it() -> None:
    """Python that says the same."""
    scope: dict[str, object] = {}
    exec(table({"softmax": ("a", "b c"), "forward": ()}), scope)
    assert scope["FIRST"] == {"softmax": ("a", "b c"), "forward": ()}
