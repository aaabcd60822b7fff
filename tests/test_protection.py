"""Nobody is graded where the sandbox does not hold, and everybody is told what holds it."""

import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.grading import Grader
from autograder.model.plan import Plan
from autograder.model.settings import Limits, Settings
from autograder.sandbox.host import protect, selftest
from autograder.sandbox.host.errors import SelfTestFailed, Unprotected, WorkerBroken
from autograder.sandbox.host.levels import Machine, detect
from autograder.sandbox.host.perform import EncodedPlan, Session
from autograder.sandbox.host.selftest import PROBES, self_test
from autograder.sandbox.host.supervisor import open_worker
from autograder.submissions import Source
from tests.conftest import REFERENCE, edited, lost, outcomes
from tests.locked import bare


def limits_only(machine: Machine) -> Machine:
    """What is left where the kernel filters nothing."""
    return dataclasses.replace(machine, level="limits only", isolation="", uid=None, layers=("rlimits", "no_new_privs"))


@pytest.mark.parametrize("machine", [detect(), bare()], ids=["best", "without bubblewrap"])
def test_the_self_test_passes_on_what_was_detected(machine: Machine) -> None:
    """Every probe that the level promises to stop is stopped, in a real worker."""
    assert self_test(machine, Limits()) == sum(machine.level in probe.promised for probe in PROBES)


@pytest.mark.parametrize(
    "name",
    [
        "reference",
        "project",
        "names",
        "system",
        "processes",
        "write",
        "network",
        "local",
        "fork",
        "signal",
        "memory file",
    ],
)
def test_a_probe_that_gets_through_stops_everything(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The self-test can fail: with a worker that only has limits, what is promised does not hold."""
    probe = next(probe for probe in PROBES if probe.name == name)
    monkeypatch.setattr(selftest, "PROBES", (dataclasses.replace(probe, promised=("limits only",)),))
    with pytest.raises(SelfTestFailed, match=probe.what):
        self_test(limits_only(bare()), Limits())
    Path("/tmp/bptt-probe").unlink(missing_ok=True)


def test_a_worker_that_lacks_a_layer_runs_nothing() -> None:
    """What was promised is compared with what is in force, for every single process."""
    with open_worker(detect(), Limits()) as worker:
        worker.spec["layers"].append("one that was promised")
        session = Session(worker, Source("py", (("rnn.py", ""),), ""))
        with pytest.raises(WorkerBroken, match="locks were not all in force"):
            session.perform(EncodedPlan(Plan(())))


def test_limits_only_is_refused_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """No level is entered silently: the weakest takes a flag, and every line about it says UNPROTECTED."""
    weak = limits_only(bare())
    monkeypatch.setattr(protect, "detect", lambda: weak)
    with pytest.raises(Unprotected, match="--unprotected"):
        protect.protected_machine(Limits(), unprotected=False)
    machine, line = protect.protected_machine(Limits(), unprotected=True)
    assert machine.level == "limits only"
    assert "UNPROTECTED" in line


def test_doctor_says_what_holds_and_what_would_make_it_full() -> None:
    """The level, each layer, and for each missing one what to install."""
    done = subprocess.run([sys.executable, "-m", "autograder", "doctor"], capture_output=True, text=True, check=False)
    assert done.returncode == (1 if detect().level == "limits only" else 0)
    assert f"level: {detect().level}" in done.stdout
    without = "\n".join(protect.examination(bare()))
    assert "apt-get install bubblewrap" in without


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    """A grader in the best worker that this machine gives."""
    grader = Grader(Settings(), None, detect())
    yield grader
    grader.close()


class TestFlags:
    """What was tried is shown to the instructor, with the task that tried it, and costs nothing by itself."""

    BPTT_V = "return dO.T @ H  # the sum over t of the outer products"

    def tried(self, grader: Grader, attempt: str) -> tuple[dict[str, str], tuple[str, ...], tuple[str, ...]]:
        body = f"try:\n        {attempt}\n    except Exception:\n        pass\n    {self.BPTT_V}"
        text = "import os, socket, threading\n" + edited((self.BPTT_V, body))
        verdict = grader.grade("s", Source("py", (("rnn.py", text),), ""))
        return lost(verdict), verdict.flags, verdict.notes

    def test_the_network(self, grader: Grader) -> None:
        """A socket is refused, the right answer keeps its marks, and the flag names the call."""
        states, flags, _ = self.tried(grader, "socket.socket(socket.AF_INET)")
        assert states == {}
        assert flags == ("bptt_V asked the system for socket(AF_INET)",)

    def test_a_forbidden_read(self, grader: Grader) -> None:
        """A path outside is noted."""
        states, flags, _ = self.tried(grader, "open('/etc/shadow')")
        assert (states, flags) == ({}, ("bptt_V tried to read /etc/shadow",))

    def test_a_forged_reply(self, grader: Grader) -> None:
        """Bytes that are no answer end the process, cost the task, and are flagged."""
        forge = "for n in range(3, 64):\n        try: os.write(n, b'forged' * 99)\n        except OSError: pass"
        verdict = grader.grade("s", Source("py", (("rnn.py", "import os\n" + edited((self.BPTT_V, forge))),), ""))
        assert lost(verdict) == {"bptt_V": "forbidden"}
        assert "sent something other than an answer" in verdict.flags[0]
        assert outcomes(verdict)["bptt_V"].points == 0

    def test_threads_and_plots_are_no_flags(self, grader: Grader) -> None:
        """What honest libraries ask for is at most a remark."""
        for attempt, says in (("threading.Thread(target=print).start()", ""), ("open('figure.png', 'w')", "openat")):
            states, flags, notes = self.tried(grader, attempt)
            assert (states, flags) == ({}, ())
            assert says in " ".join(notes)

    def test_an_honest_submission_has_none(self, grader: Grader) -> None:
        """The reference asks for nothing that it does not get."""
        verdict = grader.grade("s", Source("py", (("rnn.py", REFERENCE),), ""))
        assert (verdict.flags, verdict.notes) == ((), ())
