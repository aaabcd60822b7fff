"""Many submissions: who still has to be graded, who grades, and what becomes of it.

What lives here: the coordinator, which alone reads submissions and writes results, and the places where
grading is done, processes of this machine or a Dask cluster. What may not: anything that decides a mark.
"""

from autograder.grading.coordinator import grade_class, look_at, open_workers
from autograder.grading.grader import Grader
from autograder.grading.local import LocalWorkers
from autograder.grading.work import Done, GradingJob, Lost, Workers

__all__ = ["Done", "Grader", "GradingJob", "LocalWorkers", "Lost", "Workers", "grade_class", "look_at", "open_workers"]
