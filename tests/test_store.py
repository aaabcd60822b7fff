"""The results file: what it keeps, what survives, and what is said when it can't be used."""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.model.settings import Settings, TaskSettings
from autograder.results.store import Store, StoreError
from tests.sample_verdicts import graded, missing, not_graded


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a results file can be made."""
    return tmp_path / "results" / "results.sqlite"


def run_python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run code in a Python of its own, in the repository."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent.parent, check=False)


def test_verdicts_come_back_as_they_were(path):
    """Every field of a verdict, its seconds too, is the same after a round trip, and the list is sorted."""
    verdicts = [
        graded("zoë", 0.5, "partial", message="half", notes=("a note",)),
        graded("ana", 0, "fail", "import_error"),
        not_graded("müller"),
    ]
    with Store(path) as store:
        store.start_run(Settings(), [verdict.student_id for verdict in verdicts])
        for verdict in verdicts:
            store.save(verdict.student_id, "key", verdict)
    with Store(path, create=False) as store:
        kept = store.verdicts()
    assert kept == sorted(verdicts, key=lambda verdict: verdict.student_id)
    assert [verdict.seconds for verdict in kept] == [0.25, 0.0, 0.25]


def test_a_later_verdict_replaces_an_earlier_one(path):
    """A student has one verdict, and the key of that one."""
    with Store(path) as store:
        store.start_run(Settings(), ["ana"])
        store.save("ana", "old", graded("ana", 0.2))
        store.save("ana", "new", graded("ana", 0.9))
        assert store.known() == {"ana": "new"}
        assert store.verdicts() == [graded("ana", 0.9)]


def test_who_was_not_graded_is_not_known(path):
    """A student on whom the grader failed is graded again by the next run."""
    with Store(path) as store:
        store.save("ana", "1", graded("ana"))
        store.save("ben", "2", not_graded("ben"))
        store.save("cy", "3", missing("cy"))
        assert store.known() == {"ana": "1", "cy": "3"}


def test_who_left_the_class_is_kept_but_not_shown(path):
    """A student who is no longer in the folder is in no output; if they come back, their verdict is still known."""
    with Store(path) as store:
        store.start_run(Settings(), ["ana", "ben"])
        store.save("ana", "1", graded("ana"))
        store.save("ben", "2", graded("ben"))
        store.start_run(Settings(), ["ana"])
        assert store.verdicts() == [graded("ana")]
        assert store.gone() == ["ben"]
        store.start_run(Settings(), ["ana", "ben"])
        assert store.known() == {"ana": "1", "ben": "2"}
        assert store.verdicts() == [graded("ana"), graded("ben")]
        assert store.gone() == []


def test_the_settings_of_the_run_are_kept(path):
    """A report knows the settings of the run that it reports."""
    settings = Settings(seed=3, tasks={"bptt_W": TaskSettings(points=20)})
    with Store(path) as store:
        store.start_run(Settings(), ["ana"])
        store.start_run(settings, ["ana"])
    with Store(path) as store:
        assert store.settings() == settings


def test_a_run_is_finished_when_it_says_so(path):
    """A run that was only begun does not count as finished, nor does one begun after another had finished."""
    with Store(path) as store:
        assert not store.finished
        store.start_run(Settings(), [])
        assert not store.finished
        store.finish_run()
        assert store.finished
        store.start_run(Settings(), [])
        assert not store.finished


def test_what_was_saved_survives_a_kill(path):
    """A process killed by SIGKILL right after a save leaves that verdict, and a file that can be used."""
    code = """
import os, signal, sys
from pathlib import Path
from tests.sample_verdicts import graded
from autograder.model.settings import Settings
from autograder.results.store import Store
store = Store(Path(sys.argv[1]))
store.start_run(Settings(), ["ana", "ben"])
store.save("ana", "1", graded("ana"))
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert run_python(code, path).returncode == -signal.SIGKILL
    with Store(path) as store:
        assert store.known() == {"ana": "1"}
        store.save("ben", "2", graded("ben"))
        assert store.verdicts() == [graded("ana"), graded("ben")]


def test_a_power_cut_takes_the_last_verdicts_at_most(path, tmp_path):
    """Wherever the log breaks off, the file can be used, and has all verdicts up to some moment."""
    ids = [f"s{n:02}" for n in range(12)]
    with Store(path) as store:
        store.start_run(Settings(), ids)
        for student_id in ids:
            store.save(student_id, "1", graded(student_id, 0.5, "fail"))
        log = path.with_name(f"{path.name}-wal").read_bytes()
        file = path.read_bytes()
    counts = []
    for share in (0.2, 0.4, 0.6, 0.8, 1.0):
        cut = tmp_path / str(share) / path.name
        cut.parent.mkdir()
        cut.write_bytes(file)
        cut.with_name(f"{path.name}-wal").write_bytes(log[: round(share * len(log))])
        with Store(cut) as store:
            known = [*store.known()]
            assert known == ids[: len(known)]
            counts.append(len(known))
            store.save("s11", "2", graded("s11"))
            assert store.known()["s11"] == "2"
    assert counts == sorted(counts)
    assert counts[0] < counts[-1] == len(ids)


def break_off(store: Store) -> None:
    """Be interrupted while two things are stored."""
    with store.together():
        store.save("ben", "2", graded("ben"))
        store.save_proof("another", 4)
        raise KeyboardInterrupt


def test_verdicts_are_stored_together_or_not_at_all(path):
    """What is stored in one block and does not come to its end leaves nothing."""
    with Store(path) as store:
        with store.together():
            store.save("ana", "1", graded("ana"))
            store.save_proof("a mark", 3)
        with pytest.raises(KeyboardInterrupt):
            break_off(store)
    with Store(path) as store:
        assert store.known() == {"ana": "1"}
        assert store.proved() == {"a mark": 3}


def test_shares_of_a_class(path):
    """However many shares a class is cut into, each student is in one of them."""
    ids = [f"s{n:02}" for n in range(10)]
    with Store(path) as store:
        store.start_run(Settings(), ids[1:])
        for student_id in reversed(ids):
            store.save(student_id, "1", graded(student_id))
        for shares in (1, 3, 20):
            found = [[verdict.student_id for verdict in store.each(share, shares)] for share in range(shares)]
            assert sorted(student_id for share in found for student_id in share) == ids[1:]
            assert all(share == sorted(share) for share in found)


def test_a_disk_that_takes_no_more(path):
    """Where the file can't grow, the message says so, and what was saved before can be read."""
    code = """
import resource, sys
from pathlib import Path
from tests.sample_verdicts import graded
from autograder.model.settings import Settings
from autograder.results.store import Store, StoreError
with Store(Path(sys.argv[1])) as store:
    store.start_run(Settings(), ["ana", "ben"])
    store.save("ana", "1", graded("ana"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
    try:
        for n in range(100):
            store.save(f"b{n}", "2", graded("ben", 0.5, "fail"))
    except StoreError as error:
        print(error)
    print(len(store.verdicts()))
"""
    done = run_python(code, path)
    message, count = done.stdout.splitlines()
    assert message.startswith(f"{path}: the disk is full or failing")
    assert count == "1"


def test_a_folder_that_may_not_be_written():
    """In a read-only folder the message names the file and its rights."""
    with tempfile.TemporaryDirectory() as folder:
        code = """
import os, sys
from pathlib import Path
from autograder.results.store import Store, StoreError
if os.geteuid() == 0:
    os.seteuid(65534)  # root may write anywhere
try:
    Store(Path(sys.argv[1]) / "results.sqlite")
except StoreError as error:
    print(error)
"""
        Path(folder).chmod(0o555)
        done = run_python(code, folder)
        Path(folder).chmod(0o755)
    assert "results.sqlite: it can't be opened; check the rights of the file and of its folder" in done.stdout


def test_a_results_folder_that_is_a_file(tmp_path):
    """A file in place of the results folder is named as the reason."""
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(StoreError, match="taken can't be made a results folder: File exists"):
        Store(tmp_path / "taken" / "results.sqlite")


def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    """A text file under our name is refused, and stays as it is."""
    path = tmp_path / "results.sqlite"
    path.write_text("a shopping list\n" * 100)
    with pytest.raises(StoreError, match="not a results file of bptt"):
        Store(path)
    assert path.read_text() == "a shopping list\n" * 100


def test_a_database_of_another_program_is_left_alone(tmp_path):
    """A foreign database is refused, and not a byte of it changes."""
    path = tmp_path / "results.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not a results file of bptt"):
        Store(path)
    assert path.read_bytes() == before


def test_a_newer_layout_is_refused(path):
    """A file of a later kit is refused with what to do, rather than read wrongly."""
    Store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="has layout 99, and this version of bptt reads layout"):
        Store(path)


def test_nothing_was_graded_yet(path):
    """A report on a folder without results says which command makes them."""
    with pytest.raises(StoreError, match="grade a class first: bptt grade SUBMISSIONS --out"):
        Store(path, create=False)
    assert not os.path.lexists(path)
    with Store(path) as store, pytest.raises(StoreError, match="holds no results yet"):
        store.settings()
