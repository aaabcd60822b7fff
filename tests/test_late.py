"""Late penalties: when they are due, what they take, and where they are shown."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from autograder.cli import main
from autograder.exports.classroom50 import result
from autograder.exports.csv import write_grades
from autograder.exports.gradescope import results
from autograder.exports.moodle import feedback_comment
from autograder.grading import LocalWorkers, grade_class
from autograder.model.settings import LateRule, Settings
from autograder.model.settings_file import ConfigError, load_settings
from autograder.reports import feedback_page, feedback_text
from autograder.results.late import late_line, with_lateness
from autograder.results.store import Store
from autograder.sandbox.host.levels import detect
from autograder.submissions import survey
from tests.conftest import REFERENCE
from tests.lms import DATA, packed
from tests.sample_verdicts import graded, missing, not_graded
from tests.test_exports import keep

DUE = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
RULE = LateRule(due=DUE, grace_minutes=30, per_day=0.1, floor=0.5)


@pytest.mark.parametrize(
    ("late", "score"),
    [
        (timedelta(days=-1), 80),
        (timedelta(minutes=30), 80),
        (timedelta(minutes=30, seconds=1), 72),
        (timedelta(days=1), 72),
        (timedelta(days=1, seconds=1), 64),
        (timedelta(days=30), 40),
    ],
)
def test_each_day_begun_costs_its_share(late, score):
    """Nothing within the grace period; then a share of the score per day begun since it was due, down to the floor."""
    after = with_lateness(graded("ana", 0.8), DUE + late, RULE)
    assert after.score == score
    assert (after.late.lost if after.late else 0) == 80 - score


@pytest.mark.parametrize(
    ("verdict", "when", "rule"),
    [
        (graded("ana"), None, RULE),
        (graded("ana"), DUE + timedelta(days=9), LateRule()),
        (missing("ana"), DUE + timedelta(days=9), RULE),
        (not_graded("ana"), DUE + timedelta(days=9), RULE),
    ],
)
def test_without_a_time_a_rule_or_a_score_nothing_changes(verdict, when, rule):
    """What is not known to be late, and what has no points, stays as it is."""
    assert with_lateness(verdict, when, rule) == verdict


@given(
    score=st.floats(0.5, 100),
    minutes=st.integers(-3_000, 20_000),
    grace=st.integers(0, 3_000),
    per_day=st.floats(0, 1),
    floor=st.floats(0, 1),
    zone=st.integers(-12, 12),
)
def test_a_penalty_is_what_the_rule_says(score, minutes, grace, per_day, floor, zone):
    """Whatever the rule, the time and its zone: days begun since it was due, of the score, never below the floor."""
    rule = LateRule(due=DUE, grace_minutes=grace, per_day=per_day, floor=floor)
    when = (DUE + timedelta(minutes=minutes)).astimezone(timezone(timedelta(hours=zone)))
    after = with_lateness(replace(graded("ana"), score=score), when, rule)
    if minutes <= grace:
        assert (after.score, after.late) == (score, None)
        return
    days = -(-minutes // 1440)
    assert after.score == pytest.approx(score * max(floor, 1 - per_day * days), abs=1e-4)
    assert after.late.days == days
    assert datetime.fromisoformat(after.late.handed_in) == when
    assert round(after.score + after.late.lost, 4) == pytest.approx(score, abs=1e-4)
    assert (round(after.score, 4), round(after.late.lost, 4)) == (after.score, after.late.lost)


def test_the_penalty_has_a_line_of_its_own(tmp_path: Path):
    """Feedback and exports show what lateness took beside the points of the tasks, and their lines add up."""
    verdict = with_lateness(graded("ana"), DUE + timedelta(days=1, hours=3), RULE)
    line = "Late by 2 days begun: −20 points, from 100 to 80"
    assert late_line(verdict) == line
    one = with_lateness(graded("ana"), DUE + timedelta(hours=1), RULE)
    assert (late_line(one), late_line(graded("ana"))) == ("Late by 1 day begun: −10 points, from 100 to 90", "")
    assert line in feedback_page(verdict)
    assert line in feedback_text(verdict)
    assert line in feedback_comment(verdict)
    there = results(verdict)
    assert there["tests"][-1]["name"] == "Late penalty"
    assert sum(test["score"] for test in there["tests"]) == there["score"] == 80
    classroom = result(verdict, {}, DUE)  # where no test may have less than 0 points
    assert (classroom["tests"][-1]["test-name"], classroom["tests"][-1]["points"]) == (line, -20)
    assert sum(test["points"] for test in classroom["tests"]) == classroom["score"] == 80
    write_grades(tmp_path / "grades.csv", [verdict, graded("ben")], Settings(late=RULE))
    header, ana, ben = csv.reader(io.StringIO((tmp_path / "grades.csv").read_text()))
    assert (header[-1], ana[1], ana[-1], ben[1], ben[-1]) == ("late_penalty", "80", "20", "100", "0")


def test_the_rule_comes_from_the_settings(tmp_path: Path):
    """A due time needs its offset, as extensions do; the rule is no part of what a verdict depends on."""
    path = tmp_path / "course.toml"
    path.write_text("[late]\ndue = 2026-11-20T23:00:00Z\nper_day = 0.25\n")
    settings = load_settings(path)
    assert settings.late == LateRule(due=DUE, per_day=0.25)
    assert settings.digest() == Settings().digest()
    assert Settings.model_validate_json(settings.model_dump_json()) == settings
    path.write_text("[late]\ndue = 2026-11-20T23:00:00\n")
    with pytest.raises(ConfigError, match=r"late\.due: .* expected a date and time with its offset"):
        load_settings(path)
    path.write_text("[late]\ndue = 2026-11-20T23:00:00Z\n[late.extensions]\nana = 2026-11-22T23:00:00\n")
    with pytest.raises(ConfigError, match=r"late\.extensions\.ana: .* expected a date and time with its offset"):
        load_settings(path)
    path.write_text("[late]\nper_day = 2.0\n")
    with pytest.raises(ConfigError, match=r"late\.per_day"):
        load_settings(path)


def test_times_come_from_nbgrader(tmp_path: Path):
    """The timestamp beside a submission is when it was handed in; one that can't be read is none."""
    for student, text in (("ana", "2026-11-21 01:00:00.500000 UTC\n"), ("ben", "yesterday"), ("cy", "x" * 1000)):
        folder = tmp_path / "submitted" / student / "rnn"
        folder.mkdir(parents=True)
        (folder / "rnn.ipynb").write_text("{}")
        (folder / "timestamp.txt").write_text(text)
    found = {submission.student_id: submission.handed_in for submission in survey(tmp_path).submissions}
    assert found == {"ana": datetime(2026, 11, 21, 1, 0, 0, 500_000, tzinfo=UTC), "ben": None, "cy": None}


def test_a_late_download_is_graded_late(tmp_path: Path):
    """From Gradescope's export to the mark: after the penalty, and another after another rule, without grading anew."""
    metadata = "submission_1:\n  :submitters:\n  - :sid: s1\n  :created_at: 2026-11-21 08:00:00 Z\n"
    (tmp_path / "export.zip").write_bytes(
        packed({"submission_metadata.yml": metadata, "submission_1/rnn.py": REFERENCE})
    )
    found = survey(tmp_path / "export.zip")
    scores = []
    with Store(tmp_path / "results.sqlite") as store:
        for settings in (Settings(late=RULE), Settings(late=RULE), Settings()):
            store.start_run(settings, {one.student_id: one.handed_in.isoformat() for one in found.submissions})
            graded_now: list[str] = []
            with LocalWorkers(settings, detect(), jobs=1) as workers:
                grade_class(
                    found.submissions,
                    settings=settings,
                    secret=None,
                    workers=workers,
                    store=store,
                    on_verdict=lambda verdict, seen=graded_now: seen.append(verdict.student_id),
                )
            scores.append((store.verdicts()[0].score, graded_now))
    assert scores == [(90, ["s1"]), (90, []), (100, [])]


def test_the_document_has_the_penalty(tmp_path: Path, monkeypatch):
    """The JSON form has what lateness took."""
    monkeypatch.chdir(tmp_path)
    keep([with_lateness(graded("ana"), DUE + timedelta(hours=1), RULE)])
    done = CliRunner().invoke(main, ["export", "json", "results", "--out", "class.json"])
    assert done.exit_code == 0
    (student,) = json.loads((tmp_path / "class.json").read_text())["students"]
    assert student["late"] == {"handed_in": "2026-11-21T00:00:00+00:00", "days": 1, "lost": 10}


def test_a_filled_gradebook_says_who_was_late(tmp_path: Path, monkeypatch):
    """A column has room for the mark alone, so the penalties are listed beside it."""
    monkeypatch.chdir(tmp_path)
    keep([with_lateness(graded("jdoe"), DUE + timedelta(hours=1), RULE)])
    fill = ("--fill", str(DATA / "canvas-gradebook.csv"), "--column", "880", "--out", "filled.csv")
    done = CliRunner().invoke(main, ["export", "canvas", "results", *fill])
    assert "Marks after a late penalty (1):\n  jdoe: Late by 1 day begun: −10 points, from 100 to 90\n" in done.stderr
