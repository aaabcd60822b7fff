"""One submission, graded for real: what a task does costs that task and no other."""

from collections.abc import Callable

import pytest

from autograder.grading import Grader
from autograder.model.settings import Limits, Settings
from autograder.model.verdict import Verdict
from autograder.sandbox.host.levels import detect
from autograder.submissions import Source
from tests.attacks.attack import FOLDER, read
from tests.conftest import REFERENCE, edited, lost, outcomes

Grade = Callable[[str], Verdict]
MACHINE = detect()
BPTT_V = "return dO.T @ H  # the sum over t of the outer products"


def test_the_reference_gets_every_point(grade: Grade) -> None:
    """A correct submission loses nothing, and nothing is remarked."""
    verdict = grade(REFERENCE)
    assert (verdict.status, verdict.score, lost(verdict), verdict.notes) == ("graded", 100, {}, ())


def test_the_same_submission_gets_the_same_verdict(grade: Grade) -> None:
    """Verdicts are reproducible to the last word (time aside)."""
    text = edited(("return 1.0 - H**2", "return 1.0 - np.tanh(H)**2"))
    assert grade(text) == grade(text)


def test_chance_is_the_same_for_everybody(grade: Grade) -> None:
    """Numbers of `random` and of numpy's old generator, which nobody has seeded, are the same in every process."""
    chance = "import random; return dO.T @ H * random.random() * np.random.rand()"
    first, again = grade(edited((BPTT_V, chance))), grade(edited((BPTT_V, chance)))
    assert lost(first) == {"bptt_V": "fail"}
    assert first == again


def test_an_answer_larger_than_the_channel_arrives(grade: Grade) -> None:
    """Replies wait in the channel until somebody reads; one that does not fit there is read all the same."""
    verdict = grade(edited((BPTT_V, "return np.ones((300, 300))")))
    assert lost(verdict) == {"bptt_V": "fail"}
    assert "wrong shape" in outcomes(verdict)["bptt_V"].findings[0].summary


@pytest.mark.parametrize(
    ("body", "state", "says"),
    [
        ("raise ValueError('no idea')", "error", "raised ValueError"),
        ("while True: pass", "timeout", "0.3 s of CPU"),
        ("import os; os._exit(3)", "crashed", "exit status 3"),
        ("import sys; sys.exit(0)", "error", "tried to end the program"),
        ("import ctypes; ctypes.string_at(0)", "crashed", "SIGSEGV"),
        ("return np.ones((100_000, 100_000))", "memory", "ran out of memory"),
        ("while True: print('x' * 1000)", "error", "printed more than"),
        ("return bptt_V(dO, H)", "error", "raised RecursionError"),
        ("return H.T @ dO", "fail", "wrong shape"),
        ("return 'dO.T @ H'", "fail", "not numbers"),
        ("return None", "fail", "not numbers"),
        ("return dO.T @ H + 0j", "fail", "complex128"),
        ("return dO.T @ H * np.nan", "fail", "nan or inf"),
        ("return dO.T @ H, 0", "fail", "wrong kind of thing"),
        ("raise NotImplementedError('Task 5: bptt_V')", "not_implemented", "still to be written"),
    ],
)
def test_a_task_that_goes_wrong_loses_its_own_marks_only(grade: Grade, body: str, state: str, says: str) -> None:
    """Whatever bptt_V does, its state says what it was, and the other 93 points stay."""
    verdict = grade(edited((BPTT_V, body)))
    assert verdict.status == "graded"
    assert lost(verdict) == {"bptt_V": state}
    assert verdict.score == 93
    assert says in outcomes(verdict)["bptt_V"].findings[0].summary + outcomes(verdict)["bptt_V"].findings[0].got


def test_a_sleeping_task_is_ended_by_the_clock_on_the_wall() -> None:
    """Waiting uses no CPU, and is ended all the same."""
    grader = Grader(Settings(limits=Limits(call_cpu_seconds=0.3)), None, MACHINE)
    verdict = grader.grade("s", Source("py", (("rnn.py", edited((BPTT_V, "import time; time.sleep(1000)"))),), ""))
    grader.close()
    assert lost(verdict) == {"bptt_V": "timeout"}


def test_the_time_of_a_whole_submission_is_limited() -> None:
    """Many slow tasks end together when the submission's time is used up; earlier ones keep their marks."""
    grader = Grader(Settings(limits=Limits(call_cpu_seconds=0.3, submission_seconds=1)), None, MACHINE)
    text = edited(("slope = _slope(H, activation)", "slope = _slope(H, activation)\n    while True: pass"))
    verdict = grader.grade("s", Source("py", (("rnn.py", text),), ""))
    grader.close()
    assert outcomes(verdict)["forward"].state == "pass"
    assert {task for task, state in lost(verdict).items() if state == "timeout"} >= {"hidden_jacobian", "bptt_W"}


def test_disorder_that_one_task_leaves_costs_no_other(grade: Grade) -> None:
    """bptt_V breaks np.einsum and np.eye for everything after it; each later task is looked at alone."""
    spoil = "np.vstack = np.eye = np.zeros = np.zeros_like = lambda *_: 0\n    " + BPTT_V
    assert lost(grade(edited((BPTT_V, spoil)))) == {}


def test_inputs_of_a_task_come_from_the_reference(grade: Grade) -> None:
    """A forward that is entirely wrong leaves every gradient untouched."""
    text = edited(
        ("return H, softmax(H @ params.V.T + params.c)  # logits (T, K)", "return H * 0, softmax(H @ params.V.T)")
    )
    assert set(lost(grade(text))) == {"forward", "one_to_one", "one_to_many", "many_to_one", "many_to_many"}


def test_changed_arguments_lose_the_marks(grade: Grade) -> None:
    """A right value does not make up for an argument that was overwritten."""
    verdict = grade(
        edited(
            (
                "    return Params(*(p - learning_rate",
                "    for p in params: p += 1\n    return Params(*(p - 1 - learning_rate",
            )
        )
    )
    assert lost(verdict) == {"gradient_step": "fail"}
    assert "params.U" in outcomes(verdict)["gradient_step"].findings[0].summary


def test_lists_count_as_arrays_and_float32_as_a_remark(grade: Grade) -> None:
    """Numbers in lists are accepted; float32 passes with a note."""
    assert lost(grade(edited((BPTT_V, "return (dO.T @ H).tolist()")))) == {}
    verdict = grade(edited((BPTT_V, "return (dO.T @ H).astype(np.float32)")))
    assert lost(verdict) == {}
    assert outcomes(verdict)["bptt_V"].notes == ("bptt_V returns float32; float64 was asked",)


def test_another_signature_is_named(grade: Grade) -> None:
    """A function that cannot be called as agreed says how it is called."""
    verdict = grade(edited(("def bptt_V(dO: Array, H: Array)", "def bptt_V(dO: Array)"), (BPTT_V, "return dO")))
    finding = outcomes(verdict)["bptt_V"].findings[0]
    assert (lost(verdict), finding.expected) == ({"bptt_V": "error"}, "bptt_V(dO, H)")
    assert "cannot be called as agreed" in finding.summary


def test_a_missing_function_is_to_be_written(grade: Grade) -> None:
    """No function of that name: not_implemented, and the signature is shown."""
    verdict = grade(edited(("def bptt_V(", "def bptt_v(")))
    assert lost(verdict) == {"bptt_V": "not_implemented"}


class TestLoading:
    """A file that breaks half-way counts as far as it goes."""

    def test_functions_above_an_error_count(self, grade: Grade) -> None:
        """What is defined before a top-level error is graded."""
        verdict = grade(edited(("def bptt_V", "1 / 0\n\ndef bptt_V")))
        assert verdict.status == "graded"
        assert outcomes(verdict)["output_error"].state == "pass"
        assert outcomes(verdict)["bptt_V"].state == "not_implemented"
        assert "ZeroDivisionError" in verdict.notes[0]

    def test_functions_above_a_syntax_error_count(self, grade: Grade) -> None:
        """Python would refuse the whole file; the part above the broken statement still counts."""
        verdict = grade(edited(("def bptt_V(", "def bptt_V((")))
        assert verdict.status == "graded"
        assert outcomes(verdict)["output_error"].state == "pass"
        assert "SyntaxError" in verdict.notes[0]

    def test_nothing_to_grade_is_an_import_error(self, grade: Grade) -> None:
        """Only a file with nothing that can be graded is an import_error, and it names the line."""
        verdict = grade("import numpy as np\n\ndef softmax(o:\n    return o\n")
        assert (verdict.status, verdict.score) == ("import_error", 0)
        assert "line 3" in verdict.message

    def test_a_missing_package_costs_what_uses_it(self, grade: Grade) -> None:
        """An import that fails here is a remark; the functions below it are graded."""
        verdict = grade("import no_such_plotting_package as nspp\n" + REFERENCE)
        assert lost(verdict) == {}
        assert "no_such_plotting_package" in verdict.notes[0]

    def test_silencing_prints_costs_nothing(self, grade: Grade) -> None:
        """Honest code writes to the null device; that is no file."""
        silent = "with open(os.devnull, 'w') as sink, contextlib.redirect_stdout(sink):\n        print(H)\n    "
        verdict = grade("import contextlib, os\n" + edited((BPTT_V, silent + BPTT_V)))
        assert (lost(verdict), verdict.flags, verdict.notes) == ({}, (), ())

    def test_a_missing_package_can_be_handled(self, grade: Grade) -> None:
        """try: import … except ImportError works, also for packages that are installed beside the grader."""
        head = "try:\n    import rich, scipy\nexcept ImportError:\n    rich = scipy = None\n"
        verdict = grade(head + REFERENCE)
        assert (lost(verdict), verdict.notes) == ({}, ())

    def test_a_top_level_loop_or_exit_is_skipped(self, grade: Grade) -> None:
        """What ends the process while the file loads is left out the second time."""
        for end in ("while True: pass", "import os; os._exit(0)"):
            verdict = grade(REFERENCE + f"\n{end}\n")
            assert lost(verdict) == {}
            assert "loading went on without it" in verdict.notes[-1]

    def test_a_file_that_hangs_before_anything_is_defined(self, grade: Grade) -> None:
        """Its status says why there is no mark."""
        verdict = grade("while True: pass\n")
        assert (verdict.status, verdict.score) == ("timeout", 0)

    def test_sys_exit_at_the_top_is_not_the_end(self, grade: Grade) -> None:
        """sys.exit ends the file as it would anywhere, and what stands above it counts."""
        verdict = grade(edited(("def bptt_V", "import sys; sys.exit()\n\ndef bptt_V")))
        assert outcomes(verdict)["softmax"].state == "pass"
        assert outcomes(verdict)["bptt_V"].state == "not_implemented"

    def test_future_imports_dataclasses_and_main_guards_work(self, grade: Grade) -> None:
        """Statement by statement is not less than a whole module."""
        head = "from __future__ import annotations\nfrom dataclasses import dataclass\n"
        head += "@dataclass\nclass A:\n    x: Missing = 1\n"
        tail = "\nif __name__ == '__main__':\n    raise SystemExit(1)\n"
        verdict = grade(head + REFERENCE + tail)
        assert (lost(verdict), verdict.notes) == ({}, ())


class TestNotebooks:
    """Cells count like a file, and nothing but Python in them runs."""

    def grade_cells(self, *cells: str) -> Verdict:
        grader = Grader(Settings(), None, MACHINE)
        chunks = tuple((f"cell {n}", code) for n, code in enumerate(cells, 1))
        verdict = grader.grade("s", Source("ipynb", chunks, ""))
        grader.close()
        return verdict

    def test_magics_and_broken_cells_cost_nothing(self) -> None:
        """Magics, shell escapes and help are left out, a cell that fails is skipped, later cells count."""
        head, tail = REFERENCE.split("def output_error", 1)
        cells = ("%matplotlib inline\n!touch /tmp/escaped\nimport os", "%%bash\nrm -rf x", "1/0", "softmax?\n(((")
        verdict = self.grade_cells(
            *cells, head, "files = !ls\nx = 5\\\n % 3", "%%time\ndef output_error" + tail, "get_ipython(); display(1)"
        )
        assert lost(verdict) == {}

    def test_a_redefinition_in_a_later_cell_counts(self) -> None:
        """As in a kernel that runs all cells in order."""
        verdict = self.grade_cells(REFERENCE, "def bptt_V(dO, H):\n    return H.T @ dO")
        assert lost(verdict) == {"bptt_V": "fail"}


class TestFollowThrough:
    """An answer that is right for the student's own wrong functions earns a capped share."""

    HALF = ("return np.tanh(a)", "return np.tanh(a / 2)")

    def test_wrappers_of_a_wrong_forward(self, grade: Grade) -> None:
        """tanh(a/2) costs forward; the wrappers, right for it, get 70 % of what it spoils."""
        verdict = grade(edited(self.HALF))
        assert set(lost(verdict)) == {"forward", "one_to_one", "one_to_many", "many_to_one", "many_to_many"}
        assert outcomes(verdict)["many_to_one"].points == pytest.approx(0.7 * 3 + 1)
        note = outcomes(verdict)["many_to_one"].notes[0]
        assert note.startswith("right for your own forward (")
        assert "is taken for tanh" in note
        assert note.endswith("70% of the points for the tanh network")

    def test_gradients_of_ones_own_loss(self, grade: Grade) -> None:
        """The slope of tanh(a/2) is wrong for tanh and right for the student's own forward."""
        verdict = grade(edited(self.HALF, ("return 1.0 - H**2", "return 0.5 * (1.0 - H**2)")))
        assert outcomes(verdict)["bptt_W"].points == pytest.approx(0.7 * 12 + 3)
        assert outcomes(verdict)["hidden_jacobian"].points == pytest.approx(0.7 * 6.5 + 1.5)

    def test_an_inconsistent_gradient_earns_nothing(self, grade: Grade) -> None:
        """A wrong forward is no excuse for a gradient that is wrong for it as well."""
        verdict = grade(edited(self.HALF, ("return 1.0 - H**2", "return 1.0 + 0 * H")))
        assert outcomes(verdict)["bptt_W"].points == 3  # the identity network only
        assert outcomes(verdict)["bptt_W"].notes == ()

    @pytest.mark.parametrize(
        "blind", ["np.full((len(X), len(params.c)), 0.25)", "softmax(np.tile(params.c, (len(X), 1)))"]
    )
    def test_a_degenerate_forward_earns_nothing(self, grade: Grade, blind: str) -> None:
        """Everything agrees with a constant: no credit where forward does not look at its arguments."""
        verdict = grade(
            edited(
                ("return H, softmax(H @ params.V.T + params.c)  # logits (T, K)", f"return H * 0, {blind}"),
                ("return _deltas(params, dO, H, activation).T @ previous", "return np.zeros_like(params.W)"),
            )
        )
        assert outcomes(verdict)["bptt_W"].points == 0
        assert outcomes(verdict)["many_to_one"].points == 0


class TestNumericalGradients:
    """What a course has decided about numerical differentiation."""

    ATTACK = read(FOLDER / "unearned" / "differences.py").text

    def graded(self, choice: str, text: str) -> Verdict:
        grader = Grader(Settings.model_validate({"numerical_gradients": choice}), None, MACHINE)
        verdict = grader.grade("s", Source("py", (("rnn.py", text),), ""))
        grader.close()
        return verdict

    def test_it_is_flagged_as_a_rule(self, grade: Grade) -> None:
        """Full marks, and a flag for the instructor; no word of it in what a student reads."""
        verdict = self.graded("flag", self.ATTACK)
        assert (verdict.score, verdict.flags, len(verdict.flags)) == (100, grade(self.ATTACK).flags, 1)
        assert not any("numerical" in note for note in (*verdict.notes, *outcomes(verdict)["bptt_W"].notes))

    def test_it_may_be_accepted(self) -> None:
        """Full marks, and no flag."""
        verdict = self.graded("accept", self.ATTACK)
        assert (verdict.score, verdict.flags) == (100, ())

    def test_it_may_be_rejected(self) -> None:
        """No points for that task, with the reason, and none lost elsewhere."""
        verdict = self.graded("reject", self.ATTACK)
        assert (verdict.score, lost(verdict), verdict.flags) == (85, {"bptt_W": "fail"}, ())
        outcome = outcomes(verdict)["bptt_W"]
        assert "differentiation" in outcome.findings[0].summary
        assert "(measured(params.W + move)" in outcome.findings[0].summary
        assert outcome.observations == ("it is differentiated numerically",)

    def test_what_its_source_does_not_show_is_flagged_and_not_rejected(self) -> None:
        """An imaginary step whose last line multiplies may be something else: a person decides."""
        verdict = self.graded("reject", read(FOLDER / "unearned" / "imaginary_step.py").text)
        assert (verdict.score, len(verdict.flags)) == (100, 1)
