"""The recipes of CONTRIBUTING.md work: each is followed, step by step, on a copy of the tree."""

import ast
import csv
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import edited

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
#: "1. `file`, at the end of `NAME`: why, and below it what to write."
_STEP = re.compile(
    r"^\d+\. `([^`]+)`, (at the end of|below|in place of|at its end|a new file)(?: `([^`]+)`)?:.*?```\w*\n(.*?)^   ```",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Step:
    """One step of a recipe: what to write, and where."""

    file: str
    how: str
    anchor: str  # a line, or a name
    text: str

    def take(self, tree: Path) -> None:
        """Edit the file as a person would."""
        path = tree / self.file
        assert path.exists() == (self.how != "a new file"), path
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        start, end = self._place(lines)
        lines[start:end] = self.text.splitlines()
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _place(self, lines: list[str]) -> tuple[int, int]:
        """Return the slice of lines that the text takes."""
        if self.how in ("at its end", "a new file"):
            return len(lines), len(lines)
        if self.how == "at the end of":
            last = end_of("\n".join(lines), self.anchor)
            return last, last
        found = [number for number, line in enumerate(lines) if line.strip() == self.anchor]
        assert len(found) == 1, f"{self.file} has {len(found)} lines {self.anchor}"
        return (found[0], found[0] + 1) if self.how == "in place of" else (found[0] + 1, found[0] + 1)


def end_of(source: str, name: str) -> int:
    """Return the number of lines before the end of a table, its closing bracket, or of a function."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node.end_lineno or 0
        targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return (node.end_lineno or 0) - 1
    raise AssertionError(f"there is no {name}")


def recipe(heading: str) -> list[Step]:
    """Return the steps of a recipe; each numbered line is one that can be followed."""
    section = GUIDE.partition(f"### {heading}\n")[2].partition("\n### ")[0]
    found = _STEP.findall(section)
    assert len(found) == len(re.findall(r"^\d+\. ", section, re.MULTILINE)) > 0
    # What stands below a step is indented by three blanks.
    return [Step(*where, re.sub(r"^   ", "", text, flags=re.MULTILINE)) for *where, text in found]


@dataclass(frozen=True)
class Tree:
    """A copy of the tree in which recipes are followed."""

    root: Path

    def follow(self, heading: str) -> None:
        """Take each step of a recipe; what it leaves has the house's form."""
        for step in recipe(heading):
            step.take(self.root)
        for words in (["check"], ["format", "--check"]):
            command = [sys.executable, "-m", "ruff", *words, "autograder", "solutions"]
            done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout

    def bptt(self, *words: str | Path) -> str:
        """Run a command of the copy, in it, and return what it prints."""
        command = [sys.executable, "-m", "autograder", *words]
        place = {**os.environ, "PYTHONPATH": str(self.root)}
        done = subprocess.run(command, cwd=self.root, env=place, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def grade(self, **works: str) -> dict[str, dict[str, Any]]:
        """Grade files by the names of students, and return the documents of their feedback."""
        for student, text in works.items():
            (self.root / "class" / student).mkdir(parents=True)
            (self.root / "class" / student / "rnn.py").write_text(text, encoding="utf-8")
        self.bptt("grade", "class", "--out", "results", "--unprotected")
        pages = (self.root / "results" / "feedback" / f"{student}.json" for student in works)
        return {page.stem: json.loads(page.read_text(encoding="utf-8")) for page in pages}

    def reference(self) -> str:
        """Return the copy's reference."""
        return (self.root / "solutions" / "rnn.py").read_text(encoding="utf-8")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Copy what recipes change."""
    for name in ("autograder", "solutions", "assignment"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return Tree(tmp_path)


def task(document: dict[str, Any], name: str) -> dict[str, Any]:
    """Return what a document says of a task."""
    found: dict[str, Any] = next(one for one in document["tasks"] if one["task"] == name)
    return found


def test_a_mistake_is_added(tree: Tree) -> None:
    """After the recipe, feedback names the mistake, and the handout can be made anew."""
    tree.follow("Add a mistake")
    graded = tree.grade(
        ana=edited(("np.exp(o - o.max(axis=-1, keepdims=True))", "np.exp(o.max(axis=-1, keepdims=True) - o)"))
    )
    named = [diagnosis["misconception"] for diagnosis in task(graded["ana"], "softmax")["diagnoses"]]
    assert named == ["exp(-o) is taken in place of exp(o)"]
    tree.bptt("release", "--out", "assignment")


def test_a_case_is_added(tree: Tree) -> None:
    """After the recipe, work that is wrong in the new case alone loses the part, and feedback names the case."""
    tree.follow("Add a case")
    wrong = edited(("    o = np.asarray(o)\n", "    o = np.asarray(o)\n    if o.shape[-1] == 1:\n        return o\n"))
    graded = tree.grade(ana=wrong, ben=tree.reference())
    assert task(graded["ben"], "softmax")["state"] == "pass"
    found = task(graded["ana"], "softmax")
    assert {part["id"] for part in found["parts"] if part["points"] < part["max_points"]} == {"values"}
    assert "a single class" in json.dumps(found["findings"])
    tree.bptt("release", "--out", "assignment")


def test_a_task_is_added(tree: Tree) -> None:
    """After the recipe, the task is in the handout, is graded by its cases, and has its mistakes named."""
    tree.follow("Add a task")
    tree.bptt("release", "--out", "assignment")
    stub = (tree.root / "assignment" / "rnn.py").read_text(encoding="utf-8").partition("def perplexity")[2]
    assert "NotImplementedError" in stub
    assert "cross_entropy(Y_hat" not in stub
    guide = (tree.root / "assignment" / "GUIDE.md").read_text(encoding="utf-8").partition("Task 15: perplexity")[2]
    assert "What if T doubles?" in guide
    solved = tree.reference()
    wrong = solved.replace(
        'return float(np.exp(cross_entropy(Y_hat, Y, "mean")))', 'return cross_entropy(Y_hat, Y, "mean")'
    )
    graded = tree.grade(ana=wrong, ben=solved, cleo=edited())
    states = {student: task(document, "perplexity")["state"] for student, document in graded.items()}
    assert states == {"ana": "fail", "ben": "pass", "cleo": "not_implemented"}
    diagnoses = task(graded["ana"], "perplexity")["diagnoses"]
    assert [one["misconception"] for one in diagnoses] == ["the mean loss itself is returned"]


def test_an_export_is_added(tree: Tree) -> None:
    """After the recipe, the format is one that `bptt export` knows, and it writes what it says."""
    tree.follow("Add an export")
    tree.grade(ana=tree.reference())
    tree.bptt("export", "office", "results", "--out", "office.csv")
    with (tree.root / "office.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file, delimiter=";")) == [["ana", "100"]]
