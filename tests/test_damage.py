"""A results file that is damaged, or was changed by hand: told in one line, never exported, and made whole again."""

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.model.settings import Settings
from autograder.model.verdict import Verdict
from autograder.results.doctor import check_results
from autograder.results.store import FILE_NAME, Store, StoreError
from tests.sample_verdicts import graded

IDS = ("ana", "ben", "cem")
VERDICTS = {name: graded(name, 0.25 * (1 + n), "partial") for n, name in enumerate(IDS)}


def grade(path: Path) -> list[str]:
    """Grade the class as a run does: who is known stays; return what was mended."""
    with Store(path) as store:
        mended = store.mend()
        store.start_run(Settings(), IDS, "a sandbox")
        known = store.known()
        for name in IDS:
            if name not in known:
                store.save(name, f"key of {name}", VERDICTS[name])
        store.save_proof("a mark", 3)
        store.finish_run()
    return mended


def read(path: Path) -> tuple[Settings, list[Verdict]]:
    """Read the class as a report or an export does."""
    with Store(path, create=False) as store:
        return store.settings(), store.verdicts()


WHOLE = (Settings(), list(VERDICTS.values()))


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graded class."""
    path = tmp_path_factory.mktemp("results") / FILE_NAME
    grade(path)
    return path


@pytest.fixture
def path(pristine: Path, tmp_path: Path) -> Path:
    """A copy of it, for a test to harm."""
    return Path(shutil.copy(pristine, tmp_path / FILE_NAME))


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_a_whole_file_is_called_whole(path: Path) -> None:
    """By those who read it, by a run, and by the doctor."""
    assert read(path) == WHOLE
    assert grade(path) == []
    assert check_results(path.parent) == (True, [f"{path} is whole: 3 verdicts, each as it was written."])


def test_where_nothing_was_graded_the_doctor_says_so(tmp_path: Path) -> None:
    """With the command that grades; what is no file of ours is left alone."""
    with pytest.raises(StoreError, match="does not exist; grade a class first: bptt grade SUBMISSIONS --out"):
        check_results(tmp_path)
    (tmp_path / FILE_NAME).write_text("a shopping list\n" * 100)
    whole, lines = check_results(tmp_path)
    assert (whole, lines[-1].startswith("To do: move it away and grade again")) == (False, True)


BEN = "the verdict of ben was changed by hand, or damaged"
RUN = "its settings or its list of students were changed by hand, or damaged"
HARM = {
    "a score": ("UPDATE verdict SET body = replace(body, '50.0', '100') WHERE student_id = 'ben'", BEN),
    "no body": ("UPDATE verdict SET body = '{}' WHERE student_id = 'ben'", BEN),
    "not a text": ("UPDATE verdict SET body = x'fffe' WHERE student_id = 'ben'", BEN),
    "a number": ("UPDATE verdict SET body = 7 WHERE student_id = 'ben'", BEN),
    "a status": ("UPDATE verdict SET status = 'missing' WHERE student_id = 'ben'", BEN),
    "a key": ("UPDATE verdict SET key = 'another' WHERE student_id = 'ben'", BEN),
    "no checksum": ("UPDATE verdict SET checksum = '' WHERE student_id = 'ben'", BEN),
    "another's verdict": (
        "UPDATE verdict SET body = (SELECT body FROM verdict WHERE student_id = 'cem') WHERE student_id = 'ben'",
        BEN,
    ),
    "another's row": (
        "UPDATE verdict SET (key, status, body, checksum) = (SELECT key, status, body, checksum FROM verdict "
        "WHERE student_id = 'cem') WHERE student_id = 'ben'",
        BEN,
    ),
    "a verdict gone": ("DELETE FROM verdict WHERE student_id = 'ben'", "the verdict of ben is gone"),
    "a student gone": ("DELETE FROM class WHERE student_id = 'ben'", RUN),
    "a student more": ("INSERT INTO class VALUES ('dan', '')", RUN),
    "the settings": ("""UPDATE run SET settings = replace(settings, '"cap":0.7', '"cap":1.0')""", RUN),
    "an end that was none": ("UPDATE run SET finished = 2", RUN),
} | {
    f"table {table} gone": (f"DROP TABLE {table}", f"its table '{table}' is gone, or not complete")
    for table in ("class", "verdict", "proof", "run", "made", "entry", "fact")
}


@pytest.mark.parametrize("harm", HARM)
def test_damage_is_told_and_nothing_of_it_is_shown(path: Path, harm: str) -> None:
    """Whoever reads it gets one line with what is wrong and what to do; that makes it whole, and says so."""
    statement, what = HARM[harm]
    change(path, statement)
    with pytest.raises(StoreError) as told:
        read(path)
    message = str(told.value)
    assert message.startswith(f"{path} is damaged: {what}. Run `bptt grade SUBMISSIONS --out {path.parent}` again")
    assert "\n" not in message
    whole, lines = check_results(path.parent)
    assert (whole, lines[:2]) == (False, [f"{path} is damaged:", f"  {what}"])
    assert what in grade(path)
    assert read(path) == WHOLE
    assert check_results(path.parent)[0]


def test_the_doctor_says_who_can_be_kept(path: Path) -> None:
    """And changes nothing; its exit status is 1."""
    change(path, HARM["no body"][0], HARM["a verdict gone"][0].replace("ben", "cem"))
    before = path.read_bytes()
    done = CliRunner().invoke(main, ["doctor", str(path.parent)])
    assert done.exit_code == 1
    assert done.output.splitlines()[1:] == [
        f"  {BEN}",
        "  the verdict of cem is gone",
        "What can be kept: 1 verdicts: ana.",
        f"To do: run `bptt grade SUBMISSIONS --out {path.parent}` again: it keeps these, and grades the others anew.",
    ]
    assert path.read_bytes() == before


@pytest.mark.parametrize("harmed", [20, 21, 25])
def test_the_doctor_lists_twenty_pieces_of_damage(tmp_path: Path, harmed: int) -> None:
    """And says how many more there are."""
    with Store(tmp_path / FILE_NAME) as store:
        store.start_run(Settings(), [f"s{n:02}" for n in range(30)])
        for n in range(30):
            store.save(f"s{n:02}", "key", graded(f"s{n:02}"))
        store.finish_run()
    change(tmp_path / FILE_NAME, f"UPDATE verdict SET key = '' WHERE student_id < 's{harmed:02}'")
    _, lines = check_results(tmp_path)
    assert lines[1:21] == [f"  the verdict of s{n:02} was changed by hand, or damaged" for n in range(20)]
    assert lines[21:-2] == ([f"  and {harmed - 20} more"] if harmed > 20 else [])
    assert lines[-2].startswith(f"What can be kept: {30 - harmed} verdicts: s{harmed}, ")


def test_a_case_set_that_was_changed_by_hand_is_proved_again(path: Path) -> None:
    """What is remembered of proofs is no more than that."""
    change(path, "UPDATE proof SET attempt = 9")
    with Store(path) as store:
        assert store.proved() == {}


def test_a_run_that_was_interrupted_lacks_verdicts_and_is_whole(path: Path) -> None:
    """Who is still to be graded is not lost."""
    with Store(path) as store:
        store.start_run(Settings(), [*IDS, "dan"])
    assert read(path) == WHOLE
    assert check_results(path.parent)[0]


def older(path: Path) -> None:
    """Make of a file one of the layout before, which had no checksums."""
    change(path, *(f"ALTER TABLE {table} DROP COLUMN checksum" for table in ("verdict", "proof", "run")))
    change(path, "PRAGMA user_version = 2")


def test_rows_of_an_older_version_count_and_get_a_checksum(path: Path) -> None:
    """From then on a change by hand shows."""
    older(path)
    assert check_results(path.parent) == (
        True,
        [f"{path} is of an older version: no row has a checksum. `bptt report {path.parent}` adds them."],
    )
    assert read(path) == WHOLE
    assert check_results(path.parent)[0]
    change(path, HARM["a score"][0])
    with pytest.raises(StoreError, match=BEN):
        read(path)


def test_what_could_not_be_read_before_is_damaged(path: Path) -> None:
    """A row of an older version that is no verdict, and a table that it had lost, are told as those of this one are."""
    older(path)
    change(path, HARM["no body"][0], "DROP TABLE class")
    with pytest.raises(StoreError, match=RUN):
        read(path)
    assert BEN in grade(path)
    assert read(path) == WHOLE


@pytest.mark.parametrize("seed", range(40))
def test_garbage_anywhere_is_told_or_harmless(path: Path, seed: int) -> None:
    """Whatever bytes are overwritten: the verdicts are those that were written, or one line says that it is damaged."""
    draw = random.Random(seed)
    content = bytearray(path.read_bytes())
    start, length = draw.randrange(len(content)), draw.choice([1, 8, 100, 5000])
    for place in range(start, min(start + length, len(content))):
        content[place] = draw.randrange(256)
    path.write_bytes(content[: start if seed % 10 == 0 else None])
    told = []
    for use in (read, lambda path: (grade(path), read(path))[1]):
        try:
            assert use(path) == WHOLE
        except StoreError as error:
            told.append(str(error))
    try:
        whole, lines = check_results(path.parent)
        assert whole or "To do: " in lines[-1]
    except StoreError as error:
        told.append(str(error))
    assert all("\n" not in line and str(path) in line for line in told)
