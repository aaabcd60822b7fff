"""The files that everybody is given beside the stubs: the kit's, and those of the assignment's folder `handout`."""

from functools import cache
from pathlib import Path

from autograder.model.loading import loaded

_ENGINE = Path(__file__).parents[1]
_FILES, _MODULE = _ENGINE / "handout" / "files", "module"
#: Modules of the judge that the self-check needs as well.
SHARED = ("digest.py", "expressions.py", "seen.py")
#: What running the self-check leaves behind, and what keeps the handout's history.
LEFT_BEHIND = ("__pycache__", ".pytest_cache", ".ipynb_checkpoints", ".git")
_COPIED = (".py", ".txt", ".ini", ".svg")


def given() -> dict[str, Path]:
    """Return where each file is that a release copies as it is, by its path in the handout."""
    return _given(loaded().folder / "handout", loaded().module)


@cache
def _given(own: Path, module: str) -> dict[str, Path]:
    found = {path.relative_to(_FILES).as_posix(): path for path in _files(_FILES)}
    found[f"test_{module}.py"] = found.pop(f"test_{_MODULE}.py")
    found |= {f"selfcheck/{name}": _ENGINE / "judge" / name for name in SHARED}
    return found | {path.relative_to(own).as_posix(): path for path in _files(own)}


def _files(folder: Path) -> list[Path]:
    found = [path for path in sorted(folder.rglob("*")) if path.suffix in _COPIED]
    return [path for path in found if not set(LEFT_BEHIND) & set(path.relative_to(folder).parts)]
