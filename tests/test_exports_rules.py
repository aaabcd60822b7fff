"""Requests for an export: which options go together, what may not be written over, and which results are exported."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from autograder.exports.job import ExportError, ExportJob, write_export
from autograder.model.settings import Settings
from autograder.results.made import made
from autograder.results.store import FILE_NAME, Store
from tests.lms import DATA
from tests.sample_verdicts import graded, missing, stored

OWN = {"canvas": DATA / "canvas-gradebook.csv", "moodle": DATA / "moodle-worksheet.csv"}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with results of two."""
    monkeypatch.chdir(tmp_path)
    with stored(Path("results"), graded("jdoe"), missing("ada")):
        return tmp_path


def refused(name: str, out: str = "x", **options: Any) -> str:
    """Return why an export can't be made, "" where it is made."""
    results = None if options.pop("nowhere", False) else Path("results")
    try:
        write_export(ExportJob(name, results, Path(out), **options))
    except ExportError as error:
        return str(error)
    return ""


RULES: list[tuple[str, dict[str, Any], str]] = [
    ("csv", {"nowhere": True}, "csv takes a results folder: bptt export FORMAT RESULTS"),
    ("gradescope-autograder", {}, "gradescope-autograder takes no results folder"),
    ("feedback", {}, "feedback: add --for canvas or --for moodle or --for folders"),
    ("feedback", {"system": "blackboard"}, "feedback: add --for canvas or --for moodle or --for folders"),
    ("csv", {"system": "canvas"}, "csv: leave out --for"),
    ("csv", {"config": Path("c")}, "csv grades nothing: leave out --config and --seed-secret"),
    ("csv", {"secret": Path("s")}, "csv grades nothing: leave out --config and --seed-secret"),
    (
        "canvas",
        {"source": OWN["canvas"], "anonymous": True},
        "canvas matches students by name, so --anonymous can't be had there",
    ),
    ("csv", {"source": Path("own")}, "csv fills no file: leave out --fill and --column"),
    ("csv", {"column": "A"}, "csv fills no file: leave out --fill and --column"),
    ("csv", {"scale": True}, "csv has no column with a maximum: leave out --scale"),
    ("nbgrader", {"source": Path("own"), "scale": True}, "nbgrader has no column with a maximum: leave out --scale"),
    (
        "feedback",
        {"system": "moodle", "anonymous": True},
        "moodle knows pages by its own names, so --anonymous can't be had there",
    ),
    ("canvas", {}, "your own Canvas gradebook export is filled: name it with --fill FILE"),
    ("moodle", {}, "your own Moodle grading worksheet is filled: name it with --fill FILE"),
    ("nbgrader", {}, "your own nbgrader gradebook, gradebook.db, is filled: name it with --fill FILE"),
    ("csv", {}, ""),
    ("csv", {"anonymous": True}, ""),
    ("json", {}, ""),
    ("canvas", {"source": OWN["canvas"], "column": "880", "scale": True}, ""),
    ("feedback", {"system": "folders"}, ""),
    ("feedback", {"system": "folders", "anonymous": True}, ""),
    ("gradescope", {"anonymous": True}, ""),
]


@pytest.mark.parametrize(("name", "options", "words"), RULES)
def test_options_go_together_or_the_message_says_what_to_do(
    here: Path, name: str, options: dict[str, Any], words: str
) -> None:
    """Nothing is written where they do not."""
    assert refused(name, **options) == words
    assert Path("x").exists() == (not words)


def test_what_is_in_the_way_stays(here: Path) -> None:
    """A file, a folder with something in it, the file that is filled, the results; an empty folder is no obstacle."""
    Path("file").write_text("mine")
    Path("full").mkdir()
    Path("full", "mine").touch()
    Path("empty").mkdir()
    mine = {path: path.read_bytes() for path in (Path("file"), Path("full", "mine"), Path("results", FILE_NAME))}
    assert refused("csv", "file") == "file is there already: choose another --out, or replace it with --force"
    assert refused("csv", "full") == "full is a folder, and csv makes a file: choose another --out"
    assert refused("csv", "full", force=True) == "full is a folder, and csv makes a file: choose another --out"
    assert refused("gradescope", "file") == "file is a file, and gradescope makes a folder: choose another --out"
    assert refused("gradescope", "full") == (
        "full is not empty: choose another --out, or write over what is there with --force"
    )
    for force in (False, True):
        own = Path("own.csv")
        own.write_bytes(OWN["canvas"].read_bytes())
        assert "stays as it is" in refused("canvas", "own.csv", source=own, column="880", force=force)
        assert "holds the results themselves" in refused("csv", f"results/../results/{FILE_NAME}", force=force)
    assert all(path.read_bytes() == content for path, content in mine.items())
    assert refused("gradescope", "empty") == refused("gradescope", "empty", force=True) == ""
    assert refused("csv", "file", force=True) == refused("gradescope", "full", force=True) == ""
    assert (Path("full", "mine").exists(), Path("full", "jdoe", "results.json").exists()) == (True, True)


def test_a_folder_that_is_not_there_is_told(here: Path) -> None:
    """With the system's reason."""
    assert refused("csv", "nowhere/x.csv") == "nowhere/x.csv can't be written: No such file or directory"


def test_marks_of_two_settings_never_leave_together(here: Path) -> None:
    """A run that was cut short while it made marks otherwise is exported by nothing."""
    one = made(Settings(), "seeds", b"k" * 32, secret=False)
    with Store(Path("results", FILE_NAME)) as store:
        store.start_run(Settings(), ["jdoe", "ada"], "", one)
        store.save("jdoe", "key", graded("jdoe"))
        store.save("ada", "key", missing("ada"))
        store.start_run(Settings(), ["jdoe", "ada"], "", msgspec.structs.replace(one, kit="other"))
        store.save("ada", "key", missing("ada"))
    for name, options in (("csv", {}), ("json", {}), ("gradescope", {})):
        assert "1 of 2 marks were made with others" in refused(name, f"x-{name}", **options)
        assert not Path(f"x-{name}").exists()


def test_an_interrupted_run_is_told_first(here: Path) -> None:
    """These are the marks so far; of a run that came to its end there is nothing to say."""
    job = ExportJob("csv", Path("results"), Path("x.csv"))
    assert write_export(job).remarks == ()
    with Store(Path("results", FILE_NAME)) as store:
        store.start_run(Settings(), ["jdoe", "ada"])
    done = write_export(replace(job, force=True))
    assert done.remarks == ("The last run was interrupted: these are the marks so far. Grade again to go on.",)
    assert (done.written, done.status) == ("2 students: x.csv", 0)
