"""The one thing that pyproject.toml can't say: in a wheel, the assignment lies inside of the engine.

In the repository `solutions/` is a folder beside `autograder/`, and an editable installation leaves it there. A wheel
has a copy of the whole folder, at `autograder/bundled/`: no package of a name that others may have is installed.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithAssignment(build_py):
    """Copies the assignment, beside the packages that pyproject.toml names."""

    def run(self) -> None:
        """Build as always, but into an empty folder: setuptools would pack what an earlier build left there."""
        if self.editable_mode:
            super().run()
            return
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        bundled = Path(self.build_lib, "autograder", "bundled")
        shutil.copytree("solutions", bundled, ignore=shutil.ignore_patterns("__pycache__"))


setup(cmdclass={"build_py": BuildWithAssignment})
