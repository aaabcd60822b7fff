"""The autograder for Gradescope's own machines: a zip of setup.sh, run_autograder and this kit.

The zip holds the answers. Gradescope keeps it from students, and on its machine the kit is closed to the user
that student code runs as.
"""

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import autograder
from autograder.assignment import loaded
from autograder.exports.job import Exported, ExportError, ExportJob
from autograder.exports.writing import write_zip
from autograder.model.settings import load_settings

_MACHINE = Path(__file__).parent / "machine"
_ROOT = Path(autograder.__path__[0]).parent
_KEPT = (".py", ".j2", ".css", ".js", ".tbl")
_LEFT_OUT = ("audit", "bundled", "samples", "styles")  # not used there


def write(job: ExportJob) -> Exported:
    """Write the zip; the settings file and the seed secret that are named go into it.

    Raises:
        ConfigError: the settings can't be used.
        ExportError: the secret can't be read.
        OSError: the zip can't be written.
    """
    load_settings(job.config)  # rather refused here than on the first submission
    write_zip(job.out, list(_files(job.config, job.secret)), [path.name for path in _MACHINE.iterdir()])
    return Exported(
        f"autograder for Gradescope: {job.out}",
        () if job.secret else ("Without --seed-secret every student gets the same hidden inputs.",),
    )


def _files(config: Path | None, secret: Path | None) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every file of the zip."""
    for path in sorted(_MACHINE.iterdir()):
        yield path.name, path.read_bytes()
    yield "requirements.txt", "".join(f"{line}\n" for line in _requirements()).encode()
    constraints = _ROOT / "constraints.txt"  # not there where the kit was installed from a wheel
    yield "constraints.txt", constraints.read_bytes() if constraints.is_file() else b""
    for place, folder in (("autograder", Path(autograder.__path__[0])), ("autograder/bundled", loaded().folder)):
        for path in sorted(folder.rglob("*")):
            inner = path.relative_to(folder)
            if path.suffix in _KEPT and path.is_file() and inner.parts[0] not in _LEFT_OUT:
                yield f"kit/{place}/{inner.as_posix()}", path.read_bytes()
    if config is not None:
        yield "config.toml", config.read_bytes()
    if secret is not None:
        try:
            yield "secret.txt", secret.read_bytes()
        except OSError as error:
            raise ExportError(f"the seed secret {secret} can't be read: {error.strerror}") from error


def _requirements() -> list[str]:
    """Return what the kit itself needs to run, without its extras."""
    return [line for line in metadata.requires("bptt-kit") or [] if "extra ==" not in line]
