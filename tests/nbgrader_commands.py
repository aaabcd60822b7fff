"""Commands of nbgrader, as its own tests run them: in this process's copy, since importing it takes seconds."""

import os
import shlex
import sys
import traceback
import warnings
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

import nbgrader.api
from alembic.script import ScriptDirectory
from jupyter_core.application import NoStart
from nbgrader.apps import NbGraderApp

# For each new gradebook nbgrader has a program tell the version of its tables, which takes seconds.
_TABLES = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic"))
nbgrader.api.get_alembic_version = _TABLES.get_current_head


def run_nbgrader(commands: Sequence[str], cwd: Path, env: dict[str, str], log: Path) -> tuple[int, str]:
    """Run commands one after the other in a fork of this process, until one fails.

    Returns:
        The last exit status, and all that the commands said.
    """
    process = get_context("fork").Process(target=_work, args=(commands, cwd, env, log))
    process.start()
    process.join()
    return process.exitcode or 0, log.read_text(encoding="utf-8", errors="replace")


def _work(commands: Sequence[str], cwd: Path, env: dict[str, str], log: Path) -> None:
    os.chdir(cwd)
    os.environ.update(env)
    warnings.simplefilter("ignore")
    with log.open("w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = file
        for command in commands:
            status = _run(shlex.split(command))
            file.flush()
            if status:
                sys.exit(status)


def _run(arguments: list[str]) -> int:
    app = NbGraderApp.instance()
    try:
        app.initialize(arguments)
        app.start()
    except NoStart:  # the subcommand has run in its place
        pass
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        # Each command is an application of its own, and there is one at a time.
        type(app.subapp or app).clear_instance()
        NbGraderApp.clear_instance()
    return 0
