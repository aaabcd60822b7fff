"""A student's functions for the tools and examples: what they give, whose they are, and what is said of failures."""

import errno
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from solutions import rnn


def functions(part: Any, **own: Any) -> Any:
    return part("functions").Functions(part("student").Student({**vars(rnn), **own}))


def test_what_a_function_returns_is_made_into_arrays(part: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """One array, several, or a named tuple of the student's own; what is printed is not shown."""

    def softmax(o: Any) -> Any:
        print("called")
        return rnn.softmax(o).tolist()

    def forward(*args: Any) -> Any:
        H, Y_hat = rnn.forward(*args)
        return H.tolist(), Y_hat

    own = functions(part, softmax=softmax, forward=forward)
    assert isinstance(own.softmax(np.zeros((1, 2))), np.ndarray)
    params = own.Params(*(np.zeros(shape) for shape in ((2, 3), (2, 2), (4, 2), 2, 4)))
    assert (type(params), params.U.shape) == (rnn.Params, (2, 3))
    found = own.forward(params, np.zeros((5, 3)), np.zeros(2))
    assert [type(one) for one in (found, *found)] == [tuple, np.ndarray, np.ndarray]
    assert type(own.gradient_step(params, params, 0.1)) is rnn.Params
    assert capsys.readouterr().out == ""


def test_what_fails_is_told_with_the_function_s_name(part: Any) -> None:
    """And keeps its state: an exception, or an answer of another form."""
    for function, summary, state in (
        (lambda o: o.nothing, "softmax: raised an exception", "error"),
        (lambda o: None, "softmax: result does not hold real numbers", "fail"),
    ):
        with pytest.raises(part("results").Wrong) as caught:
            functions(part, softmax=function).softmax(np.zeros(2))
        assert (caught.value.finding.summary, caught.value.state) == (summary, state)
    with pytest.raises(ValueError, match="argument"):
        functions(part).Params(np.zeros(2))


def test_a_notebook_that_has_the_handout_s_names_is_asked_itself(part: Any, tmp_path: Path) -> None:
    """Any other program gets the functions of the file beside the self-check."""
    mine = {"Params": rnn.Params, "softmax": lambda o: 7}
    assert part("functions").student_of(mine).invoke("softmax", 1) == 7
    beside = Path(part("functions").__file__).parents[1] / "rnn.py"
    kept = beside.read_text()
    try:
        beside.write_text("def softmax(o):\n    return 8\n")
        assert part("functions").student_of({"other": 1}).invoke("softmax", 1) == 8
    finally:
        beside.write_text(kept)


def test_what_stops_lines_is_printed_in_words(part: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """The lines before it come; anything else is a bug, and shows itself."""
    results, own = part("results"), part("functions")
    finding = results.Finding("wrong", "1", "2")
    problems = {
        results.NotWrittenYet("Task 1: softmax"): "Task 1: softmax is not written yet.\n",
        results.Wrong(finding): "wrong\n  expected    1\n  got         2\n",
        results.Waiting("it waits"): "it waits\n",
        own.Locked("first the other"): "first the other\n",
        part("student").CannotImport("no file"): "no file\n",
    }
    for problem, said in problems.items():

        def lines(problem: Exception = problem) -> Iterator[str]:
            yield "Σ"
            raise problem

        assert not own.show(lines())
        assert capsys.readouterr().out == f"Σ\n{said}"
    assert own.show(["a", "b"])
    assert capsys.readouterr().out == "a\nb\n"
    with pytest.raises(ZeroDivisionError):
        own.show(1 / 0 for _ in "a")


def test_lines_are_in_letters_that_the_page_has(part: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of standard output, which in a notebook is the page."""
    for encoding, said in (("ascii", "sum"), ("utf-8", "Σ")):
        raw = io.BytesIO()
        page = io.TextIOWrapper(raw, encoding)
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", page)
            part("functions").show(["Σ"])
        assert raw.getvalue().decode(encoding) == f"{said}\n"


@pytest.mark.parametrize(("number", "ends"), [(errno.EPIPE, True), (errno.EINVAL, True), (errno.ENOSPC, False)])
def test_a_reader_that_goes_away_ends_the_program_quietly(
    part: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int, ends: bool
) -> None:
    """A full disk is told."""

    def gone() -> None:
        raise OSError(number, "gone")

    with (tmp_path / "out").open("w") as file:
        monkeypatch.setattr(sys, "stdout", SimpleNamespace(flush=gone, fileno=file.fileno))
        if ends:
            assert part("functions").piped(lambda: 0) == 1
            os.write(file.fileno(), b"rest")
        else:
            with pytest.raises(OSError, match="gone"):
                part("functions").piped(lambda: 0)
    monkeypatch.undo()
    assert (tmp_path / "out").read_text() == ""
    assert part("functions").piped(lambda: 3) == 3
