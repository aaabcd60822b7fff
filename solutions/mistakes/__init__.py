"""The bug library: what people get wrong, as facts and as functions that get it wrong in the same way.

What lives here: tables of mistakes (`table_*.py`: id, misconception, question, slide) and one faulty
implementation per function (or family of functions), whose mistakes can be combined. What may not: I/O,
tolerances, and anything that decides a mark. Here a reply is explained; it was judged before.

To add a mistake is to add a row to a table and a switch to a faulty implementation.
"""

from solutions.mistakes.bug import Bug, Shows
from solutions.mistakes.library import ALIKE, BUGS, alike, bugs_of, make_faulty, pairs_of

__all__ = ["ALIKE", "BUGS", "Bug", "Shows", "alike", "bugs_of", "make_faulty", "pairs_of"]
