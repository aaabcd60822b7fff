"""Files for other programs: spreadsheets, and the systems in which a school keeps its grades.

What lives here: one module per format, each a function from verdicts to a file, and the table of formats.
What may not: anything that decides a mark, and pages for people (`autograder/reports/`).
"""

from autograder.exports.csv import write_files, write_grades
from autograder.exports.formats import FORMATS, Request, export
from autograder.exports.job import Exported, ExportError

__all__ = ["FORMATS", "ExportError", "Exported", "Request", "export", "write_files", "write_grades"]
