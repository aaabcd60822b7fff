"""`bptt grade --watch`: when it grades, and what it does once alone. Grading is a stand-in that counts."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from autograder.commands.order import Order
from autograder.commands.watch import watch
from autograder.reports.screen import Screen
from autograder.submissions import NoSubmissions


class Class:
    """A class that is watched: before each look something may happen to it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.orders, self.pauses, self.said = folder, list[Order](), list[float](), io.StringIO()
        monkeypatch.setattr("autograder.commands.watch.grade_folder", self.grade)

    def grade(self, order: Order, _: Screen) -> bool:
        self.orders.append(order)
        if not self.folder.exists():
            raise NoSubmissions(f"{self.folder} does not exist")
        return True

    def watched(self, *happens: Callable[[], object], **options: object) -> list[int]:
        """Return how often the class had been graded at each look."""
        left, counts = list(happens), list[int]()

        def pause(seconds: float) -> None:
            self.pauses.append(seconds)
            counts.append(len(self.orders))
            if not left:
                raise KeyboardInterrupt
            left.pop(0)()

        console = Console(file=self.said, width=200)
        with pytest.raises(KeyboardInterrupt):
            watch(Order(self.folder, Path("results"), **options), Screen(console, console), pause)
        return counts

    def put(self, name: str, text: str = "x = 1\n") -> Callable[[], object]:
        def put() -> None:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text)

        return put


@pytest.fixture
def some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Class:
    """A class of one."""
    found = Class(tmp_path / "class", monkeypatch)
    found.put("ana/rnn.py")()
    return found


def nothing() -> None:
    """Nothing happens."""


def test_a_change_of_any_kind_is_graded_once(some: Class) -> None:
    """A file that comes, another size, another time, a file that goes, and a folder that goes."""
    ana = some.folder / "ana" / "rnn.py"
    counts = some.watched(
        nothing,
        some.put("ben/rnn.py"),
        nothing,
        some.put("ben/rnn.py", "longer = 1\n"),
        lambda: os.utime(ana, ns=(1, 1)),
        nothing,
        ana.unlink,
        ana.parent.rmdir,
        nothing,
    )
    assert counts == [1, 1, 2, 2, 3, 4, 4, 5, 6, 6]
    assert set(some.pauses) == {5.0}
    assert some.said.getvalue().count(f"Watching {some.folder}: Ctrl-C ends it.") == 6


def test_a_class_that_is_not_there_yet_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told once, and again only where something has changed."""
    later = Class(tmp_path / "class", monkeypatch)
    counts = later.watched(nothing, nothing, later.put("ana/rnn.py"), nothing)
    assert counts == [1, 1, 1, 2, 2]
    assert later.said.getvalue().count(f"Nothing to grade yet: {later.folder} does not exist") == 1


def test_a_download_is_watched_as_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is downloaded anew is graded."""
    zipped = Class(tmp_path / "class.zip", monkeypatch)
    zipped.folder.write_bytes(b"old")
    assert zipped.watched(nothing, lambda: zipped.folder.write_bytes(b"newer")) == [1, 1, 2]


def test_what_is_asked_to_change_is_changed_once(some: Class) -> None:
    """`--regrade` and `--student` hold for the first run that comes about; everything else for all."""
    some.watched(some.put("ben/rnn.py"), regrade=True, students=("ana",), jobs=3)
    first, second = some.orders
    assert (first.regrade, first.students, first.jobs) == (True, ("ana",), 3)
    assert (second.regrade, second.students, second.jobs) == (False, (), 3)


def test_what_could_not_be_graded_yet_is_still_asked_to_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that found nobody has changed nothing."""
    later = Class(tmp_path / "class", monkeypatch)
    later.watched(later.put("ana/rnn.py"), later.put("ben/rnn.py"), regrade=True)
    assert [order.regrade for order in later.orders] == [True, True, False]
