"""Packs an installed package as the wheel that it came in, so that a site is built without a network."""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from autograder.handout.stubs import HandoutError

# What an installer adds to a package's facts.
_INSTALLER = ("INSTALLER", "REQUESTED", "direct_url.json")


def write_wheel(name: str, folder: Path) -> None:
    """Write the wheel of an installed package that is Python alone.

    Raises:
        HandoutError: it is not installed, or holds compiled code.
    """
    try:
        package = distribution(name)
    except PackageNotFoundError as error:
        raise HandoutError(f"{name} is not installed here: pip install 'bptt-kit[site]'") from error
    if "Root-Is-Purelib: true" not in (package.read_text("WHEEL") or ""):
        raise HandoutError(f"{name} {package.version} holds compiled code, which no browser runs")
    files = [path for path in package.files or () if ".." not in path.parts and "__pycache__" not in path.parts]
    target = folder / f"{name.replace('-', '_')}-{package.version}-py3-none-any.whl"
    with ZipFile(target, "w", ZIP_DEFLATED) as wheel:
        for path in sorted(files):
            if path.name not in _INSTALLER and (source := Path(str(path.locate()))).is_file():
                wheel.write(source, path.as_posix())
