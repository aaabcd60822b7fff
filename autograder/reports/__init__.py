"""Pages for people: what an instructor sees in the terminal, and the feedback that students get.

What lives here: words and layout. Text that students control is escaped here, right where it is shown.
What may not: anything that decides a mark, and files for other programs (`autograder/exports/`).
"""

from autograder.reports.feedback import feedback_name, feedback_text, remove_feedback, write_feedback
from autograder.reports.terminal import report_progress, say, show_class

__all__ = [
    "feedback_name",
    "feedback_text",
    "remove_feedback",
    "report_progress",
    "say",
    "show_class",
    "write_feedback",
]
