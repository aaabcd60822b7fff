"""The self-check's lines: results in a terminal of any letters, and remarks on a file; in one process."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import REFERENCE

# --- results ---------------------------------------------------------------------------------------


def test_letters_that_a_console_lacks_are_spelled_out(part: Any) -> None:
    """In ASCII where there is a spelling, with a question mark where there is none; all others stay."""
    printable = part("words").printable
    assert printable("Σ δ ≤ 1 → 你", "ascii") == "sum delta <= 1 -> ?"
    assert printable("Σ é 你", "latin-1") == "sum é ?"
    assert printable("Σ é 你", "utf-8") == "Σ é 你"
    assert printable("Σ", "no such encoding") == "sum"


@pytest.mark.parametrize(("encoding", "said"), [("utf-8", "Σ"), ("latin-1", "sum"), (None, "sum")])
def test_the_console_s_own_letters_are_used(
    part: Any, monkeypatch: pytest.MonkeyPatch, encoding: str | None, said: str
) -> None:
    """Those of the console itself, which pytest hides; ASCII where it does not say."""
    monkeypatch.setattr(sys, "__stdout__", SimpleNamespace(encoding=encoding))
    assert part("words").printable("Σ") == said
    result = part("results").Result("f-values", "f", "fail", 0, 3, finding=part("results").Finding("Σ", "Σ"))
    assert part("words").explain(result) == f"{said}\n  expected    {said}"


@pytest.mark.parametrize(("length", "cut"), [(27, False), (28, True), (60, True)])
def test_a_score_line_is_cut_to_the_screen(part: Any, monkeypatch: pytest.MonkeyPatch, length: int, cut: bool) -> None:
    """At 79 columns."""
    cases = part("cases")
    task = cases.Task(1, "f", True, {}, (cases.Part("a", 1, "a"), cases.Part("b", 1, "x" * length)))
    monkeypatch.setattr(part("words"), "TASKS", (task,))
    results = [part("results").Result(f"f-{one}", "f", "pass" if one == "a" else "fail", one == "a", 1) for one in "ab"]
    text = part("words").score_lines(results)[0].text
    assert (len(text), text.endswith("x..."), text.endswith("xxxx")) == (79, cut, not cut)


def test_what_is_wrong_is_explained_with_labels(part: Any) -> None:
    """Each label once, in the margin; what is empty is left out; code keeps its lines; several hints are told apart."""
    results = part("results")
    finding = results.Finding("wrong values", "x = 1", "x = 2", "rnn.py, line 3:\n    return x")
    hints = (results.Hint("the mean is taken", "why?\nhow?", "Loss"), results.Hint("it is halved", "how?", "Loss"))
    result = results.Result(
        "f-values",
        "f",
        "fail",
        0,
        3,
        "f(x)",
        '"plain" with x (3,)',
        finding,
        "right: a",
        "a note",
        "a law",
        ("s",),
        hints,
    )
    assert part("words").explain(result).splitlines() == [
        "f(x): wrong values",
        '  case        "plain" with x (3,)',
        "  expected    x = 1",
        "  got         x = 2",
        "  where       rnn.py, line 3:",
        "                  return x",
        "  why         a law",
        "  cases       right: a",
        "  seen        s",
        "  looks like  the mean is taken",
        "  or like     it is halved",
        "  ask         why?",
        "              how?",
        "  slide       Loss",
    ]
    bare = results.Result("f-values", "f", "fail", 0, 3, finding=results.Finding("wrong " * 20, "due " * 30))
    assert part("words").explain(bare).splitlines() == [
        ("wrong " * 13).strip(),
        ("wrong " * 7).strip(),
        f"  expected    {'due ' * 16}".rstrip(),
        f"              {'due ' * 14}".rstrip(),
    ]
    assert part("words").explain(results.Result("f-values", "f", "pass", 3, 3, note="a note")) == "a note"


def test_the_score_has_a_line_for_each_task(part: Any) -> None:
    """Its points and state, what is missing of a part, a check without points that fails, and notes once for all."""

    def result(check: str, state: str, points: float, most: float, note: str = "") -> Any:
        return part("results").Result(check, check.partition("-")[0], state, points, most, note=note)

    softmax, forward = ([one.id for one in task.parts] for task in part("cases").TASKS[:3:2])
    results = [result(f"softmax-{softmax[0]}", "pass", 6, 6, "coarse")]
    results += [result(f"softmax-{one}", "fail", 0, 2) for one in softmax[1:]]
    results += [result("cross_entropy-sum", "to do", 0, 4, "not written yet")]
    results += [result(f"forward-{one}", "pass", 5, 5, "coarse") for one in forward]
    results += [result("forward-numerical", "fail", 0, 0)]
    results += [result("output_error-all", "pass", 3, 3), result("output_error-more", "error", 0, 3)]
    results += [result("bptt_V-gradient", "error", 0, 7), result("bptt_V-shape", "fail", 0, 1)]
    lines = part("words").score_lines(results, ["see to it"])
    what = "; ".join(one.what for one in part("cases").TASKS[0].parts[1:])
    assert [tuple(line) for line in lines[:2]] == [
        (f"  1 softmax              6 of 8    partial: not yet {what}"[:79], "partial"),
        ("  2 cross_entropy        0 of 4    to do", "to do"),
    ]
    most = 5 * len(forward)
    assert tuple(lines[2]) == (f"  3 forward          {most:>5} of {most:<4} pass, but see forward-numerical", "pass")
    assert [line.state for line in lines[3:5]] == ["partial", "error"]
    total = (
        f"total {6 + most + 3:>4g} of {8 + 4 + most + 6 + 8}    (5 of {len(part('cases').TASKS)} tasks were checked)"
    )
    assert (" ".join(lines[5].text.split()), lines[5].state) == (" ".join(total.split()), "total")
    assert [line.text for line in lines[6:]] == ["  note        softmax, forward: coarse", "  note        see to it"]
    assert part("words").score_lines([]) == []


def test_why_there_is_nothing_to_check_is_wrapped_after_a_word_of_pytest(part: Any) -> None:
    """The first line leaves room for it; code below keeps its indent."""
    text = part("words").stopped("word " * 16 + "\n    x = 1\nthen go on")
    assert text.splitlines() == [("word " * 14).strip(), "word word", "    x = 1", "then go on"]


# --- remarks on a file -----------------------------------------------------------------------------


def remarks(part: Any, folder: Path, text: str | bytes, *to_do: str) -> list[str]:
    """Return what is said of a file, where these tasks are to do."""
    (folder / "rnn.py").write_bytes(text if isinstance(text, bytes) else text.encode())
    results = [part("results").Result(f"{task}-x", task, "to do", 0, 1) for task in to_do]
    return list(part("remarks").remarks(folder / "rnn.py", results))


PACKAGE = "only numpy and Python's own modules are there"
ONE_FILE = "which will be missing at grading: one file is handed in"
IMPORTS = {
    "import numpy, os.path": "",
    "from __future__ import annotations": "",
    "import rnn": "",
    "from . import helpers": "",
    "import scipy.special": f"rnn.py, line 1, needs scipy, which will be missing at grading: {PACKAGE}",
    "from pytest.x import approx": f"rnn.py, line 1, needs pytest, which will be missing at grading: {PACKAGE}",
    "x = 1\nimport helpers": f"rnn.py, line 2, needs helpers.py, {ONE_FILE}",
    "import pack.more": f"rnn.py, line 1, needs pack.py, {ONE_FILE}",
    "def f():\n    import scipy": f"rnn.py, line 2, needs scipy, which will be missing at grading: {PACKAGE}",
    "try:\n    import scipy\nexcept ImportError:\n    scipy = None": "",
    "try:\n    pass\nexcept ImportError:\n    import scipy": "line 4, needs scipy",
    "try:\n    import scipy\nfinally:\n    pass": "line 2, needs scipy",
    'if __name__ == "__main__":\n    import scipy': "",
    'if __name__ == "__main__":\n    pass\nelse:\n    import scipy': "line 4, needs scipy",
    "if TYPE_CHECKING:\n    import scipy": "",
    "if True:\n    import scipy": "line 2, needs scipy",
}


@pytest.mark.parametrize("code", IMPORTS)
def test_what_will_be_missing_at_grading_is_named_with_its_line(part: Any, tmp_path: Path, code: str) -> None:
    """Unless it is there, or the file can do without."""
    (tmp_path / "helpers.py").touch()
    (tmp_path / "pack").mkdir()
    said = remarks(part, tmp_path, f"{code}\n")
    assert len(said) == bool(IMPORTS[code])
    assert IMPORTS[code] in "".join(said)


@pytest.mark.parametrize(("python", "told"), [((3, 7), True), ((3, 8), False), (sys.version_info[:2], False)])
def test_syntax_that_the_grader_s_python_lacks_is_named(
    part: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, python: tuple[int, int], told: bool
) -> None:
    """With the line."""
    monkeypatch.setattr(part("remarks"), "_PYTHON", python)
    said = remarks(part, tmp_path, "x = 1\ny = (z := 2)\n")
    assert [line.startswith("rnn.py is newer than Python 3.7, by which it is graded: line 2: ") for line in said] == [
        True
    ] * told


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"# coding: latin-1\n# \xe9\n", "rnn.py is in the encoding iso-8859-1, as it declares"),
        (b"\xef\xbb\xbfx = 1\n", ""),
        (b"# coding: utf-8\n", ""),
    ],
)
def test_another_encoding_than_utf_8_is_named(part: Any, tmp_path: Path, raw: bytes, said: str) -> None:
    """A byte order mark is none."""
    found = remarks(part, tmp_path, raw)
    assert (len(found), said in "".join(found)) == (bool(said), True)


def test_work_that_is_elsewhere_is_pointed_to(part: Any, tmp_path: Path) -> None:
    """Of tasks that are to do alone; in files here and one folder down, not in those of the handout or hidden ones."""
    cells = [{"cell_type": "code", "source": ["def softmax(o):\n", "    return o\n"]}]
    cells += [{"cell_type": "markdown", "source": "def forward(x): pass"}, {"cell_type": "code", "source": "%time"}]
    stub = "def softmax(o):\n    'Normalise.'\n    raise NotImplementedError('Task 1: softmax')\n"
    files = {
        "rnn (1).py": REFERENCE,
        "mine.ipynb": json.dumps({"cells": cells}),
        "sub/rnn.py": "def softmax(o):\n    return o\n",
        "stub.py": stub,
        "broken.py": "def softmax(:",
        "broken.ipynb": "{",
        "odd.ipynb": '{"cells": [{"source": 3}]}',
        "conftest.py": REFERENCE,
        "test_rnn.py": REFERENCE,
        ".old/rnn.py": REFERENCE,
        "tools/__init__.py": "",
        "tools/x.py": REFERENCE,
        "a/b/rnn.py": REFERENCE,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert remarks(part, tmp_path, stub, "softmax", "forward") == [
        "mine.ipynb has softmax: pytest checks rnn.py alone; check it there: run the cells",
        "rnn (1).py has 2 tasks that are to do in rnn.py: pytest checks rnn.py alone; rename it to rnn.py",
        "sub/rnn.py has softmax: pytest checks rnn.py alone; put it here as rnn.py",
    ]
    assert remarks(part, tmp_path, stub, "bptt_V") == [
        "rnn (1).py has bptt_V: pytest checks rnn.py alone; rename it to rnn.py"
    ]
    assert remarks(part, tmp_path, REFERENCE) == []


def test_a_file_that_hides_a_module_is_named_first(part: Any, tmp_path: Path) -> None:
    """Python's own and those that the self-check needs; others may be called as they like."""
    for name in ("random.py", "numpy.py", "plots.py", "rnn.py"):
        (tmp_path / name).touch()
    said = "numpy.py, random.py beside rnn.py hides Python's own numpy, random: give your file another name"
    assert part("hidden").hidden(tmp_path) == said
    beside = Path(part("hidden").__file__).parents[1] / "copy.py"
    assert part("hidden").hidden() == ""
    beside.touch()
    assert part("hidden").hidden().startswith("copy.py beside rnn.py hides")
    beside.unlink()
    assert remarks(part, tmp_path, "import scipy\n")[0] == said


def test_of_cells_the_last_run_of_each_counts(part: Any) -> None:
    """By its number; magics are not run at grading, and what is no Python is passed over."""
    ran = ["", "import scipy", "!pip install scipy\n%time\nimport torch", "import scipy", "def f(:"]
    assert part("remarks").of_cells({"In": ran}) == [
        f"In [2], line 3, needs torch, which will be missing at grading: {PACKAGE}",
        f"In [3], line 1, needs scipy, which will be missing at grading: {PACKAGE}",
    ]
    assert part("remarks").of_cells({}) == []
