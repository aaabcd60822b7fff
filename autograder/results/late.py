"""Late penalties: what a submission loses by the clock, after everything that it earned."""

import math
from dataclasses import replace
from datetime import datetime

from autograder.model.points import number
from autograder.model.settings import LateRule
from autograder.model.verdict import Late, Verdict

_DAY = 86_400


def with_lateness(verdict: Verdict, handed_in: datetime | None, rule: LateRule) -> Verdict:
    """Return the verdict after the rule: with a lower score, and the reason, where the work came late.

    Nothing changes within the grace period, without a rule or a known time, or where there is nothing to lose.
    """
    if rule.due is None or handed_in is None or not verdict.score:
        return verdict
    seconds = (handed_in - rule.due).total_seconds()
    if seconds <= rule.grace_minutes * 60:
        return verdict
    days = math.ceil(seconds / _DAY)
    kept = max(rule.floor, 1 - rule.per_day * days)
    score = round(verdict.score * kept, 4)
    return replace(verdict, score=score, late=Late(handed_in.isoformat(), days, round(verdict.score - score, 4)))


def late_line(verdict: Verdict) -> str:
    """Return the line about a late hand-in, or "" where there is none."""
    if verdict.late is None or verdict.score is None:
        return ""
    days = "1 day begun" if verdict.late.days == 1 else f"{verdict.late.days} days begun"
    earned = number(verdict.score + verdict.late.lost)
    return f"Late by {days}: −{number(verdict.late.lost)} points, from {earned} to {number(verdict.score)}"
