"""Readings as lines of text, at most 80 columns wide."""

import contextlib
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

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
        yield from (f"    {text}" for text in _lines(rnn, erratum, explain))


def _lines(rnn: Any, erratum: Erratum, explain: Callable[[Exception], str]) -> list[str]:
    lines = []
    # Hundreds of calls: a print in one of your functions would flood the screen.
    with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        try:
            for reading in erratum.check(Network(rnn)):
                lines.append(line(reading))  # noqa: PERF401  # what was read before an exception is kept
        except Exception as error:  # what your functions raise, or what comes of what they return
            lines.append(explain(error))
    return lines


def line(reading: Reading) -> str:
    """Return a reading as a line."""
    said = reading.note or f"relative error {error_text(reading.error)}"
    wrong = reading.task and not reading.error <= _RIGHT  # nan is wrong as well
    return f"{reading.what:<24} {said}" + (f": see pytest -k {reading.task}" if wrong else "")


def error_text(error: float) -> str:
    """Return an error as it is quoted: 0.39, or 3e-10."""
    return f"{error:.0e}" if 0 < error < 0.005 else f"{error:.2f}" if error else "0"
