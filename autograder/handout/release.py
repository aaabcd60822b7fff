"""The handout: made from `solutions/`, and the only thing that students may get.

`release` writes it, `drift` tells what in a folder differs from what `release` would write.
"""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from autograder.handout.html_pages import html_pages
from autograder.handout.manifest import MANIFEST, manifest, own_files
from autograder.handout.notebook import notebook_text
from autograder.handout.public_cases import public_cases, public_files
from autograder.handout.public_hints import hint_files
from autograder.handout.render import pages
from autograder.handout.stubs import BEGIN, END, HandoutError, stub
from autograder.model.cases import Array
from autograder.model.loading import loaded
from autograder.model.settings import Settings
from autograder.model.tolerance import STYLES_AGREE
from autograder.submissions.given import LEFT_BEHIND, given

__all__ = ["BEGIN", "END", "HandoutError", "drift", "handout_files", "release", "stub"]

#: The file that says with which Python a course is graded.
GRADER = "selfcheck/grader.json"


def release(out: Path, settings: Settings | None = None) -> None:
    """Write the handout of a course into a folder that is empty, new, or has an earlier handout in it and nothing else.

    Raises:
        HandoutError: `out` is no folder, or holds a file that is not the handout's own, or was changed since.
        NoCases: no public cases came of the course's seed and sizes.
    """
    if out.exists() and not out.is_dir():
        raise HandoutError(f"{out} is not a folder; choose another place")
    before = own_files(out)
    due = handout_files(settings)
    for name, content in due.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for name in before:
        if name not in due:
            (out / name).unlink()


def drift(folder: Path) -> list[str]:
    """Say which files of a released folder are not what `release` would write; nothing when all are.

    Text is compared byte by byte. Arrays may differ in their last bits, as numpy's builds do.
    """
    due = handout_files()
    found = []
    for name, content in due.items():
        path = folder / name
        if not path.is_file():
            found.append(f"{name} is missing")
        elif name.endswith(".npz"):
            found += [f"{name}: {difference}" for difference in _array_drift(path.read_bytes(), content)]
        # Its hashes of arrays may be of another numpy, and any Python may have made the other one.
        elif name not in (MANIFEST, GRADER) and path.read_bytes() != content:
            found.append(f"{name} differs {_first_difference(path.read_bytes(), content)}")
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in due and not set(LEFT_BEHIND) & set(path.relative_to(folder).parts):
            found.append(f"{name} is no part of the handout")
    return found


def handout_files(settings: Settings | None = None) -> dict[str, bytes]:
    """Return every file of a course's handout by its path inside it."""
    settings = settings or Settings()
    module = loaded().module
    # Read as text: a checkout on Windows may have other line ends.
    made = {name: path.read_text(encoding="utf-8").encode() for name, path in given().items()}
    made[f"{module}.py"] = stub(loaded().source()).encode()
    made |= {name: page.encode() for name, page in pages(settings).items()}
    made |= html_pages(made)
    made[f"{module}.ipynb"] = notebook_text(settings).encode()
    made[GRADER] = (json.dumps({"python": sys.version_info[:2]}) + "\n").encode()
    made |= public_files("selfcheck/public_cases", settings) | hint_files("selfcheck/hints", public_cases(settings))
    made[MANIFEST] = manifest(made)
    return dict(sorted(made.items()))


def _array_drift(found: bytes, due: bytes) -> Iterator[str]:
    try:
        with np.load(io.BytesIO(found), allow_pickle=False) as file:
            ours = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        yield f"cannot be read ({error})"
        return
    with np.load(io.BytesIO(due), allow_pickle=False) as file:
        theirs = {name: file[name] for name in file.files}
    if ours.keys() != theirs.keys():
        yield f"other arrays: {', '.join(sorted(ours.keys() ^ theirs.keys())[:5])}"
    both = [name for name in theirs if name in ours]
    if other := [name for name in both if not _equal(ours[name], theirs[name])]:
        yield f"{len(other)} of {len(theirs)} arrays have other values, the first is {other[0]}"


def _equal(ours: Array, theirs: Array) -> bool:
    if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
        return False
    if theirs.dtype.kind != "f":
        return np.array_equal(ours, theirs)
    # Where float64 differs in its last bits, float32 may be rounded the other way.
    last_bits = max(STYLES_AGREE, 2 * float(np.finfo(theirs.dtype).eps))
    return np.allclose(ours, theirs, last_bits, STYLES_AGREE, equal_nan=True)


def _first_difference(found: bytes, due: bytes) -> str:
    ours, theirs = found.splitlines(), due.splitlines()
    number = next((n for n, (our, their) in enumerate(zip(ours, theirs, strict=False), start=1) if our != their), 0)
    if number:
        return f"from line {number} on"
    return f"in length: {len(ours)} lines for {len(theirs)}" if len(ours) != len(theirs) else "in its line ends"
