"""The audit proves the judge, and would notice if the judge were wrong."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from autograder import audit
from autograder.audit.bench import Bench
from autograder.audit.mistakes import all_pairs
from autograder.audit.rewrites import rewrites
from autograder.audit.submissions import audit_mutants, styles
from autograder.audit.tally import PARTS, Tally, targets, together
from autograder.cases.mutants import Mutant, all_mutants, some_mutants, some_pairs
from autograder.cli import main
from autograder.model.loading import load
from autograder.sandbox.host.levels import detect
from solutions.mistakes import BUGS
from solutions.tasks import TASKS
from tests.conftest import REFERENCE, edited
from tests.small_assignment import SMALL, bundled_again, make  # noqa: F401 - a fixture

FUNCTIONS = {function for task in TASKS for function in task.functions}


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """A room for the mutants of these tests."""
    with Bench(detect()) as bench:
        yield bench


@pytest.fixture(
    scope="module",
    params=[
        audit.Size(seeds=1, pairs=20, mutants=8, mutant_pairs=3),
        pytest.param(audit.QUICK, marks=pytest.mark.thorough),
    ],
    ids=["a little", "quick"],
)
def size(request: pytest.FixtureRequest) -> audit.Size:
    """How much `bptt audit --quick` audits in these tests."""
    return request.param


@pytest.fixture(scope="module")
def quick(size: audit.Size, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, dict[str, Any]]:
    """Type `bptt audit --quick` once; return what it printed and what it wrote."""
    file = tmp_path_factory.mktemp("audit") / "audit.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit, "QUICK", size)
        result = CliRunner().invoke(
            main, ["audit", "--quick", "--jobs", "1", "--json", str(file)], env={"COLUMNS": "120"}
        )
    return result, json.loads(file.read_text(encoding="utf-8"))


class TestTheQuickAudit:
    """One seed, all styles, all single mistakes, a sample of pairs and mutants."""

    def test_every_target_is_met(self, quick: tuple[Result, dict[str, Any]]) -> None:
        """No right task loses a mark, no wrong one passes, and what was done is named."""
        result, report = quick
        assert [fault for part in report["parts"] for fault in part["faults"]] == []
        assert [target["what"] for target in report["targets"] if not target["met"]] == []
        assert (result.exit_code, report["met"]) == (0, True)

    def test_nothing_was_left_out_that_counts(self, size: audit.Size, quick: tuple[Result, dict[str, Any]]) -> None:
        """The totals are those of real work: every style, every mistake, and mutants of which many are wrong."""
        parts = {part["part"]: part for part in quick[1]["parts"]}
        assert tuple(parts) == PARTS
        assert parts["styles"]["right_tasks"] == len(styles()) * len(TASKS)
        assert parts["rewrites"]["right_tasks"] == len(rewrites()) * len(TASKS)
        assert parts["single mistakes"]["right"] == len(BUGS)
        assert parts["pairs of mistakes"]["right"] >= 0.8 * size.pairs
        assert parts["mutants"]["checked"] == size.mutants
        assert parts["pairs of mutants"]["checked"] == size.mutant_pairs
        assert parts["mutants"]["wrong_tasks"] >= size.mutants
        assert parts["mutants"]["right_tasks"] >= 5 * size.mutants

    def test_the_table_says_what_the_file_says(self, size: audit.Size, quick: tuple[Result, dict[str, Any]]) -> None:
        """What is printed has every part and every target."""
        for shown in (
            *PARTS,
            *(target["what"] for target in quick[1]["targets"]),
            "1 seed; ",
            f"{size.mutants} mutants",
        ):
            assert shown in quick[0].output

    def test_it_says_what_follow_through_gives_back(self, quick: tuple[Result, dict[str, Any]]) -> None:
        """For each known mistake upstream that costs wrappers something: 70 % of that, but where shapes are wrong."""
        followed = {
            one["mistake"]: [one["lost"], one["given_back"]] for part in quick[1]["parts"] for one in part["followed"]
        }
        assert followed["forward: no-b"] == [20, pytest.approx(14)]
        assert followed["softmax: wrong-axis"] == [20, pytest.approx(14)]
        none = {name for name, (_, given_back) in followed.items() if not given_back}
        assert none == {
            "forward: stale-state",
            "forward: softmax-of-h",
            "forward: row-convention",
            "forward: outputs-swapped",
            "forward: last-row-only",
        }
        for name, (lost, given_back) in followed.items():
            assert name in none or given_back == pytest.approx(0.7 * lost, abs=0.01)
            assert name in quick[0].output


def test_a_missed_target_is_exit_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """One wrong task that passed, and the command fails and says which."""
    report = audit.Report(audit.QUICK, together([Tally("mutants", 60, false_accepts=1, faults=["seed 0, x"])]), 0, 1.0)
    monkeypatch.setattr(audit, "run_audit", lambda *_: report)
    result = CliRunner().invoke(main, ["audit", "--quick"])
    assert result.exit_code == 1
    assert "missed" in result.output
    assert "seed 0, x" in result.output


@pytest.mark.parametrize(
    ("tally", "missed"),
    [
        (Tally("styles", false_rejects=1), "right tasks that did not pass"),
        (Tally("mutants", false_accepts=1), "wrong tasks that passed"),
        (Tally("mutants", marks_lost=0.5), "marks lost in right tasks"),
        (Tally("styles", apart=1), "style answers off by more than 1e-09"),
        (Tally("single mistakes", right=97, missing=3), "single mistakes named rightly"),
        (Tally("pairs of mistakes", right=84, missing=16), "pairs of mistakes named rightly"),
        (Tally("pairs of mistakes", right=994, wrong=6), "wrong names"),
    ],
)
def test_each_target_can_be_missed(tally: Tally, missed: str) -> None:
    """What is just beyond a target misses that target alone."""
    assert [target.what for target in targets(together([tally])) if not target.met] == [missed]


def test_there_are_twelve_styles_of_every_task() -> None:
    """Each style is a whole submission, a text of its own, and no part of the package."""
    assert len(styles()) >= 13
    bodies: set[str] = set()
    for name, text in styles().items():
        tree = ast.parse(text)
        defined = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}
        defined |= {t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
        assert defined >= FUNCTIONS, name
        assert ast.get_docstring(tree), name
        assert ast.unparse(tree) not in bodies
        bodies.add(ast.unparse(tree))


def test_mutants_are_many_different_and_always_the_same() -> None:
    """More than a thousand edits that compile, none of them twice, none of them the reference."""
    texts = [mutant.text for mutant in all_mutants()]
    assert len(texts) >= 1000
    assert len(set(texts)) == len(texts)
    assert ast.unparse(ast.parse(REFERENCE)) not in texts
    assert some_mutants(50) == some_mutants(50)
    assert len(set(some_mutants(50))) == 50
    for mutant in some_mutants(50):
        compile(mutant.text, "rnn.py", "exec")


def test_pairs_of_mutants_have_two_edits() -> None:
    """They are no mutants that one edit makes, compile, and are always the same ones."""
    pairs = some_pairs(20)
    assert len({pair.text for pair in pairs}) == 20
    assert not {pair.text for pair in pairs} & {mutant.text for mutant in all_mutants()}
    assert all(", and " in pair.what for pair in pairs)
    assert some_pairs(10) == pairs[:10]


def test_rewrites_are_other_texts_that_answer_alike(tmp_path: Path, bundled_again: None) -> None:  # noqa: F811
    """A function is rewritten where its answers stay the same; a loop that only goes forward stays as it is."""
    reference = """
import numpy as np


def double(x):
    total = 0
    for row in x:
        total = 0.5 * total + row
    return np.sum(np.outer(total, total), axis=0) + x.T @ x[0]
"""
    load(make(tmp_path / "own", SMALL.replace("standard_normal(3)", "standard_normal((3, 3))"), reference))
    texts = rewrites()
    assert {name.partition(": ")[2] for name in texts} == {
        "loops for sums",
        "einsum for products",
        "products row by row",
        "another order of addition",
        "results with gaps in memory",
        "float32",
    }
    assert "_summed(np.outer(total, total), axis=0)" in texts["rewritten: loops for sums"]
    assert "_product(x.T, x[0])" in texts["rewritten: einsum for products"]
    assert len({ast.unparse(ast.parse(text)) for text in (*texts.values(), reference)}) == 7
    names: dict[str, Any] = {}
    exec(texts["rewritten: loops for sums"], names)
    assert names["_summed"](np.array([-np.inf, 0.0])) == -np.inf


def test_pairs_are_all_that_the_library_allows() -> None:
    """The long audit misses no pair."""
    assert len(set(all_pairs())) == len(all_pairs()) > 3000


class TestTheOracle:
    """It finds what is wrong by itself."""

    @pytest.mark.parametrize(
        ("old", "new", "wrong"),
        [
            ("return dO.T @ H", "return (dO * (1 + 1e-5)).T @ H", {"bptt_V"}),
            ("gradient: Array = dO.sum(axis=0)", "gradient = dO.sum(axis=0); dO *= 2", {"bptt_bias"}),
            ("o.max(axis=-1, keepdims=True)", "o.min(axis=-1, keepdims=True)", {"softmax"}),
            ("x[np.argmax(y_hat)] = 1.0", "x[y_hat == y_hat.max()] = 1.0", {"one_to_one", "many_to_many"}),
            ("if np.argmax(y_hat) == stop", "if len(outputs) > 1 and np.argmax(y_hat) == stop", {"many_to_many"}),
            (
                "        return np.ones_like(H)",
                "        return -np.ones_like(H)",
                {"hidden_jacobian", "bptt_W", "bptt_U", "bptt_bias"},
            ),
            (
                "    return np.array(outputs)\n    ### END SOLUTION\n\n\ndef one_to_many",
                "    while True: pass\n\n\ndef one_to_many",
                {"one_to_one"},
            ),
        ],
    )
    def test_it_sees_a_wrong_task_and_no_other(self, bench: Bench, old: str, new: str, wrong: set[str]) -> None:
        """Small errors, changed arguments, ties, single rows, one activation only, loops."""
        assert set(bench.really_wrong(edited((old, new)))) == wrong

    @pytest.mark.parametrize("name", [name for name in styles() if name != "single_precision"])
    def test_it_finds_every_style_right(self, bench: Bench, name: str) -> None:
        """What the judge accepts as correct is correct by the definitions, too (float32 is, as far as it goes)."""
        assert bench.really_wrong(styles()[name]) == {}

    def test_a_judge_that_lets_a_wrong_task_pass_is_noticed(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With a tolerance of 1, the audit counts false accepts."""
        monkeypatch.setattr("autograder.model.tolerance.TAU", 1.0)
        mutant = Mutant(edited(("return dO.T @ H", "return 1.1 * dO.T @ H")), "a tenth too much")
        tally = audit_mutants(bench, 0, [mutant])
        assert (tally.false_accepts, tally.false_rejects) == (1, 0)
        assert "bptt_V passes, and is wrong" in tally.faults[0]

    def test_a_judge_that_refuses_a_right_task_is_noticed(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        """With no tolerance at all, the audit counts right tasks that did not pass, and their marks."""
        monkeypatch.setattr("autograder.model.tolerance.TAU", -1.0)
        tally = audit_mutants(bench, 0, [Mutant(REFERENCE, "nothing changed")])
        assert tally.false_rejects > 0
        assert tally.marks_lost > 0
