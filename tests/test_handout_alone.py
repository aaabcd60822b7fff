"""The handout of an assignment that brings a reference and tasks, and no text of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ASSIGNMENT = '''
"""Two small tasks."""
from autograder.assignment import Assignment, Part, Task
from autograder.model.cases import ask

from . import lab

TASKS = (
    Task(1, "scale", ("scale(x, factor)",), (Part("values", 4, "any vector"),), "Chapter 1"),
    Task(2, "centre", ("centre(x)",), (Part("values", 6, "any vector"),)),
)


def draw(rng, variant):
    yield ask("scale", "values", "plain", rng.normal(size=5), 3.0)
    yield ask("centre", "values", "plain", rng.normal(size=4))


ASSIGNMENT = Assignment(name="small", title="Two small tasks", module="lab", reference=lab, tasks=TASKS, draw=draw)
'''
REFERENCE = '''"""Vectors, in numpy.

A vector has n entries.
"""

import numpy as np

### BEGIN SOLUTION
HIDDEN = 1.0
### END SOLUTION

TOP = 3


def scale(x, factor):
    """Scale a vector.

        s_i = factor · x_i

    Args:
        x: the vector.
    """
    ### BEGIN SOLUTION
    return HIDDEN * factor * x
    ### END SOLUTION


def centre(x):
    """Take the mean away."""
    ### BEGIN SOLUTION
    return x - x.mean()
    ### END SOLUTION
'''
CODE = """if True:
    import sys
    from pathlib import Path
    from autograder.model.loading import load
    load(Path("small"))
    from autograder.handout.release import HandoutError, release
    try:
        release(Path("out"))
    except HandoutError as error:
        sys.exit(str(error))
"""


def released(folder: Path, reference: str = REFERENCE, **templates: str) -> subprocess.CompletedProcess[str]:
    """Release the small assignment into `out`, in a process of its own, with these templates in its handout."""
    (folder / "small").mkdir()
    (folder / "small" / "__init__.py").write_text(ASSIGNMENT, encoding="utf-8")
    (folder / "small" / "lab.py").write_text(reference, encoding="utf-8")
    if templates:
        (folder / "small" / "handout").mkdir()
    for name, text in templates.items():
        (folder / "small" / "handout" / f"{name.replace('_', '.')}.j2").write_text(text, encoding="utf-8")
    return subprocess.run([sys.executable, "-c", CODE], cwd=folder, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def handout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alone")
    run = released(folder)
    assert run.returncode == 0, run.stderr
    return folder / "out"


def test_it_has_stubs_a_page_and_a_notebook(handout: Path) -> None:
    """From the reference and the tasks alone come stubs, a README with every task and its points, and a notebook."""
    assert {path.name for path in handout.iterdir()} == {
        "README.md",
        "lab.py",
        "lab.ipynb",
        "conftest.py",
        "pytest.ini",
        "requirements.txt",
        "selfcheck",
        "test_lab.py",
        ".handout.json",
    }
    readme = (handout / "README.md").read_text(encoding="utf-8")
    assert readme.startswith("# Two small tasks\n\nA vector has n entries.\n\nThere are 2 tasks and 10 points.")
    assert "| 1 | `scale(x, factor)` | 4 | Chapter 1 |\n| 2 | `centre(x)` | 6 |  |\n" in readme


def test_each_task_has_a_text_its_stub_and_a_check(handout: Path) -> None:
    """The notebook has three cells for each task, with what the docstring says and its formula as LaTeX."""
    cells = json.loads((handout / "lab.ipynb").read_text(encoding="utf-8"))["cells"]
    found = {cell["id"]: "".join(cell["source"]) for cell in cells}
    tasks = [f"{task}-{kind}" for task in ("scale", "centre") for kind in ("text", "code", "check")]
    assert list(found) == ["start", "imports", "setup", *tasks, "end", "end-check"]
    assert found["scale-text"].startswith("### Task 1: scale (4 points)\n\nScale a vector.\n\n$$")
    assert r"s_{i} &= \text{factor} \cdot x_{i}" in found["scale-text"]
    assert found["scale-text"].endswith("Points: 4 for any vector.\n\nSlides: Chapter 1")
    assert found["centre-text"] == "### Task 2: centre (6 points)\n\nTake the mean away.\n\nPoints: 6 for any vector."
    assert found["centre-code"].endswith('raise NotImplementedError("Task 2: centre")')


def test_no_marked_line_is_in_its_notebook(handout: Path) -> None:
    """Marked code that stands apart from the functions, among constants, is taken out of the notebook as well."""
    for name in ("lab.py", "lab.ipynb"):
        text = (handout / name).read_text(encoding="utf-8")
        assert "TOP = 3" in text
        assert "HIDDEN" not in text


def test_a_text_of_its_own_takes_the_place_of_ours(tmp_path: Path) -> None:
    """A template in the folder handout is a page, knows the tasks, and leaves out the code of cells in it."""
    guide = "# {{ title }}\n\n%% code x\nx = 1\n%% text y\n{{ pieces.scale.task.title }}\n"
    run = released(tmp_path, README_md="Own words: {{ total | points }}.\n", GUIDE_md=guide)
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "out" / "README.md").read_text(encoding="utf-8") == "Own words: 10.\n"
    assert (tmp_path / "out" / "GUIDE.md").read_text(encoding="utf-8") == "# Two small tasks\n\nTask 1: scale\n"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("a\n\n{{ nothing }}", "GUIDE.md.j2, line 3: 'nothing' is undefined"),
        ("a\n{% if %}", "GUIDE.md.j2, line 2: Expected an expression"),
        ("{{ figure('net') }}", "GUIDE.md.j2, line 1: there is no figures/net.svg"),
        ("{{ question('scale', 'slip') }}", "GUIDE.md.j2, line 1: scale has no known mistake that is called slip"),
    ],
)
def test_a_slip_in_a_template_is_told_with_its_line(tmp_path: Path, template: str, said: str) -> None:
    """What a template asks for and nobody has stops the release, before anything is written."""
    run = released(tmp_path, GUIDE_md=template)
    assert run.returncode == 1
    assert said in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "out").exists()


def test_a_slip_in_an_included_text_is_told_with_the_way_to_it(tmp_path: Path) -> None:
    """The line in the text comes first, then the line that includes it."""
    run = released(tmp_path, GUIDE_md="a\n{% include 'part.j2' %}", part="{{ nothing }}")
    assert run.stderr.strip() == "part.j2, line 1, from GUIDE.md.j2, line 2: 'nothing' is undefined"
