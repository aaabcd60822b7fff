"""What every format is given, and what it gives back."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autograder.model.settings import Settings
from autograder.model.verdict import Verdict
from autograder.results.sheet import SheetError


class ExportError(SheetError):
    """The export can't be made; the message says what was found, what was expected, and what to do."""


@dataclass(frozen=True)
class Job:
    """The verdicts of a class and where they are to go.

    `source`, `column` and `scale` are for formats that fill a file, `config` and `secret` for one that grades
    elsewhere, `results` and `system` for one that hands feedback back.
    """

    verdicts: Sequence[Verdict]
    settings: Settings
    out: Path
    source: Path | None = None
    column: str = ""
    scale: bool = False  # whether marks are scaled to the column's maximum
    config: Path | None = None
    secret: Path | None = None
    results: Path = Path()
    system: str = ""


@dataclass(frozen=True)
class Exported:
    """What was written, and what a person has to know of it. Lines are safe to print."""

    written: str
    remarks: tuple[str, ...] = ()
    status: Literal[0, 1, 2] = 0  # 1 where a student with a mark got no row, 2 where nobody did and nothing is written
