"""One JSON file of the whole class: how its marks were made, and each student as `docs/feedback.schema.json` says."""

from autograder.exports.job import Exported, ExportJob
from autograder.reports.document import document, indented


def write(job: ExportJob) -> Exported:
    """Write the feedback of every student, sorted by id.

    Raises:
        OSError: the file can't be written.
    """
    ordered = sorted(job.verdicts, key=lambda verdict: verdict.student_id)
    students = [document(verdict) for verdict in ordered]
    job.out.write_bytes(indented({"schema": "bptt-kit/class/v1", "run": job.run, "students": students}))
    return Exported(f"{len(students)} students: {job.out}")
