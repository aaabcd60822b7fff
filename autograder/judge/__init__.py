"""The judge: from cases and replies to a verdict. Pure functions, with no process, file or clock.

What lives here: what a right answer is, what each answer earns, why it was lost, and which known mistake
explains it. What may not: I/O, student code, and numbers that decide (those are in `tolerance.py`).
"""

from autograder.judge.judge import credited, examine_all, explain, judge_task, reach_verdict, rejected, ungraded
from autograder.judge.leeway import settled
from autograder.judge.values import CaseResult, examine

__all__ = [
    "CaseResult",
    "credited",
    "examine",
    "examine_all",
    "explain",
    "judge_task",
    "reach_verdict",
    "rejected",
    "settled",
    "ungraded",
]
