"""Builds the site with JupyterLite's own command, in a folder that is gone afterwards."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from autograder.handout.manifest import MANIFEST
from autograder.handout.release import HandoutError, handout_files
from autograder.handout.render import filled_page
from autograder.handout.site.edition import PACKED, Edition, edition_after
from autograder.handout.site.wheels import write_wheel
from autograder.model.loading import loaded
from autograder.model.settings import Settings

#: Says what a folder of ours holds, so that it can be built anew, and which edition of the notebook is in it.
SITE = "site.json"
# What Pyodide does not bring: what the kernel needs, numdifftools, and what that needs.
_WHEELS = ("comm", "numdifftools", "lazy-importer")
# What the kernel and the first cell need of Pyodide.
_AT_ONCE = ["micropip", "ssl", "sqlite3", "jedi", "ipython", "numpy"]
_KERNEL = "@jupyterlite/pyodide-kernel-extension"
_PYODIDE = "https://cdn.jsdelivr.net/pyodide/v0.27.6/full/pyodide.js"  # what the kernel of pyproject.toml starts
# Of the file, or of its folder: then the name is added. The start page has it among its rules for the browser.
_ADDRESS = re.compile(r"https?://[^?#;,'\"<>\s]+/(pyodide\.js)?", re.IGNORECASE)
_FOLDER = Path("static", "pyodide")  # where JupyterLite looks for a copy


def build_site(out: Path, settings: Settings, pyodide: str | None = None) -> Edition:
    """Write the site into a folder that is empty, new, or holds an earlier one; return the notebook that it opens.

    Args:
        out: the folder.
        settings: of the course.
        pyodide: a folder with Pyodide, to be copied, or an address of its pyodide.js; None for its usual one.

    Raises:
        HandoutError: JupyterLite is not installed or fails, `out` holds something else, or `pyodide` is none.
        NoCases: no public cases came of the course's seed and sizes.
    """
    if find_spec("jupyterlite_core") is None or find_spec("jupyterlite_pyodide_kernel") is None:
        raise HandoutError("bptt site needs JupyterLite, which is not installed here: pip install 'bptt-kit[site]'")
    edition = edition_after(_earlier(out), settings)
    with tempfile.TemporaryDirectory(prefix="bptt-site-") as name:
        work = Path(name)
        _write_contents(work / "contents", settings, edition)
        (work / "wheels").mkdir()
        for wheel in _WHEELS:
            write_wheel(wheel, work / "wheels")
        address = _configure(work, pyodide)
        _run_jupyterlite(work)
        site = work / "site"
        page = filled_page("site.html.j2", settings, edition=edition, pyodide=address, pages=_pages(work / "contents"))
        (site / "index.html").write_text(page, encoding="utf-8")
        (site / ".nojekyll").touch()  # GitHub Pages would leave out what begins with an underscore
        written = sorted([*(path.name for path in site.iterdir()), SITE])
        (site / SITE).write_text(json.dumps(edition.facts | {"files": written}, indent=1) + "\n", encoding="utf-8")
        _replace(out, site)
    return edition


def _earlier(out: Path) -> dict[str, Any]:
    """Return what an earlier site in the folder says about itself; nothing where the folder is empty."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return {}
    try:
        found: dict[str, Any] = json.loads((out / SITE).read_bytes())
        assignment = found["assignment"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise HandoutError(
            f"{out} is no folder that bptt site made. Nothing was written; choose an empty folder"
        ) from error
    if assignment != loaded().name:
        raise HandoutError(
            f"{out} is the site of another assignment, {assignment}. Nothing was written; choose another folder"
        )
    return found


def _write_contents(folder: Path, settings: Settings, edition: Edition) -> None:
    files = handout_files(settings)
    del files[MANIFEST], files[f"{loaded().module}.ipynb"]
    files |= {edition.notebook: edition.text.encode(), f"selfcheck/{SITE}": json.dumps(edition.facts).encode()}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    with ZipFile(folder / PACKED, "w", ZIP_DEFLATED) as packed:
        for name in sorted(name for name in files if f"{name.partition('/')[0]}/__init__.py" in files):
            packed.write(folder / name, name)


def _pages(contents: Path) -> list[str]:
    return sorted(path.name for path in contents.glob("*.html"))


def _placed(pyodide: str, work: Path) -> str:
    """Return the address of a pyodide.js: of the one that is named, or of a copy of that folder in the site."""
    if "://" in pyodide:
        if (found := _ADDRESS.fullmatch(pyodide)) is None:
            raise HandoutError(f"{pyodide}: the address of a Pyodide begins with https:// and ends with /pyodide.js")
        return pyodide if found[1] else f"{pyodide}pyodide.js"
    source = Path(pyodide).resolve()
    if not pyodide or not (source / "pyodide.js").is_file() or not (source / "pyodide-lock.json").is_file():
        raise HandoutError(f"{pyodide!r} holds no Pyodide: pyodide.js and pyodide-lock.json are not both in it")
    shutil.copytree(source, work / _FOLDER)
    return (_FOLDER / "pyodide.js").as_posix()


def _configure(work: Path, pyodide: str | None) -> str:
    """Write JupyterLite's settings; return the address of Pyodide as the start page needs it."""
    address = _PYODIDE if pyodide is None else _placed(pyodide, work)
    # Every wheel comes with the site, and what the first cell needs is fetched while Python itself starts.
    kernel: dict[str, Any] = {"disablePyPIFallback": True, "loadPyodideOptions": {"packages": _AT_ONCE}}
    if "://" in address:
        kernel["pyodideUrl"] = address
    settings = {
        "appName": loaded().title,
        "exposeAppInBrowser": True,
        "litePluginSettings": {f"{_KERNEL}:kernel": kernel},
    }
    extension = Path(sys.prefix, "share", "jupyter", "labextensions", *_KERNEL.split("/"))
    configuration: dict[str, dict[str, Any]] = {
        "jupyter-lite.json": {"jupyter-lite-schema-version": 0, "jupyter-config-data": settings},
        "overrides.json": {
            "@jupyterlab/apputils-extension:themes": {"adaptive-theme": True},
            "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 20},  # seconds
        },
        "jupyter_lite_config.json": {
            "LiteBuildConfig": {
                "contents": ["contents"],
                "output_dir": "site",
                "apps": ["notebooks", "tree", "edit"],
                "no_sourcemaps": True,
                "no_unused_shared_packages": True,
                "no_libarchive": True,
                "ignore_sys_prefix": ["federated_extensions"],  # what else is installed here is no part of the site
                "federated_extensions": [str(extension)],
            },
            "PipliteAddon": {"piplite_urls": ["wheels/"]},
        },
    }
    for name, content in configuration.items():
        (work / name).write_text(json.dumps(content), encoding="utf-8")
    return address


def _run_jupyterlite(work: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "jupyterlite_core", "build"], cwd=work, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise HandoutError(f"JupyterLite could not build the site:\n{(done.stdout + done.stderr)[-3000:]}")


def _replace(out: Path, site: Path) -> None:
    """Put the site into the folder, in place of the earlier one; what else is there, such as .git, stays."""
    for name in _earlier(out).get("files", []):
        path = out / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    shutil.copytree(site, out, dirs_exist_ok=True)
