"""What a results file keeps beside the verdicts: the run, with what marks were made, facts, the log, and who goes."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from autograder.model.loading import loaded, use
from autograder.model.settings import LateRule, Settings
from autograder.results.made import made
from autograder.results.standing import Entry
from autograder.results.store import FILE_NAME, Store, StoreError
from tests.sample_verdicts import graded, missing, not_graded
from tests.small_assignment import bundled_again, make
from tests.test_damage import change

__all__ = ["bundled_again"]  # a fixture

DUE = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
ONE = made(Settings(), "seeds", b"k" * 32, secret=False)
OTHER = msgspec.structs.replace(ONE, kit="another")


def entry(student: str, task: str = "softmax", reason: str = "on paper") -> Entry:
    return Entry(student, task, 3.0, reason, "tutor", "2026-11-29T10:00:00+00:00")


@pytest.fixture
def store(tmp_path: Path):
    with Store(tmp_path / "results" / FILE_NAME) as store:
        yield store


def test_a_run_is_remembered(store: Store) -> None:
    """When it began, what held student code, with what it made marks, and when each handed in; the last one counts."""
    assert (store.begun, store.sandbox, store.made, store.students()) == ("", "", None, {})
    assert store.late_rule() == LateRule()
    with pytest.raises(StoreError, match="holds no results yet; grade a class first"):
        store.settings()
    store.start_run(Settings(), ["old"], "nothing", OTHER)
    rule = LateRule(due=DUE, per_day=0.25)
    store.start_run(Settings(late=rule), {"ben": "2026-11-20T10:00:00+00:00", "ana": ""}, "a sandbox", ONE)
    assert timedelta(0) <= datetime.now(UTC) - datetime.fromisoformat(store.begun) < timedelta(hours=1)
    assert (store.sandbox, store.made, store.late_rule()) == ("a sandbox", ONE, rule)
    assert list(store.students().items()) == [("ana", ""), ("ben", "2026-11-20T10:00:00+00:00")]
    store.start_run(Settings(), ["ana", "ben"])
    assert (store.students(), store.made) == ({"ana": "", "ben": ""}, None)


def test_lateness_is_counted_from_when_each_handed_in(store: Store) -> None:
    """With the rule of the last run."""
    times = {"ana": "2026-11-21T10:00:00+00:00", "ben": "2026-11-20T10:00:00+00:00", "cy": ""}
    store.start_run(Settings(late=LateRule(due=DUE)), times)
    for name in times:
        store.save(name, "key", graded(name))
    assert {one.student_id: one.score for one in store.each()} == {"ana": 90, "ben": 100, "cy": 100}
    assert {one.student_id: one.score for one in store.marks()} == {"ana": 90, "ben": 100, "cy": 100}
    assert all(not outcome.findings for one in store.marks() for outcome in one.tasks)


def test_what_verdicts_were_made_with_is_known_of_each(store: Store) -> None:
    """Of those whom the grader failed on it is not asked; a mixture of two is told with the number of marks."""
    store.start_run(Settings(), ["ana", "ben", "cy"], "", OTHER)
    for verdict in (graded("ana"), graded("ben"), not_graded("cy"), graded("gone")):
        store.save(verdict.student_id, "key", verdict)
    assert store.mixed() == ""
    store.start_run(Settings(), ["ana", "ben", "cy"], "", ONE)
    assert "3 of 3 marks were made with others" in store.mixed()
    store.save("ana", "key", graded("ana"))
    store.save("cy", "key", graded("cy"))
    assert store.made_of() == {"ana": ONE.digest, "ben": OTHER.digest, "cy": ONE.digest, "gone": OTHER.digest}
    assert store.made_by() == {ONE.digest: ONE, OTHER.digest: OTHER}
    assert "1 of 3 marks were made with others" in store.mixed()
    store.start_run(Settings(), ["ana", "cy"], "", ONE)
    assert store.mixed() == ""


def test_statuses_are_those_of_the_class_and_works_of_all(store: Store) -> None:
    """Whoever is not in the class any more still has work, for the day they come back."""
    store.start_run(Settings(), ["ana", "ben"])
    for verdict in (graded("ana"), missing("ben"), graded("gone")):
        store.save(verdict.student_id, "key", verdict, f"work of {verdict.student_id}")
    assert store.statuses() == {"ana": "graded", "ben": "missing"}
    assert store.works() == {name: f"work of {name}" for name in ("ana", "ben", "gone")}


def test_a_key_is_made_once_for_each_results_file(tmp_path: Path) -> None:
    """Thirty-two bytes, the same whenever the file is opened, and others elsewhere."""
    keys = []
    for name in ("one", "one", "other"):
        with Store(tmp_path / name / FILE_NAME) as store:
            keys.append(store.key())
    assert keys[0] == keys[1] != keys[2]
    assert [len(key) for key in keys] == [32] * 3


def test_a_fact_that_was_changed_by_hand_is_none(tmp_path: Path) -> None:
    """What is under a name is what was last saved there."""
    path = tmp_path / FILE_NAME
    with Store(path) as store:
        assert store.fact("roster") == ""
        store.save_fact("roster", "old")
        store.save_fact("roster", "new")
        store.save_fact("other", "x")
        assert (store.fact("roster"), store.fact("other")) == ("new", "x")
    change(path, "UPDATE fact SET body = 'forged' WHERE name = 'roster'")
    with Store(path) as store:
        assert (store.fact("roster"), store.fact("other")) == ("", "x")


def test_the_log_only_grows(store: Store) -> None:
    """Entries come back in the order in which they were added."""
    first, second, third = entry("ben"), entry("ana", "forward"), entry("ben")
    store.add_entries([first, second])
    store.add_entries([])
    store.add_entries([third])
    assert store.log() == [first, second, third]


def test_a_log_that_was_changed_by_hand_is_told_and_mended(tmp_path: Path) -> None:
    """No mark is shown on its ground; what is whole of it stays."""
    path = tmp_path / FILE_NAME
    with Store(path) as store:
        store.start_run(Settings(), ["ana"])
        store.save("ana", "key", graded("ana"))
        store.add_entries([entry("ana"), entry("ana", "forward"), entry("ana", "bptt_W")])
        store.finish_run()
    change(path, "UPDATE entry SET body = replace(body, '3.0', '8.0') WHERE name = 2")
    with Store(path) as store:
        for use in (store.log, store.verdicts):
            with pytest.raises(StoreError, match="damaged: its log of marks by hand was changed, or damaged"):
                use()
        assert store.mend() == ["its log of marks by hand was changed, or damaged"]
        assert store.log() == [entry("ana"), entry("ana", "bptt_W")]
        assert store.mend() == []


def test_who_is_forgotten_is_in_no_byte_of_the_file(tmp_path: Path) -> None:
    """Verdict, marks by hand and due time go; everybody else's stay, in their order, and the run is as it was."""
    path = tmp_path / FILE_NAME
    rule = LateRule(due=DUE, extensions={"benedikt": DUE, "ana": DUE})
    with Store(path) as store:
        store.start_run(Settings(late=rule), ["ana", "benedikt"], "a sandbox", ONE)
        for name in ("ana", "benedikt"):
            store.save(name, "key", graded(name))
        store.add_entries([entry("ana"), entry("benedikt", reason="a private matter"), entry("ana", "forward")])
        store.finish_run()
        begun = store.begun
        store.forget("benedikt")
        store.forget("nobody")
        assert ([*store.students()], [one.student_id for one in store.each()]) == (["ana"], ["ana"])
        assert store.log() == [entry("ana"), entry("ana", "forward")]
        assert store.late_rule().extensions == {"ana": DUE}
        assert (store.begun, store.sandbox, store.made, store.finished) == (begun, "a sandbox", ONE, True)
    left = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert b"benedikt" not in left
    assert b"private" not in left


def test_settings_without_a_due_time_keep_no_rule_for_late_work(tmp_path: Path) -> None:
    """As older versions wrote them, so that the same settings are the same text."""
    path = tmp_path / FILE_NAME
    for late, kept in ((LateRule(), False), (LateRule(due=DUE), True)):
        with Store(path) as store:
            store.start_run(Settings(late=late), [])
            ((text,),) = store._rows("SELECT settings FROM run")
        assert ("late" in json.loads(text)) == kept


def test_results_are_read_with_the_assignment_that_was_graded(tmp_path: Path, bundled_again: None) -> None:
    """Its folder is kept with what the marks were made with."""
    folder = str(make(tmp_path / "tiny"))
    use(folder)
    settings = Settings()
    use("")
    with Store(tmp_path / FILE_NAME) as store:
        store.start_run(settings, [], "", msgspec.structs.replace(ONE, assignment=folder))
        assert loaded().name != "tiny"
        assert store.settings() == settings
        assert loaded().name == "tiny"
