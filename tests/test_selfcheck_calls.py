"""What the self-check says of one call and of one file, and when it ends a call; no other process is run for it."""

import re
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.lms import packed


def wrong(part: Any, function: Callable[..., Any], *args: Any, name: str = "softmax", **others: Any) -> Any:
    """Return what is said of a call of a student's function."""
    with pytest.raises(part("results").Wrong) as caught:
        part("student").Student({name: function, **others}).invoke("softmax", *args)
    return caught.value


def test_a_stub_is_to_do_and_another_exception_of_its_kind_is_not(part: Any) -> None:
    """Only what the handout's own lines raise counts as not written yet, whichever task's line it is."""
    for task in part("cases").ALL_TASKS:

        def stub(o: Any, title: str = f"Task {task.number}: {task.id}") -> None:
            raise NotImplementedError(title)

        with pytest.raises(part("results").NotWrittenYet, match=f"^Task {task.number}: {task.id}$"):
            part("student").Student({"softmax": stub}).invoke("softmax", 1)

        def other(o: Any, title: str = f"Task {task.number}: {task.id}") -> None:
            raise ValueError(title)

        assert wrong(part, other, 1).finding.summary == "raised an exception"
    for text in ("", "later", "Task 1", "Task 99: softmax"):

        def own(o: Any, text: str = text) -> None:
            raise NotImplementedError(text)

        said = wrong(part, own, 1)
        assert (said.state, said.finding.summary) == ("error", "raised an exception")
        assert said.finding.got == ": ".join(filter(None, ["NotImplementedError", text]))


def test_an_exception_is_told_in_its_first_lines_with_the_student_s_own(part: Any) -> None:
    """Three lines of the message, 300 letters; the line of the function and the innermost one of its file."""

    def fails(o: Any) -> None:
        raise ValueError("one\n\n two \nthree\nfour" if o else "x" * 400)

    said = wrong(part, lambda o: fails(o), 1).finding
    assert said.got == "ValueError: one two three"
    assert said.where.count("test_selfcheck_calls.py, line ") == 2
    assert "in fails:\n    raise ValueError(" in said.where
    assert wrong(part, fails, 0).finding.got == "ValueError: " + "x" * 300
    assert wrong(part, lambda o: exit(3), 0).finding.got == "SystemExit: 3"
    where = wrong(part, lambda o: packed(o), 0).finding.where  # which is raised in another file
    assert where.count("line ") == where.count("test_selfcheck_calls.py, line ") == 1


def test_a_missing_function_is_told_with_one_that_is_nearly_called_so(part: Any) -> None:
    """And what is no function is told as what it is."""
    signature = part("student").SIGNATURES["softmax"]
    said = wrong(part, len, name="sofmax").finding
    assert said[:3] == ("softmax is missing", signature, "no such name; there is sofmax: is that it?")
    assert wrong(part, len, name="other").finding.got == "no such name"
    said = wrong(part, 3, 1)
    assert (said.state, said.finding[:3]) == (
        "error",
        ("softmax cannot be called", signature, "softmax is int, not a function"),
    )


def test_another_signature_is_told_beside_the_one_that_is_due(part: Any) -> None:
    """A TypeError inside of a function with the right one is an exception like others."""

    def other(o: float, axis: int) -> float:
        return o

    def inside(o: Any) -> Any:
        return o + "x"

    said = wrong(part, other, 1).finding
    assert (said.summary, said.expected) == ("softmax has another signature", part("student").SIGNATURES["softmax"])
    assert said.got == "softmax(o, axis): missing a required argument: 'axis'"
    assert wrong(part, inside, 1).finding.summary == "raised an exception"


def test_a_changed_argument_is_named_with_the_entry(part: Any) -> None:
    """Its first other entry, or its shape; an argument that is only read is fine."""
    case = part("cases").CASES["softmax/rows"]

    def changes(o: Any) -> Any:
        o[1, 0] += 1
        return o

    def reshapes(o: Any) -> Any:
        o.shape = o.T.shape
        return o

    for function, words in ((changes, "o[1, 0] was "), (reshapes, "its shape was ")):
        student = part("student").Student({"softmax": function})
        with pytest.raises(part("results").Wrong) as caught:
            student.call(case)
        summary, expected, got, where = caught.value.finding
        assert (summary, expected) == (
            "the argument o was changed",
            "arguments that stay as they are: the caller still needs them",
        )
        assert got.startswith(words)
        assert where == "look for +=, -=, out= or an assignment to a slice; work on a copy"
        assert student.ask(case).changes.keys() == {"o"}
    assert part("student").Student({"softmax": lambda o: o}).call(case).shape == case.args["o"].shape


def test_a_case_is_asked_with_its_options(part: Any) -> None:
    """By keyword, as the handout writes them; the arguments are new ones each time."""
    case = part("cases").CASES["cross_entropy/plain, averaged"]
    asked: list[Any] = []

    def cross_entropy(*args: Any, **options: Any) -> float:
        asked.append((args, options))
        return 1.0

    student = part("student").Student({"cross_entropy": cross_entropy})
    assert student.call(case) == student.ask(case).value == 1.0
    (first, options), (second, _) = asked
    assert options == {"reduction": "mean"}
    assert all(one is not other and (one == other).all() for one, other in zip(first, second, strict=True))


# --- a file ----------------------------------------------------------------------------------------


def refused(part: Any, path: Path) -> str:
    with pytest.raises(part("student").CannotImport) as caught:
        part("student").load(path)
    return str(caught.value)


def test_a_file_that_cannot_be_imported_is_told_with_its_line(part: Any, tmp_path: Path) -> None:
    """No Python, an exception, an end of the program, no text, no file."""
    path = tmp_path / "rnn.py"
    assert refused(part, path).startswith(f"There is no rnn.py here. Put yours into {tmp_path}")
    path.write_text("x = 1\ndef f(:\n")
    assert refused(part, path).startswith("rnn.py is not valid Python: ")
    assert "rnn.py, line 2:\n    def f(:" in refused(part, path)
    path.write_text("x = 1\ny = x / 0\n")
    assert refused(part, path).startswith(
        "rnn.py cannot be imported: ZeroDivisionError: division by zero\n  rnn.py, line 2:\n      y = x / 0\n"
    )
    path.write_text("exit(4)\n")
    assert refused(part, path).startswith("rnn.py cannot be imported: SystemExit: 4")
    path.write_text("input()\n")
    assert "EOFError: your file asks for input" in refused(part, path)
    path.write_bytes(b"x = '\xff'\n")
    assert refused(part, path).startswith("rnn.py is not text in UTF-8: ")
    path.write_text("x = 1\n")
    assert part("student").load(path).anew() is not None


# --- the limit -------------------------------------------------------------------------------------


def forever(o: Any) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        pass


@pytest.fixture
def soon(part: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit that is quickly reached."""
    monkeypatch.setattr(part("limit"), "SECONDS", 0.1)


def test_a_call_that_does_not_end_is_stopped_and_not_made_again(part: Any, soon: None) -> None:
    """Nor by a function that calls it; every other function goes on."""
    own: dict[str, Any] = {"softmax": forever, "cross_entropy": lambda: own["softmax"](1), "forward": lambda: 7}
    student = part("student").Student(own)
    for _ in range(2):
        with pytest.raises(part("results").Wrong) as caught:
            student.invoke("softmax", 1)
        assert caught.value.state == "error"
        assert "was stopped" in caught.value.finding.summary
        assert caught.value.finding.got == "no answer: does a loop in it never end?"
        assert re.search(r"test_selfcheck_calls\.py, line \d+, in forever:", caught.value.finding.where)
    assert set(student.stopped) == {"softmax"}
    with pytest.raises(part("results").Wrong, match="softmax, which it calls, did not end in time"):
        student.invoke("cross_entropy")
    assert (student.invoke("forward"), own["softmax"]) == (7, forever)


def test_a_file_that_does_not_end_is_told(part: Any, soon: None, tmp_path: Path) -> None:
    """With the limit, as it usually is, and the line."""
    (tmp_path / "rnn.py").write_text("while True:\n    pass\n")
    assert refused(part, tmp_path / "rnn.py").startswith(
        "rnn.py cannot be imported: it did not end within 5 seconds\n  rnn.py, line "
    )


def test_the_innermost_function_that_does_not_end_is_not_called_again_either(part: Any, soon: None) -> None:
    """Nor the one that was called; those between them may be."""
    own: dict[str, Any] = {"done": 7}

    def softmax(o: Any) -> None:
        forever(o)

    def forward(o: Any) -> Any:
        return own["softmax"](o)

    def many_to_one(o: Any) -> Any:
        return own["forward"](o)

    own |= {"softmax": softmax, "forward": forward, "many_to_one": many_to_one}
    student = part("student").Student(own)
    with pytest.raises(part("results").Wrong):
        student.invoke("many_to_one", 1)
    assert set(student.stopped) == {"many_to_one", "softmax"}


def test_a_limit_is_one_for_all_that_runs_inside(part: Any, soon: None) -> None:
    """A call inside of another has no time of its own; after each the next has all of it."""
    limit = part("limit")
    for _ in range(3):
        with pytest.raises(limit.TookTooLong), limit.limited(), limit.limited():
            forever(0)
        with limit.limited():
            time.sleep(0.05)
    time.sleep(0.5)  # nothing is running: nothing is interrupted
    assert limit.remark() == ""


def test_beside_the_main_thread_each_line_looks_at_the_clock(part: Any, soon: None) -> None:
    """No signal reaches another thread."""
    limit, ended = part("limit"), []

    def work() -> None:
        try:
            with limit.limited():
                forever(0)
        except limit.TookTooLong:
            ended.append("stopped")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert ended == ["stopped"]


def test_the_watching_thread_ends_with_the_program(part: Any) -> None:
    """It keeps no program running."""
    part("student").Student({"softmax": abs}).invoke("softmax", 1)
    assert {one.daemon for one in threading.enumerate() if one.name == "time limit"} == {True}


def test_who_steps_through_a_function_is_not_interrupted(part: Any, soon: None) -> None:
    """A debugger waits for a person."""
    steps: dict[str, Any] = {}
    exec(compile("import time\ndef wait(o):\n    time.sleep(o)\n    return o\n", "pdb.py", "exec"), steps)
    assert part("student").Student({"softmax": steps["wait"]}).invoke("softmax", 0.6) == 0.6


def test_a_debugger_that_takes_the_limit_away_is_told(part: Any, monkeypatch: pytest.MonkeyPatch, soon: None) -> None:
    """Beside the main thread, where each line is traced already."""
    limit = part("limit")
    monkeypatch.setattr(limit._WATCH, "missing", False)

    def traced() -> None:
        sys.settrace(lambda *_: None)
        try:
            with limit.limited():
                pass
        finally:
            sys.settrace(None)

    thread = threading.Thread(target=traced)
    thread.start()
    thread.join()
    assert limit.remark() == "an endless loop would not be stopped while a debugger is at work"
