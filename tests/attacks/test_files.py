"""A class of hand-ins that attack by what they are, graded as a whole by the command."""

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.model.verdict import Verdict
from autograder.results.store import FILE_NAME, Store
from tests.attacks.files import OWNED, SECRET, FileAttack, make_class
from tests.conftest import REFERENCE

CONFIG = "[limits]\ncall_cpu_seconds = 0.3\nsubmission_seconds = 1.5\n"


@dataclass(frozen=True)
class Graded:
    """What came of a class."""

    attacks: tuple[FileAttack, ...]
    verdicts: dict[str, Verdict]
    place: Path
    output: str
    status: int


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The class, graded once."""
    place = tmp_path_factory.mktemp("files")
    attacks = make_class(place / "class")
    (place / "class" / "honest").mkdir()
    (place / "class" / "honest" / "rnn.py").write_text(REFERENCE)
    (place / "config.toml").write_text(CONFIG)
    before = {path for path in place.rglob("*") if "class" in path.parts}
    command = ["grade", str(place / "class"), "--out", str(place / "results"), "--jobs", "1"]
    done = CliRunner().invoke(main, [*command, "--config", str(place / "config.toml"), "--unprotected"])
    with Store(place / "results" / FILE_NAME) as store:
        verdicts = {verdict.student_id: verdict for verdict in store.verdicts()}
    assert {path for path in place.rglob("*") if "class" in path.parts} == before
    return Graded(attacks, verdicts, place, done.output, done.exit_code)


def test_every_hand_in_gets_its_verdict(graded: Graded) -> None:
    """Each has the status and the words that say what it is; none stops the run, and who is honest gets 100."""
    assert graded.status == 0, graded.output
    assert graded.verdicts["honest"].score == 100
    for attack in graded.attacks:
        verdict = graded.verdicts[attack.name]
        words = "\n".join([verdict.message, *verdict.notes])
        assert (attack.name, verdict.status, verdict.score) == (attack.name, attack.status, attack.score), words
        assert attack.says in words
        assert verdict.flags == ()


def test_nothing_leaves_its_place_and_nothing_beside_the_file_runs(graded: Graded) -> None:
    """No file is made in the class or outside of it, by an archive or by a module that lies beside a submission."""
    files = {path.name for path in graded.place.rglob("*") if path.is_file()}
    assert OWNED not in files
    assert "escaped.py" not in files
    outside = {path.name for path in graded.place.iterdir()}
    assert outside <= {"class", "results", "config.toml", "elsewhere", "secret.txt", "reference.py"}


def test_what_a_file_outside_says_is_shown_to_nobody_else(graded: Graded) -> None:
    """A hard link cannot be told from a file: its author sees a line of it in the message about it, others nothing."""
    pages = {page.stem: page.read_text() for page in (graded.place / "results" / "feedback").iterdir()}
    assert {student for student, page in pages.items() if SECRET in page} <= {"hard_link"}
    with (graded.place / "results" / "grades.csv").open(newline="") as file:
        assert {row["student_id"] for row in csv.DictReader(file)} == set(graded.verdicts)
