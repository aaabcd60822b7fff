"""A plot where matplotlib is installed: shown in a notebook, saved beside rnn.py elsewhere."""

import io
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Lines that differ without their colours: in a print, and for who sees no colours.
STYLES = (
    {"color": "#111827", "linestyle": "-", "marker": "o"},
    {"color": "#2563eb", "linestyle": "--", "marker": "s"},
    {"color": "#d97706", "linestyle": ":", "marker": "^"},
)


def draw(make: "Callable[[Figure], None]", width: float, height: float, save: str | None, name: str) -> Iterator[str]:
    """Make a picture, and yield what became of it.

    Args:
        make: draws into an empty figure.
        width: in inches.
        height: in inches.
        save: the file to write; without one, a notebook shows the picture, and elsewhere `name` is written.
        name: of the file.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        yield "No picture: matplotlib is not installed (pip install matplotlib)."
        return
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    make(figure)
    if save is None and _in_a_notebook():
        _display(figure)
        return
    try:
        figure.savefig(save or name, dpi=150)
    except (OSError, ValueError) as error:  # ValueError: a kind of file that matplotlib does not know
        yield f"No picture: {save or name} cannot be written ({error}); choose another file."
    else:
        yield f"Picture: {save or name}"


def _in_a_notebook() -> bool:
    ipython: Any = sys.modules.get("IPython")
    return getattr(ipython and ipython.get_ipython(), "kernel", None) is not None


def _display(figure: "Figure") -> None:
    from IPython.display import HTML, display

    page = io.BytesIO()
    figure.savefig(page, dpi=100)
    encoded = b64encode(page.getvalue()).decode("ascii")
    # JupyterLab shows an Image without words for who can't see it.
    shown = f'<img alt="The table above, as curves" src="data:image/png;base64,{encoded}">'
    display(HTML(shown))  # type: ignore[no-untyped-call]  # IPython's own gap
