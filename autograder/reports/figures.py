"""The plots of the class page: matplotlib's SVG, made fit to stand in a page with a strict policy.

Colours differ in lightness, so that they differ in grey; text and lines take the page's own colour, so that
they can be read on a light page and on a dark one.
"""

import io
import re
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from autograder.reports.overview import TaskFigures

# What becomes the colour of the page's text: no other thing in a plot has it.
_INK = "#010203"
# From light to dark, whatever the hue.
SHADES = ("#a9cfe8", "#5b8fb9", "#7d1f12")
# Inches. A page shows plots as wide as it is, up to a limit; this narrow, their text can be read on a phone.
_WIDTH = 5.4
_STYLE = re.compile(r' style="([^"]*)"')
_STYLE_SHEET = re.compile(r"<style.*?</style>", re.DOTALL)
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)


def histogram(values: Sequence[float], most: float, label: str, name: str) -> Markup:
    """Draw how many values are in each twentieth of the range up to `most`."""
    figure, axes = _figure(_WIDTH, 2.2)
    counts, edges = np.histogram(values, bins=20, range=(0, max(most, 1e-9)))
    axes.bar(edges[:-1], counts, width=np.diff(edges), align="edge", color=SHADES[1], edgecolor=_INK, linewidth=0.6)
    axes.set_xlabel(label)
    axes.set_ylabel("students")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    return _inline(figure, name)


def states_by_task(tasks: Sequence[TaskFigures], name: str) -> Markup:
    """Draw the share of pass, partial and lost of each task, as one bar per task."""
    figure, axes = _figure(_WIDTH, 0.28 * len(tasks) + 0.9)
    left = np.zeros(len(tasks))
    for label, shade, counts in (
        ("pass", SHADES[0], [task.passed for task in tasks]),
        ("partial", SHADES[1], [task.partial for task in tasks]),
        ("no points", SHADES[2], [task.lost for task in tasks]),
    ):
        shares = 100 * np.array(counts) / max(tasks[0].count, 1)
        axes.barh(range(len(tasks)), shares, left=left, color=shade, edgecolor=_INK, linewidth=0.6, label=label)
        left += shares
    axes.set_yticks(range(len(tasks)), [task.id for task in tasks])
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("% of those who handed in")
    axes.legend(ncols=3, loc="lower left", bbox_to_anchor=(0, 1), frameon=False, labelcolor=_INK)
    return _inline(figure, name)


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[:].set_color(_INK)
    axes.tick_params(colors=_INK)
    axes.xaxis.label.set_color(_INK)
    axes.yaxis.label.set_color(_INK)
    return figure, axes


def _inline(figure: Figure, name: str) -> Markup:
    """Return a figure as an SVG element that needs no style sheet, with ids of its own. It is a picture of a table."""
    drawn = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": name, "svg.fonttype": "path"}):
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None})
    svg = drawn.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = _METADATA.sub("", _STYLE_SHEET.sub("", svg))
    svg = _STYLE.sub(lambda found: _as_attributes(found[1]), svg)
    svg = re.sub(r'(id="|href="#|url\(#)', rf"\g<1>{name}-", svg)
    svg = svg.replace(_INK, "currentColor")
    return Markup(svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704 - ours


def _as_attributes(style: str) -> str:
    pairs = (declaration.partition(":") for declaration in style.split(";") if ":" in declaration)
    return "".join(f' {key.strip()}="{value.strip()}"' for key, _, value in pairs)
