"""Networks unrolled in time, as SVG: one column per step, states in the middle, inputs below, outputs above."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

# Distances in pixels.
_STEP = 118  # from one state to the next
_LEFT = 70  # from the edge to the first state, with h_0 on the way
_RADIUS = 21
_ROWS = {"loss": 34, "output": 110, "state": 188, "input": 266}
_HEIGHT = 300

INK, ERROR, PAPER = "#1f2937", "#b91c1c", "#ffffff"
FILLS = {"input": "#dbeafe", "state": "#fef3c7", "output": "#dcfce7", "loss": "#fee2e2"}
# Each colour where the reader's screen is dark. Readers without that, or without styles, see the one above.
_DARK = {
    INK: "#e5e7eb",
    ERROR: "#fca5a5",
    PAPER: "#111827",
    FILLS["input"]: "#1e3a8a",
    FILLS["state"]: "#78350f",
    FILLS["output"]: "#14532d",
    FILLS["loss"]: "#7f1d1d",
}


@dataclass(frozen=True)
class Step:
    """One column: what enters, what comes out, what it costs. Empty text means: nothing."""

    state: str
    input: str = ""
    output: str = ""
    loss: str = ""


@dataclass(frozen=True)
class Sketch:
    """One network in time, and what to say to those who can't see it."""

    description: str
    steps: tuple[Step, ...]
    weights: bool = False  # write U, W and V beside the arrows
    feedback: bool = False  # an output is the next step's input
    backward: bool = False  # the way of the error, from every loss back through the states
    gap_after: int = 0  # the network changes after this many steps


def unrolled(sketch: Sketch) -> str:
    """Return the sketch as an SVG document."""
    width = 2 * _LEFT + _STEP * len(sketch.steps)
    body = "\n".join([*_arrows(sketch), *_nodes(sketch)])
    return document(sketch.description, "", (width, _HEIGHT), body)


def document(title: str, description: str, size: tuple[int, int], body: str) -> str:
    """Return an SVG document on paper of its own, so that it can be read on any background.

    Args:
        title: what it is, for those who can't see it.
        description: the same at length, or "".
        size: width and height in pixels.
        body: what is drawn, in the colours of this module.
    """
    width, height = size
    heads = "".join(_head(name, colour) for name, colour in (("ink", INK), ("error", ERROR)))
    said = f"<title>{escape(title)}</title>" + (f"<desc>{escape(description)}</desc>" if description else "")
    dark = "".join(
        f'[fill="{light}"]{{fill:{other}}}[stroke="{light}"]{{stroke:{other}}}' for light, other in _DARK.items()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' role="img" font-family="Georgia, serif" font-size="17" text-anchor="middle">\n'
        f"{said}\n<style>@media (prefers-color-scheme: dark){{{dark}}}</style>\n<defs>{heads}</defs>\n"
        f'<rect width="{width}" height="{height}" rx="8" fill="{PAPER}"/>\n{body}\n</svg>\n'
    )


def embedded(svg: str, alternative: str) -> str:
    """Return an SVG document as an image for a Markdown cell.

    As a data URI in HTML: JupyterLab shows no SVG that is attached to a cell, and other readers of Markdown
    refuse SVG between `![]( )`.
    """
    data = b64encode(svg.encode()).decode("ascii")
    return f'<img alt="{escape(alternative)}" src="data:image/svg+xml;base64,{data}">'


def _x(column: int) -> int:
    return _LEFT + _STEP * column


def _head(name: str, colour: str) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0 8 4 0 8z" fill="{colour}"/></marker>'
    )


def line(start: tuple[int, int], end: tuple[int, int], kind: str = "ink") -> str:
    """Return an arrow; `kind` is "ink" or, for the way of the error, "error"."""
    style = f'stroke="{INK}"' if kind == "ink" else f'stroke="{ERROR}" stroke-dasharray="5 3"'
    (x1, y1), (x2, y2) = start, end
    return f'<path d="M{x1} {y1} {x2} {y2}" {style} stroke-width="1.6" fill="none" marker-end="url(#{kind})"/>'


def label(x: int, y: int, text: str, colour: str = INK) -> str:
    """Return a text whose middle is at x."""
    return f'<text x="{x}" y="{y}" fill="{colour}">{escape(text)}</text>'


def _arrows(sketch: Sketch) -> Iterator[str]:
    for number, step in enumerate(sketch.steps, start=1):
        x, middle = _x(number), _ROWS["state"]
        yield line((x - _STEP + _RADIUS + 2, middle), (x - _RADIUS - 2, middle))
        rows = (("input", "state", step.input), ("state", "output", step.output), ("output", "loss", step.loss))
        for lower, upper, there in rows:
            if there:
                yield line((x, _ROWS[lower] - _RADIUS - 1), (x, _ROWS[upper] + _RADIUS + 2))
        if sketch.weights:
            yield label(x - _STEP // 2, middle - 9, "W")
            yield from (label(x + 13, y, name) for y, name in ((231, "U"), (154, "V")))
        if sketch.backward:
            yield from _errors(x, number, step)
        fed = number < len(sketch.steps) and step.output and sketch.steps[number].input
        if sketch.feedback and fed:
            bend = f"M{x + _RADIUS} {_ROWS['output']} C{x + 62} {_ROWS['output']} {x + 56} {_ROWS['input']}"
            end = f"{x + _STEP - _RADIUS - 3} {_ROWS['input']}"
            yield f'<path d="{bend} {end}" stroke="{INK}" stroke-width="1.6" fill="none" marker-end="url(#ink)"/>'
    if sketch.gap_after:
        x = _x(sketch.gap_after) + _STEP // 2
        yield f'<path d="M{x} 60 {x} {_HEIGHT - 12}" stroke="{INK}" stroke-dasharray="2 5" fill="none"/>'


def _errors(x: int, number: int, step: Step) -> Iterator[str]:
    """The error of a step: from its loss down to its state, and on to the state before."""
    aside = 9
    middle = _ROWS["state"]
    if step.loss:
        yield line((x - aside, _ROWS["loss"] + _RADIUS), (x - aside, _ROWS["output"] - _RADIUS), "error")
        yield line((x - aside, _ROWS["output"] + _RADIUS), (x - aside, middle - _RADIUS), "error")
    if number > 1:
        yield line((x - _RADIUS - 2, middle + aside), (x - _STEP + _RADIUS + 3, middle + aside), "error")


def _nodes(sketch: Sketch) -> Iterator[str]:
    yield label(_x(0), _ROWS["state"] + 6, "h₀")
    for number, step in enumerate(sketch.steps, start=1):
        for row in ("input", "state", "output", "loss"):
            text = getattr(step, row)
            if not text:
                continue
            x, y = _x(number), _ROWS[row]
            circle = f'<circle cx="{x}" cy="{y}" r="{_RADIUS}"'
            square = f'<rect x="{x - _RADIUS}" y="{y - _RADIUS}" width="{2 * _RADIUS}" height="{2 * _RADIUS}" rx="5"'
            yield f'{circle if row == "state" else square} fill="{FILLS[row]}" stroke="{INK}" stroke-width="1.4"/>'
            yield label(x, y + 6, text)
