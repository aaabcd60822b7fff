"""The notebook of the site, under a name of its edition.

Who has saved a notebook in the browser is shown that one ever after: a corrected notebook needs another name.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder.handout.notebook import as_json, cell_node
from autograder.handout.render import Cell, cells, filled_page
from autograder.model.loading import loaded
from autograder.model.settings import Settings

#: The packages of the handout in one file: in the browser each file that Python reads costs 10 ms and more.
PACKED = "handout.zip"
# Only in the browser: where a notebook is graded, what it opens is told.
_FIRST = """\
_notebook = "{notebook}"  # the self-check says when there is a newer one
import sys

if sys.platform == "emscripten":  # in the browser one file is quicker than many
    import contextlib
    import shutil

    with contextlib.suppress(OSError):
        shutil.unpack_archive("{packed}", "/tmp/handout")
    sys.path.insert(0, "/tmp/handout")

"""


@dataclass(frozen=True)
class Edition:
    """A notebook under the name that it has on the site."""

    number: int
    notebook: str  # its name
    hash: str  # of its cells
    text: str

    @property
    def facts(self) -> dict[str, Any]:
        """What the next build, and the self-check in the browser, have to know of it."""
        return {"assignment": loaded().name, "notebook": self.notebook, "edition": self.number, "hash": self.hash}


def edition_after(earlier: Mapping[str, Any], settings: Settings) -> Edition:
    """Return the notebook to publish: under the earlier name when nothing in it has changed, else under a new one."""
    found = list(cells(settings))
    digest = hashlib.sha256("\0".join(f"{cell.id}\0{cell.source}" for cell in found).encode()).hexdigest()
    number = int(earlier.get("edition", 0))
    if digest != earlier.get("hash"):
        number += 1
    name = f"{loaded().module}.ipynb" if number == 1 else f"{loaded().module}-{number}.ipynb"
    first = Cell("site", "text", filled_page("site_cell.j2", settings, notebook=name, number=number))
    nodes = [cell_node(cell) for cell in (first, *(_named(cell, name) for cell in found))]
    return Edition(number, name, digest, as_json(nodes))


def _named(cell: Cell, name: str) -> Cell:
    """Let the cell that loads the self-check say which notebook it is in."""
    if cell.id != "setup":
        return cell
    return Cell(cell.id, cell.role, _FIRST.format(notebook=name, packed=PACKED) + cell.source, cell.task)
