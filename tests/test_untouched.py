"""A student who works in one of rnn.py and rnn.ipynb, and hands in both: the one with work is graded."""

import csv
import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.handout.notebook import as_json, cell_node, cells
from autograder.submissions import survey
from autograder.submissions.work import Kind, kind_of
from tests.conftest import REFERENCE
from tests.desk import handout

HANDOUT = dict(handout())
STUB = {name: HANDOUT[name] for name in ("rnn.py", "rnn.ipynb")}
DONE = as_json([cell_node(cell) for cell in cells(solved=True)])
WORK = {"rnn.py": REFERENCE.encode(), "rnn.ipynb": DONE.encode()}
RAISE = '    raise NotImplementedError("Task 1: softmax")'
AS_HANDED_OUT = "is as it was handed out, with nothing written yet"


def changed(name: str, old: str, new: str) -> bytes:
    """The handout's file with one text replaced."""
    if name == "rnn.py":
        text = STUB[name].decode()
        assert old in text
        return text.replace(old, new).encode()
    notebook = json.loads(STUB[name])
    (cell,) = (cell for cell in notebook["cells"] if old in "".join(cell["source"]))
    cell["source"] = "".join(cell["source"]).replace(old, new)
    return json.dumps(notebook).encode()


@pytest.mark.parametrize("name", STUB)
def test_the_handout_is_untouched(name: str) -> None:
    """The handout's own files are stubs, whatever an editor makes of line ends and a kernel of outputs."""
    assert kind_of(name, STUB[name]) is Kind.STUB
    if name == "rnn.py":
        assert kind_of(name, STUB[name].replace(b"\n", b"\r\n")) is Kind.STUB
    else:
        assert kind_of(name, json.dumps(json.loads(STUB[name])).encode()) is Kind.STUB


@pytest.mark.parametrize("name", STUB)
@pytest.mark.parametrize(
    "new",
    [
        "    return np.exp(o) / np.exp(o).sum(-1, keepdims=True)",
        "    shifted = o - o.max()\n" + RAISE,
        "    # " + RAISE,
    ],
    ids=["in place of the stub's line", "above it", "a comment"],
)
def test_one_task_is_work(name: str, new: str) -> None:
    """Whoever has begun one task has worked in the file, also where the stub's line still stands below."""
    assert kind_of(name, changed(name, RAISE, new)) is not Kind.STUB


def test_one_stub_alone_is_untouched() -> None:
    """Also of a file with a single function."""
    assert kind_of("rnn.py", f'def softmax(o):\n    """Normalise."""\n{RAISE}\n'.encode()) is Kind.STUB


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"x = 1\n", b"[1, 2]", b'{"cells": 3}', REFERENCE.encode()])
@pytest.mark.parametrize("name", STUB)
def test_in_doubt_it_is_work(name: str, raw: bytes) -> None:
    """What is no stub of ours is never taken for one."""
    assert kind_of(name, raw) is not Kind.STUB


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("rnn.py", "\ufeff \n\t\n", Kind.BLANK),
        ("rnn.ipynb", " \n", Kind.BLANK),
        ("rnn.ipynb", "no notebook", Kind.OTHER),
        ("rnn.py", "# softmax\n", Kind.OTHER),
        ("rnn.py", "print(softmax)\nsoftmax == 1\n", Kind.OTHER),
        ("rnn.py", "def plot():\n    def softmax(): ...\n    softmax = 1\n", Kind.OTHER),
        ("rnn.py", "def softmax(o): ...\n", Kind.WORK),
        ("rnn.py", "x = 1\nasync def softmax(o): ...\n", Kind.WORK),
        ("rnn.py", "softmax=exp\n", Kind.WORK),
        ("rnn.py", "softmax: Callable[..., Any] = exp\n", Kind.WORK),
    ],
)
def test_a_file_is_told_by_what_it_defines(name: str, text: str, kind: Kind) -> None:
    """At its left margin, in whatever way; nothing but blanks is no work of any kind."""
    assert kind_of(name, text.encode()) is kind


@pytest.mark.parametrize(
    ("py", "ipynb", "graded", "stub"),
    [
        (STUB, WORK, "rnn.ipynb", "rnn.py"),
        (WORK, STUB, "rnn.py", "rnn.ipynb"),
        (WORK, WORK, "rnn.py", ""),
        (STUB, STUB, "rnn.py", ""),
    ],
    ids=["work in the notebook", "work in the file", "work in both", "no work"],
)
@pytest.mark.parametrize("way", ["folder", "zip", "canvas", "moodle"])
def test_the_one_with_work_is_graded(
    way: str, py: dict[str, bytes], ipynb: dict[str, bytes], graded: str, stub: str, tmp_path: Path
) -> None:
    """The whole handout folder comes back: where one of the two is a stub, the other is graded, and a note says so."""
    files = HANDOUT | {"rnn.py": py["rnn.py"], "rnn.ipynb": ipynb["rnn.ipynb"]}
    if way == "zip":
        (tmp_path / "anna").mkdir()
        with ZipFile(tmp_path / "anna" / "assignment.zip", "w") as archive:
            for name, content in files.items():
                archive.writestr(f"assignment/{name}", content)
    else:
        prefix = {"folder": "anna/", "canvas": "anna_4711_90210_", "moodle": "Anna A_4711_assignsubmission_file/"}[way]
        for name, content in files.items() if way != "canvas" else [(name, files[name]) for name in STUB]:
            path = tmp_path / f"{prefix}{name}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    (found,) = survey(tmp_path).submissions
    assert found.path is not None
    assert found.path.name.endswith(graded)
    assert found.path.read_bytes() == files[graded]
    said = [note for note in found.notes if AS_HANDED_OUT in note]
    assert said == ([f"{graded} was graded; {stub} {AS_HANDED_OUT}"] if stub else [])


def test_files_beside_each_other_count_alike(tmp_path: Path) -> None:
    """Also as anna.py and anna.ipynb, without folders."""
    (tmp_path / "anna.py").write_bytes(STUB["rnn.py"])
    (tmp_path / "anna.ipynb").write_bytes(WORK["rnn.ipynb"])
    (found,) = survey(tmp_path).submissions
    assert found.path == tmp_path / "anna.ipynb"
    assert found.notes == (f"anna.ipynb was graded; anna.py {AS_HANDED_OUT}",)


def test_what_cannot_be_read_does_not_hide_which_file_is_work(tmp_path: Path) -> None:
    """A link among a student's entries is passed over: beside it, the file with work still goes before the stub."""
    (tmp_path / "anna").mkdir()
    (tmp_path / "anna" / "rnn.py").write_bytes(STUB["rnn.py"])
    (tmp_path / "anna.py").write_bytes(WORK["rnn.py"])
    (tmp_path / "anna.ipynb").symlink_to(tmp_path / "anna" / "rnn.py")
    (found,) = survey(tmp_path).submissions
    assert (found.path, found.problem) == (tmp_path / "anna.py", "")
    assert found.notes == (
        f"anna.py was graded; rnn.py {AS_HANDED_OUT}",
        "anna.py was graded; beside it, and not looked at: anna.ipynb",
    )


def test_a_handout_folder_with_a_worked_notebook_gets_its_marks(tmp_path: Path) -> None:
    """`bptt grade` gives the points of the notebook, and the feedback page says which file they are of."""
    folder = tmp_path / "class" / "anna"
    for name, content in (HANDOUT | {"rnn.ipynb": WORK["rnn.ipynb"]}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    results = tmp_path / "results"
    done = CliRunner().invoke(main, ["grade", str(tmp_path / "class"), "--out", str(results), "--jobs", "1"])
    assert done.exit_code == 0, done.output
    with (results / "grades.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["score"], row["status"]) == ("100", "graded")
    assert f"rnn.py {AS_HANDED_OUT}" in (results / "feedback" / "anna.md").read_text(encoding="utf-8")
