"""The autograder on Gradescope's machine: one submission in, `results.json` out. Started by run_autograder, as root."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.cases.secret import RequestError, read_secret
from autograder.exports.gradescope import results
from autograder.grading import Grader, look_at
from autograder.model.settings import ConfigError, Settings, load_settings
from autograder.model.verdict import Verdict
from autograder.reports.document import indented
from autograder.results.late import with_lateness
from autograder.sandbox.host.errors import SelfTestFailed, Unprotected
from autograder.sandbox.host.protect import protected_machine
from autograder.submissions import survey_of

# What Gradescope shows where no mark may be given; a result without a score is one that failed there.
_OUR_FAULT = "The autograder could not grade this submission. That is not your fault: please tell your instructor."


def grade_here(base: Path) -> bool:
    """Grade `base/submission` and write `base/results/results.json`; return whether there is a mark."""
    verdict = None
    try:
        settings, secret = _settings(base / "source")
        verdict = _verdict(base / "submission", _metadata(base / "submission_metadata.json"), settings, secret)
    except (ConfigError, RequestError, Unprotected, SelfTestFailed, OSError) as error:
        print(f"no mark was given: {error}", file=sys.stderr)  # instructors see this, students don't
    marked = verdict is not None and verdict.score is not None
    content = results(verdict) if verdict is not None and marked else {"output": _OUR_FAULT, "output_format": "text"}
    (base / "results").mkdir(exist_ok=True)
    (base / "results" / "results.json").write_bytes(indented(content))
    return marked


def _settings(source: Path) -> tuple[Settings, bytes | None]:
    config, secret = source / "config.toml", source / "secret.txt"
    return load_settings(config if config.is_file() else None), read_secret(secret) if secret.is_file() else None


def _metadata(path: Path) -> dict[str, Any]:
    """Return what Gradescope says about the submission; nothing where it says nothing that can be read."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _verdict(folder: Path, info: dict[str, Any], settings: Settings, secret: bytes | None) -> Verdict:
    (submission,) = survey_of({_student(info): folder}, settings.limits.file_bytes).submissions
    _, source, verdict = look_at(submission, settings)
    if source is not None:
        machine, _ = protected_machine(settings.limits, unprotected=False)
        grader = Grader(settings, secret, machine)
        try:
            verdict = grader.grade(submission.student_id, source)
        finally:
            grader.close()
    if verdict is None:
        raise OSError("there is neither a source nor a verdict")
    return with_lateness(verdict, _time(info.get("created_at")), settings.late)


def _student(info: dict[str, Any]) -> str:
    """Return who handed in; of a group the first, so that all of them get the same inputs."""
    users = info.get("users")
    people = [user for user in users if isinstance(user, dict)] if isinstance(users, list) else []
    names = sorted(str(person.get("email") or person.get("id")) for person in people)
    return names[0] if names else "student"


def _time(text: object) -> datetime | None:
    try:
        when = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return when if when.tzinfo else None


if __name__ == "__main__":
    sys.exit(0 if grade_here(Path(sys.argv[1])) else 1)
