"""Makes `solutions/handout/examples/output/` from the reference: `make outputs`, and then `make release`."""

import os
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from autograder.handout.release import release
from tests.conftest import REFERENCE

#: The table of the examples, `solutions/handout/examples/table.py`.
EXAMPLES = import_module("solutions.handout.examples.table").EXAMPLES
OUTPUT = Path(__file__).parent.parent / "solutions" / "handout" / "examples" / "output"


def output(folder: Path, name: str) -> str:
    """Run an example in a folder of the handout, and return what it prints."""
    env = os.environ | {"PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "examples", name]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, encoding="utf-8", check=True).stdout


def main() -> None:
    """Run every example on the reference, and keep what it prints."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "desk"
        release(folder)
        (folder / "rnn.py").write_text(REFERENCE, encoding="utf-8")
        for example in EXAMPLES:
            (OUTPUT / f"{example.name}.txt").write_text(output(folder, example.name), encoding="utf-8")


if __name__ == "__main__":
    main()
