"""The places of Python and numpy on this machine: all that a worker may read.

Folders of installed packages (`site-packages`) lie among these places and are left out: the grader itself, with
the reference, may be installed there. Of them, only numpy is let in.
"""

import importlib.util
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

_PACKAGE_FOLDERS = ("site-packages", "dist-packages")
# The C library, and the libraries of extension modules, by the names that distributions use.
_LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/alternatives")
_DEVICES = ("/dev/null", "/dev/urandom")


def interpreter() -> Path:
    """Return the interpreter itself, not a virtual environment's link to it."""
    return Path(getattr(sys, "_base_executable", sys.executable)).resolve()


def numpy_home() -> Path:
    """Return the folder that has to be on the worker's `sys.path` for numpy to be found."""
    return _numpy()[0].parent


def landlock_paths() -> tuple[list[str], list[str]]:
    """Return (paths that may be read with all below them, folders whose names alone may be listed)."""
    readable: list[str] = []
    listed: list[str] = []
    for root in _roots():
        _open_up(root, _package_folders(), readable, listed)
    return [*readable, *map(str, _numpy()), *_DEVICES], listed


def mounts(worker: Path) -> list[str]:
    """Return the arguments that make bubblewrap show these places, and `worker`, and nothing else."""
    roots = [*_roots(), interpreter()]
    let_in = [*_numpy(), worker]
    devices = [Path(device) for device in _DEVICES]
    words: list[str] = []
    # Bubblewrap makes missing folders for root alone, but the worker's user must be able to pass through them.
    above = {folder for path in (*roots, *let_in, *devices) for folder in path.parents}
    above = {folder for folder in above if not any(root in (folder, *folder.parents) for root in roots)}
    for folder in sorted(above - {Path("/")}):
        words += ["--dir", str(folder)]
    for root in roots:
        words += _shown(root)
    for link in (path for path in map(Path, _LIBRARIES) if path.is_symlink()):
        words += ["--symlink", str(link.readlink()), str(link)]
    hidden = [folder for folder in _package_folders() if any(root in folder.parents for root in roots)]
    for folder in hidden:
        words += ["--tmpfs", str(folder)]
    for path in let_in:
        words += _shown(path)
    for device in devices:
        words += ["--dev-bind", str(device), str(device)]
    for folder in (*hidden, Path("/")):
        words += ["--remount-ro", str(folder)]
    return words


def _shown(path: Path) -> list[str]:
    return ["--ro-bind", str(path), str(path)]


def _numpy() -> list[Path]:
    """Return numpy's folder and, if its wheel has one, the folder of the libraries that it brings."""
    spec = importlib.util.find_spec("numpy")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("numpy is not installed beside the grader")
    package = Path(next(iter(spec.submodule_search_locations)))
    return [path for path in (package, package.with_name("numpy.libs")) if path.exists()]


def _roots() -> list[Path]:
    """Return the folders and files that hold the interpreter's library and the system's, none inside another."""
    stdlib = Path(sysconfig.get_path("stdlib")).resolve()
    # The folder above has the interpreter's own shared libraries: /usr/lib, or lib in its prefix.
    found = {stdlib.parent, *(Path(name) for name in _LIBRARIES if Path(name).exists() and not Path(name).is_symlink())}
    return sorted(path for path in found if not any(other in path.parents for other in found))


def _package_folders() -> list[Path]:
    """Return the folders of installed packages that lie in the roots."""
    own = {Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")}
    roots = [root for root in _roots() if root.is_dir()]
    patterns = [f"python3*/{name}" for name in _PACKAGE_FOLDERS]
    return sorted(own | {folder for root in roots for pattern in patterns for folder in root.glob(pattern)})


def _open_up(path: Path, closed: Iterable[Path], readable: list[str], listed: list[str]) -> None:
    """Add `path` to what may be read, without the closed folders that lie below it."""
    if path in closed:
        return
    if not any(path in folder.parents for folder in closed):
        readable.append(str(path))
        return
    listed.append(str(path))
    for entry in sorted(path.iterdir()):
        _open_up(entry, closed, readable, listed)
