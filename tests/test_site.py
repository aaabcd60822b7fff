"""`bptt site`: what is built, without a browser and without JupyterLite."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.grading import Grader
from autograder.handout.notebook import cells
from autograder.handout.release import HandoutError
from autograder.handout.site.build import build_site
from autograder.handout.site.edition import edition_after
from autograder.handout.site.wheels import write_wheel
from autograder.model.settings import Settings, TaskSettings
from autograder.nbgrader.course import source_notebook
from autograder.sandbox.host.levels import detect
from autograder.submissions import Source
from autograder.submissions.notebook import code_cells

CHANGED = Settings(tasks={"softmax": TaskSettings(enabled=False)})
FIRST = edition_after({}, Settings())


def test_the_first_cell_says_where_the_work_is() -> None:
    """In this browser alone; how to download it, and what ends an endless loop. Then comes the handout's notebook."""
    cells = json.loads(FIRST.text)["cells"]
    said = "".join(cells[0]["source"])
    assert cells[0]["cell_type"] == "markdown"
    for words in ("in this browser", "site data are cleared", "File → Download", "`rnn.ipynb`", "Restart Kernel"):
        assert words in said
    assert [cell["id"] for cell in cells[1:3]] == ["start", "imports"]


def test_the_same_notebook_keeps_its_name() -> None:
    """A site that is built anew with nothing changed opens the notebook that students have saved."""
    assert FIRST.notebook == "rnn.ipynb"
    again = edition_after(FIRST.facts, Settings())
    assert (again.notebook, again.text) == (FIRST.notebook, FIRST.text)


def test_a_changed_notebook_gets_a_new_name() -> None:
    """Who has saved the earlier one would never see a corrected one of its name."""
    second = edition_after(FIRST.facts, CHANGED)
    assert second.notebook == "rnn-2.ipynb"
    assert '_notebook = "rnn-2.ipynb"' in json.loads(second.text)["cells"][3]["source"][0]
    assert "edition 2" in "".join(json.loads(second.text)["cells"][0]["source"])


def test_its_notebook_is_graded_like_any_other() -> None:
    """Solved, it has all points, and nothing of what the site added is remarked."""
    notebook = json.loads(FIRST.text)
    solved = {cell.id: cell.source for cell in cells(solved=True)}
    for cell in notebook["cells"]:
        if cell["id"].endswith("-code"):
            cell["source"] = solved[cell["id"]]
    grader = Grader(Settings(), None, detect())
    verdict = grader.grade("student", Source("ipynb", code_cells(json.dumps(notebook)), "digest"))
    grader.close()
    assert (verdict.status, verdict.score) == ("graded", 100)
    assert verdict.notes + verdict.flags == ()


def test_nothing_of_others_is_written_over(tmp_path: Path) -> None:
    """A folder that holds something else is refused, and stays as it is."""
    pytest.importorskip("jupyterlite_core", reason="needs JupyterLite: make pyodide")
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(HandoutError, match="no folder that bptt site made"):
        build_site(tmp_path, Settings())
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_no_folder_for_a_site(tmp_path: Path) -> None:
    """It is refused in the same words, and stays as it is."""
    pytest.importorskip("jupyterlite_core", reason="needs JupyterLite: make pyodide")
    (tmp_path / "site").write_text("mine", encoding="utf-8")
    with pytest.raises(HandoutError, match="no folder that bptt site made"):
        build_site(tmp_path / "site", Settings())
    assert (tmp_path / "site").read_text(encoding="utf-8") == "mine"


def test_the_site_of_another_assignment_is_not_written_over(tmp_path: Path) -> None:
    """Its students would find another notebook at their address; it stays as it is, and is named."""
    pytest.importorskip("jupyterlite_core", reason="needs JupyterLite: make pyodide")
    (tmp_path / "site.json").write_text('{"assignment": "mlp", "notebook": "mlp.ipynb", "files": []}', encoding="utf-8")
    with pytest.raises(HandoutError, match="the site of another assignment, mlp"):
        build_site(tmp_path, Settings())
    assert [path.name for path in tmp_path.iterdir()] == ["site.json"]


@pytest.mark.thorough
def test_a_site_is_built_over_the_earlier_one(tmp_path: Path) -> None:
    """A changed notebook is opened under its new name, the earlier one is gone; what is not the site's own stays."""
    pytest.importorskip("jupyterlite_core", reason="needs JupyterLite: make pyodide")
    build_site(tmp_path / "site", Settings())
    (tmp_path / "site" / "CNAME").write_text("rnn.example.org", encoding="utf-8")
    build_site(tmp_path / "site", CHANGED)
    site = tmp_path / "site"
    assert sorted(path.name for path in (site / "files").glob("*.ipynb")) == ["rnn-2.ipynb"]
    assert 'href="notebooks/index.html?path=rnn-2.ipynb"' in (site / "index.html").read_text(encoding="utf-8")
    assert json.loads((site / "files" / "selfcheck" / "site.json").read_bytes())["notebook"] == "rnn-2.ipynb"
    assert (site / "CNAME").is_file()
    assert not list(site.rglob("*.js.map"))


def test_a_course_of_nbgrader_links_to_it() -> None:
    """Above the course's notebook, where the instructor gives the address; else nothing is said of it."""
    address = "https://example.org/rnn"
    linked, plain = (json.loads(source_notebook(Settings(), 1, site))["cells"] for site in (address, ""))
    assert f"]({address})" in "".join(linked[0]["source"])
    assert linked[1:] == plain


def test_a_link_needs_a_whole_address(tmp_path: Path) -> None:
    """Without https:// it would lead to a file beside the notebook; no course is made."""
    done = CliRunner().invoke(main, ["nbgrader", "init", str(tmp_path / "course"), "--site", "example.org/rnn"])
    assert done.exit_code == 2
    assert "example.org/rnn: the address of a site begins with https://" in done.output
    assert not (tmp_path / "course").exists()


def test_a_folder_without_pyodide_is_refused(tmp_path: Path) -> None:
    """What is missing in it is named, and no site is written."""
    pytest.importorskip("jupyterlite_core", reason="needs JupyterLite: make pyodide")
    with pytest.raises(HandoutError, match=r"pyodide\.js and pyodide-lock\.json"):
        build_site(tmp_path / "site", Settings(), str(tmp_path))
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(
    "address", ["", "ftp://example.org/pyodide.js", "https://example.org/pyodide", "https://example.org/a;b/pyodide.js"]
)
def test_what_is_no_address_of_pyodide_is_refused(tmp_path: Path, address: str) -> None:
    """A browser could not load it, or would not say why; no site is written."""
    pytest.importorskip("jupyterlite_core", reason="needs JupyterLite: make pyodide")
    with pytest.raises(HandoutError, match=r"/pyodide\.js|'' holds no Pyodide"):
        build_site(tmp_path / "site", Settings(), address)
    assert not (tmp_path / "site").exists()


def test_an_installed_package_becomes_a_wheel(tmp_path: Path) -> None:
    """Its modules and its facts are in it, and nothing of the installer's."""
    write_wheel("numdifftools", tmp_path)
    (wheel,) = tmp_path.glob("numdifftools-*-py3-none-any.whl")
    names = ZipFile(wheel).namelist()
    assert "numdifftools/core.py" in names
    assert any(name.endswith(".dist-info/METADATA") for name in names)
    assert not any("INSTALLER" in name or "__pycache__" in name for name in names)


@pytest.mark.parametrize(("name", "why"), [("numpy", "compiled code"), ("no-such-package", "not installed")])
def test_what_no_browser_runs_is_no_wheel(tmp_path: Path, name: str, why: str) -> None:
    """Compiled packages and missing ones are refused by name."""
    with pytest.raises(HandoutError, match=why):
        write_wheel(name, tmp_path)
