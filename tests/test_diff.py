"""`bptt diff`: whose marks changed between two runs, and why."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from click.testing import CliRunner

from autograder.cli import main
from autograder.model.verdict import ByHand, Finding
from autograder.results.changes import changes
from autograder.results.late import with_lateness
from tests.sample_verdicts import graded, missing, not_graded
from tests.test_class_page import with_state
from tests.test_exports import keep
from tests.test_late import DUE, RULE


def why(old, new) -> tuple[str, ...]:
    found = changes([old] if old else [], [new] if new else [])
    return found[0].reasons if found else ()


def test_equal_verdicts_are_no_change():
    """Neither the time it took nor a remark is a change of marks."""
    assert why(graded("ana"), graded("ana", seconds=9.0, notes=("graded rnn.py",))) == ()


def test_a_task_that_went_otherwise_is_named_with_its_reason():
    """State and points before and after, and what is said of it now."""
    finding = Finding("tanh", "square", "bptt_W returns wrong values")
    new = with_state("ana", "bptt_W", "fail", findings=(finding,))
    assert why(graded("ana"), new) == ("bptt_W: pass 15 of 15 became fail 0 of 15; bptt_W returns wrong values",)


def test_what_was_said_before_is_no_reason():
    """Where the same is said of a task as before, other points have no reason in it."""
    finding = Finding("tanh", "square", "bptt_W returns wrong values")
    old, new = (with_state("ana", "bptt_W", "partial", points, findings=(finding,)) for points in (3.0, 11.4))
    assert why(old, new) == ("bptt_W: partial 3 of 15 became partial 11.4 of 15",)
    assert why(old, graded("ana")) == ("bptt_W: partial 3 of 15 became pass 15 of 15",)


def test_a_changed_rubric_is_the_reason():
    """A task that is worth more or less now says so, and so does one that was switched on or off."""
    old = graded("ana")
    worth = tuple(replace(task, points=20, max_points=20) if task.task == "bptt_W" else task for task in old.tasks)
    assert why(old, replace(old, tasks=worth)) == (
        "bptt_W: pass 15 of 15 became pass 20 of 20; it is worth 20 now, and was worth 15",
    )
    without = replace(old, tasks=old.tasks[1:])
    assert why(old, without) == ("softmax: no longer graded, was 8 of 8",)
    assert why(without, old) == ("softmax: graded now, 8 of 8",)


def test_statuses_late_penalties_and_strangers():
    """Another status, a new or lifted penalty, and who is in one run only."""
    late = with_lateness(graded("ana"), DUE + timedelta(hours=1), RULE)
    assert why(graded("ana"), late) == ("Late by 1 day begun: −10 points, from 100 to 90",)
    assert why(late, graded("ana")) == ("the late penalty is gone",)
    assert why(missing("ana"), not_graded("ana", "it broke")) == ("missing became not_graded (it broke)",)
    assert why(None, missing("ana")) == ("only in the new results",)
    assert why(missing("ana"), None) == ("only in the old results",)


HAND = ByHand(7.5, 11.0, "on paper", "tutor", "2026-11-29T10:00:00+00:00")


def test_a_mark_by_hand_is_told_with_what_it_was_and_what_counts_now():
    """When it is set, and when it is taken back; of a task that was never handed in, too."""
    old = with_state("ana", "bptt_W", "partial", 7.5)
    new = with_state("ana", "bptt_W", "partial", 11.0, hand=HAND)
    said = "bptt_W: 7.5, set to 11 by hand (tutor, 2026-11-29): on paper"
    assert why(old, new) == (said,)
    assert why(new, old) == ("bptt_W: 11, which was set by hand, is taken back; now 7.5",)
    one = replace(missing("ana"), tasks=tuple(task for task in new.tasks if task.hand), score=11.0)
    assert why(missing("ana"), one) == (said,)
    assert why(one, missing("ana")) == ("bptt_W: 11, which was set by hand, is taken back; now 0",)
    whole = replace(graded("ana"), hand=HAND, score=11.0)
    assert why(whole, graded("ana")) == ("the sum: 11, which was set by hand, is taken back; now 100",)


def test_what_was_not_there_to_compare_is_one_line():
    """A withheld mark that is shown again, work that came later, and another assignment."""
    held = replace(graded("ana"), status="withheld", score=None, tasks=())
    late = with_lateness(with_state("ana", "bptt_W", "partial", 11.0, hand=HAND), DUE + timedelta(hours=1), RULE)
    for shown in (graded("ana"), late):
        assert why(held, shown) == ("withheld became graded",)
        assert why(shown, held) == ("graded became withheld",)
    assert why(missing("ana"), graded("ana")) == ("missing became graded",)
    other = replace(graded("ana"), tasks=(replace(graded("ana").tasks[0], task="double"),))
    tasks = ", ".join(one.task for one in graded("ana").tasks)
    assert why(other, graded("ana")) == (f"other tasks: {tasks}; before, double",)
    marked = replace(other, tasks=(replace(other.tasks[0], hand=HAND),))
    assert why(marked, graded("ana")) == (f"other tasks: {tasks}; before, double",)


def test_marks_of_another_maximum_are_other_marks(tmp_path: Path, monkeypatch):
    """They are shown with what they are of, and counted so."""
    monkeypatch.chdir(tmp_path)
    keep([graded("ana", 0.0, "fail")], Path("old"))
    keep([replace(graded("ana", 0.0, "fail"), max_score=4, tasks=graded("ana", 0.0, "fail").tasks[:1])], Path("new"))
    lines = CliRunner().invoke(main, ["diff", "old", "new"]).stdout.splitlines()
    assert (lines[0], lines[-1]) == ("ana: 0 of 100 -> 0 of 4", "1 of 1 students have another mark.")


def test_students_and_tasks_come_in_any_order():
    """Everybody is compared with themselves, and the list is sorted by id."""
    old = [graded("ana"), graded("ben"), graded("cy")]
    new = [with_state("cy", "softmax", "fail"), graded("ben"), with_state("ana", "bptt_W", "partial", 3.0)]
    new[0] = replace(new[0], tasks=new[0].tasks[::-1])
    found = changes(old, new)
    assert found == changes(old[::-1], new[::-1])
    assert [(change.student_id, len(change.reasons), change.before.student_id) for change in found] == [
        ("ana", 1, "ana"),
        ("cy", 1, "cy"),
    ]
    both = replace(with_state("ana", "bptt_W", "fail"), status="timeout", message="took too long")
    assert why(graded("ana"), both) == (
        "graded became timeout (took too long)",
        "bptt_W: pass 15 of 15 became fail 0 of 15",
    )


def test_the_command_shows_them(tmp_path: Path, monkeypatch):
    """Each student with both scores and the reasons, and how many have another mark; names are printed safely."""
    monkeypatch.chdir(tmp_path)
    keep([graded("ana"), graded("ben\x1b[2J"), missing("cy")], Path("old"))
    keep([graded("ana"), with_state("ben\x1b[2J", "softmax", "fail"), not_graded("cy")], Path("new"))
    done = CliRunner().invoke(main, ["diff", "old", "new"])
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        r"ben\x1b[2J: 100 -> 92",
        "  softmax: pass 8 of 8 became fail 0 of 8",
        "cy: 0 -> no mark",
        "  missing became not_graded (the sandbox could not be started)",
        "2 of 3 students have another mark.",
    ]


def test_a_folder_without_results_is_said(tmp_path: Path, monkeypatch):
    """Comparing with nothing is a failure with one message."""
    monkeypatch.chdir(tmp_path)
    keep([graded("ana")], Path("old"))
    done = CliRunner().invoke(main, ["diff", "old", "new"])
    assert done.exit_code == 1
    assert "grade a class first" in done.stderr
