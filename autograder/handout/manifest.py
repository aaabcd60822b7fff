"""The list of a handout's own files, by their hashes: what `bptt release` may write over, and nothing else.

It lies in the handout as MANIFEST, so that a folder that was released before is known by it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.handout.stubs import HandoutError
from autograder.model.text import some
from autograder.submissions.given import LEFT_BEHIND

MANIFEST = ".handout.json"
_SCHEMA = "bptt-kit/handout/v1"


def manifest(files: Mapping[str, bytes]) -> bytes:
    """Return the list of these files, by their paths in the handout."""
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items()) if name != MANIFEST}
    return (json.dumps({"schema": _SCHEMA, "files": hashes}, indent=1) + "\n").encode()


def own_files(folder: Path) -> list[str]:
    """Return the files of a handout that was released into a folder before, none where the folder is empty.

    Raises:
        HandoutError: there is a file that no release wrote, or that was changed since.
    """
    there = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    known = _known(folder)
    if known is None and there:
        raise HandoutError(
            f"{folder} is no handout of bptt: there is {some(list(there))}. Nothing was written; choose an empty folder"
        )
    foreign = [name for name in there if name not in (known or {}) and name != MANIFEST]
    changed = [name for name, due in (known or {}).items() if name in there and _hash(there[name]) != due]
    if foreign or changed:
        said = [f"not of the handout: {some(foreign)}"] if foreign else []
        said += [f"changed since: {some(changed)}"] if changed else []
        raise HandoutError(
            f"{folder} holds what no release wrote ({'; '.join(said)}). Nothing was written: move it away, or choose "
            "another folder"
        )
    return list(there)


def _files(folder: Path) -> Iterator[Path]:
    """Yield what is below a folder, but for folders and what running the self-check leaves."""
    for path in sorted(folder.rglob("*")):
        if not set(LEFT_BEHIND) & set(path.relative_to(folder).parts) and (path.is_symlink() or not path.is_dir()):
            yield path


def _known(folder: Path) -> dict[str, str] | None:
    """Return the hashes of a folder's manifest; None where there is none of ours."""
    try:
        found = json.loads((folder / MANIFEST).read_bytes())
        return {str(name): str(due) for name, due in found["files"].items()} if found["schema"] == _SCHEMA else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _hash(path: Path) -> str:
    return "" if path.is_symlink() or not path.is_file() else hashlib.sha256(path.read_bytes()).hexdigest()
