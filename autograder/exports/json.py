"""One JSON file of the whole class: what `docs/feedback.schema.json` describes, once per student."""

from autograder.exports.job import Exported, ExportJob
from autograder.reports.document import document, indented


def write(job: ExportJob) -> Exported:
    """Write the feedback of every student, sorted by id.

    Raises:
        OSError: the file can't be written.
    """
    ordered = sorted(job.verdicts, key=lambda verdict: verdict.student_id)
    students = [document(verdict) for verdict in ordered]
    job.out.write_bytes(indented({"schema": "bptt-kit/class/v1", "students": students}))
    return Exported(f"{len(students)} students: {job.out}")
