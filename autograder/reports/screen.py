"""Where a command writes."""

from dataclasses import dataclass

from rich.console import Console


@dataclass(frozen=True)
class Screen:
    """Results go to `out`, progress and remarks to `log`."""

    out: Console
    log: Console
