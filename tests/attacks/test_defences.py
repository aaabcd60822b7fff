"""Defences that a single submission cannot show: each has an attack of the suite that works where it is left out."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from autograder.cases import case_sets
from autograder.grading import passes
from autograder.grading.passes import USED_UP, Exam, grade_source
from autograder.model.replies import Transcript
from autograder.model.settings import Settings
from autograder.model.verdict import Verdict
from autograder.sandbox.host import monitor
from autograder.sandbox.host.levels import Machine
from autograder.sandbox.host.messages import Message, PartHeader
from autograder.sandbox.host.monitor import Budget
from autograder.sandbox.host.perform import Session
from autograder.sandbox.host.supervisor import Supervisor
from autograder.submissions import Source
from tests.attacks.attack import FOLDER, read
from tests.attacks.ground import Ground, words
from tests.attacks.workers import LIMITS, grade, machine_of, strike, without, worker_of
from tests.conftest import edited, lost
from tests.locked import bare, here, needs

BPTT_V = "return dO.T @ H  # the sum over t of the outer products"
UNWALLED = machine_of("kernel filters")


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """Secrets, files and sockets."""
    with Ground() as ground:
        yield ground


@pytest.fixture(scope="module")
def worker() -> Iterator[Supervisor]:
    """The best worker of this machine."""
    with worker_of(here()) as worker:
        yield worker


def struck(machine: Machine, ground: Ground, name: str) -> tuple[frozenset[str], Verdict]:
    """Return what an attack does on a machine, and its verdict."""
    with worker_of(machine) as worker:
        found = strike(read(FOLDER / f"{name}.py"), worker, ground)
    return found.effects, found.verdict


@pytest.mark.parametrize(
    ("layers", "name", "effect"),
    [
        (("landlock",), "reading/another_submission", "reads another submission"),
        (("landlock",), "reading/folders", "reads the class"),
        (("landlock", "seccomp", "watched"), "writing/empties", "changes class/alice/rnn.py"),
        (("seccomp", "watched"), "network/udp", "reaches a UDP socket"),
        (("landlock", "seccomp", "watched"), "network/tcp", "reaches a TCP socket"),
        (("seccomp", "watched"), "reading/process_ids", "finds the process of the grader"),
    ],
)
def test_a_kernel_filter_stops_what_goes_through_without_it(
    ground: Ground, layers: tuple[str, ...], name: str, effect: str
) -> None:
    """The same attack on two machines that differ in these layers."""
    needs(UNWALLED is not None, "this kernel has no filters")
    assert struck(bare(), ground, name)[0] == set()
    assert struck(without(bare(), *layers), ground, name)[0] == {effect}


def test_isolation_holds_what_no_filter_is_asked_to_hold(ground: Ground) -> None:
    """In isolation, with no filter of the kernel in force, other people's work is not there to be read or changed."""
    needs(here().level == "full", "a worker cannot be isolated here")
    isolation_alone = without(here(), "landlock", "seccomp", "watched")
    for name in (
        "reading/another_submission",
        "reading/names",
        "writing/deletes",
        "network/udp",
        "network/unix_socket",
    ):
        assert struck(isolation_alone, ground, name)[0] == set(), name


def test_without_a_watch_it_is_refused_and_nobody_is_told(ground: Ground) -> None:
    """The network stays closed on a kernel that reports nothing, but there is no flag."""
    needs(UNWALLED is not None and "watched" in bare().layers, "this kernel does not report refused calls")
    seen, unseen = (struck(machine, ground, "network/udp") for machine in (bare(), without(bare(), "watched")))
    assert seen[0] == unseen[0] == set()
    assert (len(seen[1].flags), unseen[1].flags) == (1, ())
    assert lost(unseen[1]) == {"bptt_V": "error"}


def unbounded(header: memoryview) -> tuple[Message, ...]:
    """Read messages as the grader does, but for the bounds on what they may hold."""

    def message(fields: dict[str, Any]) -> Message:
        parts = (PartHeader(tuple(p.pop("shape")), **p) for p in fields.pop("parts", ()))
        return Message(**{**fields, "parts": tuple(parts)})

    return tuple(map(message, json.loads(bytes(header))))


@pytest.mark.parametrize(("name", "sign"), [("many_parts", "1500 items"), ("long_words", "complex" + "o" * 10_000)])
def test_bounds_on_what_is_decoded_stop_what_would_be_kept(
    worker: Supervisor, ground: Ground, monkeypatch: pytest.MonkeyPatch, name: str, sign: str
) -> None:
    """A frame that is read without them is believed, and what it says stands in the verdict."""
    attack = read(FOLDER / "forging" / f"{name}.py")
    assert sign not in words(strike(attack, worker, ground).verdict)
    monkeypatch.setattr(monitor, "read_messages", unbounded)
    assert sign in words(strike(attack, worker, ground).verdict)


def test_one_budget_stops_what_a_new_one_for_each_process_would_not(
    worker: Supervisor, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the whole time again for each plan, a file that is slow to load is never at its end."""
    attack = read(FOLDER / "resources" / "sleeps_in_every_process.py")
    assert USED_UP[0] in strike(attack, worker, ground).verdict.notes
    as_it_is = Session.perform

    def with_all_its_time(session: Session, *args: Any) -> Transcript:
        session.left = Budget.of(LIMITS)
        return as_it_is(session, *args)

    monkeypatch.setattr(Session, "perform", with_all_its_time)
    assert USED_UP[0] not in strike(attack, worker, ground).verdict.notes


class TestRecognition:
    """What is known beforehand, or was left behind by somebody, is worth nothing."""

    def canned(self) -> str:
        """Return a bptt_V that knows the inputs of the default seed, and the answers to them, and nothing else."""
        known = {
            case.call.args[0].tobytes().hex(): case.expected[0].tolist() for case in case_sets.case_set(0).of("bptt_V")
        }
        return edited((BPTT_V, f"return np.array({known!r}[dO.tobytes().hex()])"))

    def grade_with(self, worker: Supervisor, secret: bytes | None) -> Verdict:
        cases = case_sets.case_set(case_sets.seed_of(0, secret, "mallory"))
        chosen = Exam(cases, Settings(limits=LIMITS))
        return grade_source(worker, Source("py", (("rnn.py", self.canned()),), ""), "mallory", chosen)

    def test_answers_to_known_inputs_need_the_seed_to_be_known(self, worker: Supervisor) -> None:
        """Canned answers get full marks where everybody has the inputs of seed 0, and none with a seed secret."""
        assert lost(self.grade_with(worker, None)) == {}
        assert lost(self.grade_with(worker, b"0123456789abcdef")) == {"bptt_V": "error"}

    def test_nothing_is_left_for_the_next_student(self, worker: Supervisor) -> None:
        """What a submission puts into numpy, builtins and the environment is gone in the next one."""
        leave = "import builtins, os\nnp.loot = builtins.loot = 1\nos.environ['LOOT'] = '1'\n"
        find = "import builtins, os\nassert not hasattr(np, 'loot') and not hasattr(builtins, 'loot')\n"
        find += "assert 'LOOT' not in os.environ\n"
        text = edited((BPTT_V, f"assert loot\n    {BPTT_V}"), ("class Params", f"{leave}\n\nclass Params"))
        assert lost(grade(worker, text, "mallory")) == {}
        verdict = grade(worker, edited(("class Params", f"{find}\n\nclass Params")), "alice")
        assert (verdict.score, verdict.notes) == (100, ())


class TestUnearnedMarks:
    """What the family "unearned" would get where a student's own functions had the last word."""

    @pytest.mark.parametrize(
        "name",
        ["sums", "sums_with_a_readout", "stairs", "last_step_alone", "sums_in_the_second_process"],
    )
    def test_its_gradients_are_those_of_its_own_loss(self, name: str) -> None:
        """In a process that begins with forward, differences of its own loss agree with its own gradient of W."""
        own: dict = {"__name__": __name__}
        exec(read(FOLDER / "unearned" / f"{name}.py").text, own)
        params, X, h_init = case_sets.case_set(0).of("forward")[0].call.args
        Y, v, step = np.eye(len(params.c))[np.zeros(len(X), int)], np.random.default_rng(3), 1e-5
        move = step * v.standard_normal(params.W.shape)
        H, Y_hat = own["forward"](params, X, h_init)
        g = own["bptt_W"](params, own["output_error"](Y_hat, Y), H, h_init)

        def loss(side: int) -> float:
            moved = own["forward"](params._replace(W=params.W + side * move), X, h_init)
            return own["cross_entropy"](moved[1], Y)

        assert (loss(1) - loss(-1)) / 2 == pytest.approx(float(np.sum(g * move)), rel=1e-4)

    @pytest.mark.parametrize(
        ("name", "defence"),
        [("differences", "numerical"), ("imaginary_step", "numerical"), ("two_guesses", "contradictions")],
    )
    def test_what_is_flagged_would_be_full_marks(
        self, worker: Supervisor, monkeypatch: pytest.MonkeyPatch, name: str, defence: str
    ) -> None:
        """Without the look at digits and source, or at both answers, nobody would be told."""
        attack = read(FOLDER / "unearned" / f"{name}.py")
        seen = grade(worker, attack.text, "mallory")
        monkeypatch.setattr(passes, defence, lambda *_, **__: {})
        unseen = grade(worker, attack.text, "mallory")
        assert (lost(seen), len(seen.flags)) == ({}, 1)
        assert (lost(unseen), unseen.flags) == ({}, ())
