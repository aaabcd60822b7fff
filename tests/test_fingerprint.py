"""The fingerprint of the kit, which decides whether a submission is graded again."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

import autograder
import solutions
from autograder import __version__
from autograder.model.identity import kit_fingerprint, kit_identity


def fingerprint_of(tree: Path) -> str:
    """Return the fingerprint that a copy of the kit has of itself."""
    code = "from autograder.model.identity import kit_fingerprint as f; print(f())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tree, check=True)
    return done.stdout.strip()


def test_the_identity_names_all_that_marks_depend_on():
    """Beside the kit: the Python that reads submissions, and the numpy that draws their inputs."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert kit_identity() == f"bptt-kit {kit_fingerprint()}, Python {python}, numpy {np.__version__}"


def test_the_fingerprint_follows_the_sources(tmp_path):
    """A copy of the kit has the same fingerprint wherever it lies, and another one when a source file changes."""
    for package in (autograder, solutions):
        source = Path(package.__path__[0])
        shutil.copytree(source, tmp_path / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    assert fingerprint_of(tmp_path) == kit_fingerprint()
    assert kit_fingerprint().startswith(f"{__version__}+")
    reference = tmp_path / "solutions" / "rnn.py"
    reference.write_text(reference.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert fingerprint_of(tmp_path) != kit_fingerprint()
