"""Find and read what students handed in.

What lives here: folder layouts, downloads of learning management systems, notebooks, limits on files.
Everything read is bytes or text; nothing here compiles, imports or executes it. What may not: anything that
knows a task.
"""

from autograder.submissions.fates import after_grading
from autograder.submissions.read import Source, Unreadable, read_source
from autograder.submissions.submission import FileNote, NoSubmissions, Submission, Survey
from autograder.submissions.survey import survey, survey_of

__all__ = [
    "FileNote",
    "NoSubmissions",
    "Source",
    "Submission",
    "Survey",
    "Unreadable",
    "after_grading",
    "read_source",
    "survey",
    "survey_of",
]
