"""What runs on Gradescope's own machine: whose work it is, when it came, and what is written. Grading is a stand-in."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.exports import gradescope_machine
from autograder.exports.gradescope_machine import grade_here
from autograder.model.verdict import Verdict
from autograder.sandbox.host.errors import SelfTestFailed, Unprotected
from tests.sample_verdicts import graded, not_graded

SECRET = b"a secret of more than sixteen letters"


class Machine:
    """A machine of Gradescope's, with a grader that says what it was asked."""

    def __init__(self, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.base, self.asked, self.closed = base, list[tuple[Any, ...]](), 0
        self.verdict = graded
        monkeypatch.setattr(gradescope_machine, "Grader", self.grader)
        monkeypatch.setattr(gradescope_machine, "protected_machine", self.protected)
        for folder in ("submission", "source"):
            (base / folder).mkdir()
        self.put("submission/rnn.py", "x = 1\n")

    def put(self, name: str, text: str | bytes) -> None:
        (self.base / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    def protected(self, limits: Any, *, unprotected: bool) -> tuple[str, str]:
        assert not unprotected
        return "a machine", "a line"

    def grader(self, settings: Any, secret: bytes | None, machine: str) -> Any:
        def grade(student: str, source: Any) -> Verdict:
            self.asked.append((settings.seed, secret, student, source.chunks[0][1]))
            return self.verdict(student)

        def close() -> None:
            self.closed += 1

        assert machine == "a machine"
        return SimpleNamespace(grade=grade, close=close)

    def graded(self, metadata: Any = None) -> tuple[bool, dict[str, Any]]:
        """Grade what is there; return whether there is a mark, and what Gradescope reads."""
        if metadata is not None:
            self.put("submission_metadata.json", metadata if isinstance(metadata, str) else json.dumps(metadata))
        marked = grade_here(self.base)
        return marked, json.loads((self.base / "results" / "results.json").read_text())


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


ANA, BEN = {"email": "ana@x.edu", "id": 7}, {"email": "ben@x.edu", "id": 3}
WHOSE: list[tuple[Any, str]] = [
    (None, "student"),
    ("{", "student"),
    ("[]", "student"),
    ({}, "student"),
    ({"users": []}, "student"),
    ({"users": "ana"}, "student"),
    ({"users": ["ana", ANA]}, "ana@x.edu"),
    ({"users": [ANA]}, "ana@x.edu"),
    ({"users": [BEN, ANA]}, "ana@x.edu"),
    ({"users": [ANA, BEN]}, "ana@x.edu"),
    ({"users": [{"email": "", "id": 7}]}, "7"),
    ({"users": [{"id": 7}]}, "7"),
]


@pytest.mark.parametrize(("metadata", "student"), WHOSE)
def test_all_of_a_group_get_the_same_inputs(machine: Machine, metadata: Any, student: str) -> None:
    """By the first of their addresses, in whatever order they are listed; what can't be read names nobody."""
    assert machine.graded(metadata)[0]
    assert machine.asked == [(0, None, student, "x = 1\n")]
    assert machine.closed == 1


def test_settings_and_secret_are_those_of_the_zip(machine: Machine) -> None:
    """Where they are in it."""
    machine.put("source/config.toml", "seed = 7\n")
    machine.put("source/secret.txt", SECRET)
    machine.graded()
    assert machine.asked[0][:2] == (7, SECRET)


@pytest.mark.parametrize(
    ("created", "score"),
    [
        ("2026-11-20T22:59:00+00:00", 100),
        ("2026-11-20T16:00:00-08:00", 90),
        ("2026-11-21T00:00:00+01:00", 100),
        ("2026-11-21T10:00:00", 100),
        ("yesterday", 100),
        (None, 100),
    ],
)
def test_lateness_is_by_gradescope_s_time(machine: Machine, created: str | None, score: float) -> None:
    """As a moment; what is no time, or has no zone, makes nobody late."""
    machine.put("source/config.toml", "[late]\ndue = 2026-11-20T23:00:00Z\n")
    marked, found = machine.graded({"created_at": created})
    assert (marked, found["score"]) == (True, score)


def refuse(kind: type[Exception]) -> Any:
    def refuse(*_: Any, **__: Any) -> Any:
        raise kind("why")

    return refuse


@pytest.mark.parametrize("what", ["config", "secret", "unprotected", "self-test", "disk", "our verdict"])
def test_a_failure_of_ours_is_no_score(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Students read that it is not their fault, instructors why."""
    broken = {"unprotected": Unprotected, "self-test": SelfTestFailed, "disk": OSError}
    if what in broken:
        monkeypatch.setattr(gradescope_machine, "protected_machine", refuse(broken[what]))
    elif what == "config":
        machine.put("source/config.toml", "seed = x\n")
    elif what == "secret":
        machine.put("source/secret.txt", "short")
    else:
        machine.verdict = not_graded
    marked, found = machine.graded()
    assert (marked, sorted(found)) == (False, ["output", "output_format"])
    assert "not your fault: please tell your instructor" in found["output"]
    assert ("no mark was given: " in capsys.readouterr().err) == (what != "our verdict")
    assert machine.closed == (what == "our verdict")


def test_what_cannot_be_read_is_judged_all_the_same(machine: Machine) -> None:
    """Nothing, or no text: a verdict with its reason, and 0 points; what was there before is replaced."""
    (machine.base / "results").mkdir()
    machine.put("submission/rnn.py", b"\xff\xfe\x00")
    marked, found = machine.graded()
    assert (marked, found["score"], machine.asked) == (True, 0, [])
    assert "rnn.py is UTF-16 text" in found["output"]
    (machine.base / "submission" / "rnn.py").unlink()
    assert machine.graded()[1]["score"] == 0
