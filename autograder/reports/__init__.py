"""Pages for people: what an instructor sees in the terminal, and the feedback that students get.

What lives here: words and layout. Text that students control is escaped here, right where it is shown.
What may not: anything that decides a mark, and files for other programs (`autograder/exports/`).
"""

from autograder.reports.class_page import class_page, write_report
from autograder.reports.feedback import feedback_text, outcome_heading, outcome_lines, summary_lines
from autograder.reports.files import file_stem, remove_feedback, write_feedback
from autograder.reports.page import feedback_page
from autograder.reports.progress import report_progress
from autograder.reports.terminal import say, show_changes, show_class

__all__ = [
    "class_page",
    "feedback_page",
    "feedback_text",
    "file_stem",
    "outcome_heading",
    "outcome_lines",
    "remove_feedback",
    "report_progress",
    "say",
    "show_changes",
    "show_class",
    "summary_lines",
    "write_feedback",
    "write_report",
]
