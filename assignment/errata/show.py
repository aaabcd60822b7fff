"""Readings as lines of text, at most 80 columns wide."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .network import Network, Reading
from .table import ERRATA, Erratum

# A right gradient is nearer to the numerical one than this.
_RIGHT = 1e-6


def chosen(names: Sequence[str]) -> tuple[Erratum, ...]:
    """Return the errata of these names, or all of them where there are none.

    Raises:
        ValueError: there is no erratum of such a name.
    """
    known = {erratum.name: erratum for erratum in ERRATA}
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"there is no {unknown[0]!r}; the names are: {', '.join(known)}")
    return tuple(known[name] for name in names) or ERRATA


def read(rnn: Any, errata: Sequence[Erratum], explain: Callable[[Exception], str]) -> Iterator[str]:
    """Yield a heading and the readings of each erratum.

    Args:
        rnn: whatever has your functions as attributes.
        errata: which of them.
        explain: says in one line why one of your functions gave nothing.
    """
    for erratum in errata:
        yield f"{erratum.name}: {erratum.what} ({erratum.slide})"
        try:
            for reading in erratum.check(Network(rnn)):
                yield f"    {line(reading)}"
        except Exception as error:  # what your functions raise, or what comes of what they return
            yield f"    {explain(error)}"


def line(reading: Reading) -> str:
    """Return a reading as a line."""
    if math.isnan(reading.error):
        return f"{reading.what:<26} {reading.note}"
    remark = f": see pytest -k {reading.task}" if reading.task and reading.error > _RIGHT else ""
    return f"{reading.what:<26} relative error {error_text(reading.error)}{remark}"


def error_text(error: float) -> str:
    """Return an error as it is quoted: 0.39, or 3e-10."""
    return f"{error:.2f}" if error >= 0.005 else f"{error:.0e}" if error else "0"
