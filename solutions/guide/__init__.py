"""What the handout's templates are filled with: numbers from the reference, and the misprints as they are measured.

What may not live here: a text. Those are templates, in `../handout`.

    tiny       the network of the examples, small enough for a pocket calculator, and its numbers
    misprints  the lecture's misprints, measured by the handout's `errata`
"""

from importlib import import_module

from . import tiny
from .misprints import Measured, measured

__all__ = ["Measured", "filling", "measured"]


def filling() -> dict[str, object]:
    """Return what the templates can name: all of `tiny`, the misprints, and the table of examples."""
    names = {name: value for name, value in vars(tiny).items() if not name.startswith("_")}
    examples = import_module("..handout.examples.table", __package__).EXAMPLES
    return {**names, "misprints": measured(), "examples": examples}
