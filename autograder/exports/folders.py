"""Formats with a file per student: a folder of folders."""

from collections.abc import Callable

from autograder.exports.job import Exported, ExportJob
from autograder.exports.writing import why_unmarked
from autograder.model.text import listing
from autograder.model.verdict import Verdict
from autograder.reports import file_stem


def write_folders(job: ExportJob, name: str, content: Callable[[Verdict], bytes]) -> Exported:
    """Write `<student>/<name>` for everybody who has a mark; the grader's own failures are listed.

    Raises:
        OSError: the folder or a file can't be written.
    """
    unmarked = []
    for verdict in job.verdicts:
        if verdict.score is None:
            unmarked.append(f"{verdict.student_id}: {why_unmarked(verdict)}")
            continue
        folder = job.out / file_stem(verdict.student_id)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content(verdict))
    done = f"{len(job.verdicts) - len(unmarked)} files <student>/{name}: {job.out}"
    return Exported(done, tuple(listing("No mark, and no file", unmarked)))
