"""Find and read what students handed in.

What lives here: folder layouts, notebooks, limits on files. Everything read is bytes or text; nothing
here compiles, imports or executes it. What may not: anything that knows a task.
"""

from autograder.submissions.find import NoSubmissions, Submission, find_submissions
from autograder.submissions.read import Source, Unreadable, read_source

__all__ = ["NoSubmissions", "Source", "Submission", "Unreadable", "find_submissions", "read_source"]
