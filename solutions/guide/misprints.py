"""The misprints of the lecture, with what the handout's own check says of them."""

import inspect
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from .. import rnn

# Imported by name: mypy knows these files as the student does, as a package beside rnn.py.
_TABLE = import_module("..handout.errata.table", __package__)
_NETWORK = import_module("..handout.errata.network", __package__)
_SHOW = import_module("..handout.errata.show", __package__)


@dataclass(frozen=True)
class Measured:
    """One misprint, its check, and what that says of the printed formula."""

    name: str
    task: str  # the task that it would lead astray
    slide: str
    what: str
    printed: str
    right: str
    code: str
    says: tuple[str, ...]  # the error of the printed formula; where there are several, each after what has it


@cache
def measured() -> tuple[Measured, ...]:
    """Run the checks with the reference; what they say of a student's own functions is left out."""
    return tuple(_measure(erratum) for erratum in _TABLE.ERRATA)


def _measure(erratum: Any) -> Measured:
    readings = [reading for reading in erratum.check(_NETWORK.Network(rnn)) if not reading.task]
    return Measured(
        erratum.name,
        erratum.task,
        erratum.slide,
        erratum.what,
        erratum.printed,
        erratum.right,
        inspect.getsource(erratum.check).strip(),
        tuple(_said(reading) for reading in readings),
    )


def _said(reading: Any) -> str:
    of = reading.what.removeprefix("as printed").removeprefix(", ")
    error: str = reading.note or _SHOW.error_text(reading.error)
    return f"{of}: {error}" if of else error
