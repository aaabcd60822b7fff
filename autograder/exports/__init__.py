"""Files for other programs: spreadsheets, and the systems in which a school keeps its grades.

What lives here: one module per format, each a function from verdicts to a file.
What may not: anything that decides a mark, and pages for people (`autograder/reports/`).
"""

from autograder.exports.csv import write_grades

__all__ = ["write_grades"]
