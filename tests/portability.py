"""The handout with other interpreters and other versions of numpy: `make portability`.

    python -m tests.portability [--list]

Makes a virtual environment in build/portability for each combination whose Python is on this machine, runs the
self-check of a released folder there (stubs, the reference, a mistake), and prints a table.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.handout.release import handout_files
from tests.conftest import REFERENCE
from tests.desk import Student, solved

ROOT = Path(__file__).parent.parent
_SIGN = 'return (Y - Y_hat) / (len(Y) if reduction == "mean" else 1)'
BUILD = ROOT / "build" / "portability"


@dataclass(frozen=True)
class Combination:
    """One Python with one numpy and one numdifftools."""

    version: tuple[int, int]
    numpy: str  # as pip has it
    numdifftools: str = ">=0.9.41"

    def __str__(self) -> str:
        python = f"python{self.version[0]}.{self.version[1]}"
        return f"{python}-numpy{self.numpy}-numdifftools{self.numdifftools}"

    @property
    def python(self) -> Path:
        """The interpreter of its environment, made or not."""
        name = re.sub("[<>=~]+", "-", str(self))
        return BUILD / name / "bin" / "python"

    @property
    def prepared(self) -> Path:
        """The file that is there once everything is installed."""
        return self.python.parent.parent / "installed"

    def problem(self, student: Student) -> str:
        """Run the self-check on stubs, the reference and a mistake; return what is not as it should be, or ""."""
        for what, text, status, expected in (
            ("stubs", handout_files()["rnn.py"].decode(), 0, "total     0 of 100"),
            ("reference", REFERENCE, 0, "total   100 of 100"),
            ("mistake", solved(output_error=_SIGN), 1, "looks like"),
        ):
            run = student.hand(text).check(python=str(self.python))
            if run.returncode != status or expected not in run.stdout or "arning" in run.stdout + run.stderr:
                return f"{what}: exit status {run.returncode}\n{run.stdout}{run.stderr}"
        return ""


# numpy 1.26 has no wheels for Python 3.13 and newer, 2.3 and newer none for 3.10. The newest numdifftools, but for
# the last ones: 0.9 gives an estimate and its facts, 0.11 one tuple.
MATRIX = (
    *(Combination((3, minor), "~=1.26.0") for minor in (10, 11, 12)),
    *(Combination((3, minor), "~=2.1.0") for minor in (10, 13)),
    *(Combination((3, minor), ">=2.2") for minor in range(10, 15)),
    *(Combination((3, 11), numpy, "~=0.9.41") for numpy in ("~=1.26.0", ">=2.2")),
    Combination((3, 12), ">=2.2", "~=0.10.0"),
)


def found(version: tuple[int, int]) -> str:
    """Return an interpreter of this version that works, or ""."""
    name = f"python{version[0]}.{version[1]}"
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    beside = sorted(pyenv.glob(f"{version[0]}.{version[1]}.*/bin/{name}"), reverse=True)
    for place in (shutil.which(name), *map(str, beside)):
        if (
            place
            and subprocess.run([place, "-c", "import ensurepip, venv"], capture_output=True, check=False).returncode
            == 0
        ):
            return place
    return ""


def prepare(combination: Combination) -> str:
    """Make the environment of a combination, once; return why that cannot be done, or ""."""
    if combination.prepared.exists():
        return ""
    base = found(combination.version)
    if not base:
        return "this Python is not on this machine"
    folder = combination.python.parent.parent
    subprocess.run([base, "-m", "venv", "--clear", str(folder)], check=True)
    wanted = [f"numpy{combination.numpy}", "pytest>=8", f"numdifftools{combination.numdifftools}"]
    pip = [str(combination.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run = subprocess.run([*pip, "--only-binary", ":all:", *wanted], capture_output=True, text=True, check=False)
    if run.returncode:
        return f"pip: {run.stderr.strip().splitlines()[-1]}"
    combination.prepared.touch()
    return ""


def versions(combination: Combination) -> str:
    """Return what is installed there."""
    code = "import sys\nprint(sys.version.split()[0])\n"
    code += "".join(
        f"import {name}\nprint({name}.__version__)\n" for name in ("numpy", "scipy", "numdifftools", "pytest")
    )
    return subprocess.run([str(combination.python), "-c", code], capture_output=True, text=True, check=True).stdout


def main() -> None:
    """Run the matrix and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--list", action="store_true", help="only name the combinations")
    if parser.parse_args().list:
        for combination in MATRIX:
            print(combination)
        return
    table = Table("asked for", "Python", "numpy", "scipy", "numdifftools", "pytest", "the self-check")
    broken = []
    with tempfile.TemporaryDirectory() as place:
        student = Student(Path(place))
        for combination in MATRIX:
            if missing := prepare(combination):
                table.add_row(str(combination), "", "", "", "", "", f"not run: {missing}")
                continue
            problem = combination.problem(student)
            table.add_row(str(combination), *versions(combination).split(), problem.partition("\n")[0] or "right")
            broken += [problem] if problem else []
    Console(width=120).print(table)
    sys.exit("\n".join(broken))


if __name__ == "__main__":
    main()
