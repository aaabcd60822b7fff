"""`bptt release --check`: a solution against the handout, in a folder that is gone afterwards."""

import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from autograder.assignment import loaded
from autograder.handout.release import HandoutError, release
from autograder.model.settings import Settings
from autograder.submissions import Unreadable, read_source


def check_solution(solution: Path, settings: Settings) -> int:
    """Run the self-check of a handout on somebody's file or notebook, on the screen; return pytest's exit status.

    The code runs with your rights, as pytest runs it for a student.

    Raises:
        HandoutError: the solution can't be read, or pytest is not installed.
        NoCases: no public cases came of the settings.
    """
    if find_spec("pytest") is None:
        raise HandoutError("--check runs the handout's own pytest, which is not installed here: pip install pytest")
    try:
        source = read_source(solution, settings.limits.file_bytes)
    except (Unreadable, OSError) as error:
        raise HandoutError(str(error)) from error
    with tempfile.TemporaryDirectory(prefix="bptt-check-") as name:
        folder = Path(name)
        release(folder, settings)
        (folder / f"{loaded().module}.py").write_text("\n\n".join(code for _, code in source.chunks), encoding="utf-8")
        done = subprocess.run([sys.executable, "-m", "pytest", "-p", "no:cacheprovider"], cwd=folder, check=False)
    return done.returncode
