"""The figure that shows where each task lives: the unrolled network, the error's way back, the ways to use it."""

from collections.abc import Iterator
from functools import cache
from html import escape

from autograder.assignment import loaded
from autograder.handout.notebook.figure import ERROR, FILLS, INK, document, label, line

TITLE = "Where each task lives in the unrolled network"
DESCRIPTION = (
    "Three steps of a recurrent network: inputs x below, states h in a row, logits o, outputs y-hat, losses L above. "
    "Solid arrows are the forward pass: softmax from o to y-hat, cross_entropy from y-hat to L, and forward for all of "
    "it from x on. Dashed arrows are the way of the error: output_error from L to o, bptt_V from o to h, "
    "hidden_jacobian and bptt_W from state to state, bptt_U at the input, bptt_bias at b and c. gradient_step moves "
    "the parameters. Below are one_to_one, one_to_many, many_to_one and many_to_many as small networks."
)

_SIZE = (940, 660)
_STEPS = (220, 440, 660)
_ROWS = {"L": 46, "ŷ": 126, "o": 206, "h": 306, "x": 406}
_KINDS = {"L": "loss", "ŷ": "output", "o": "output", "h": "state", "x": "input"}
_RADIUS = 21
_SUBSCRIPTS = "₀₁₂₃"
_DASHES = 'stroke-dasharray="5 3" stroke-width="1.6" fill="none" marker-end="url(#error)"'
_PLAIN = 'font-family="Helvetica, Arial, sans-serif" font-size="14"'

# The middle of each task's sign, and the colour that says to which part it belongs.
_SIGNS = {
    "softmax": (280, 166, "input"),
    "cross_entropy": (302, 86, "input"),
    "forward": (72, 126, "input"),
    "output_error": (548, 126, "loss"),
    "bptt_V": (738, 256, "loss"),
    "hidden_jacobian": (550, 346, "loss"),
    "bptt_W": (550, 272, "loss"),
    "bptt_U": (738, 356, "loss"),
    "bptt_bias": (866, 256, "loss"),
    "gradient_step": (852, 400, "output"),
    "one_to_one": (120, 482, "state"),
    "one_to_many": (350, 482, "state"),
    "many_to_one": (580, 482, "state"),
    "many_to_many": (810, 482, "state"),
}
# The small networks: per step, what enters and what comes out; after which steps an output is fed back, and after
# which the network changes.
_SMALL = {
    "one_to_one": ("xxx", "yyy", (1, 2), 0),
    "one_to_many": ("x..", "yyy", (), 0),
    "many_to_one": ("xxx", "..y", (), 0),
    "many_to_many": ("xxxx", "..yy", (3,), 2),
}
_SMALL_ROWS = {"output": 530, "state": 572, "input": 614}


@cache
def where() -> str:
    """Return the figure as an SVG document."""
    parts = [_band(), *_forward(), *_backward(), *_nodes(), *_biases(), *_learning()]
    for task, network in _SMALL.items():
        parts += _small(_SIGNS[task][0], *network)
    return document(TITLE, DESCRIPTION, _SIZE, "\n".join([*parts, *_signs()]))


def _band() -> str:
    """What `forward` computes."""
    return f'<rect x="14" y="98" width="680" height="340" rx="14" fill="none" stroke="{INK}" stroke-dasharray="1 5"/>'


def _forward() -> Iterator[str]:
    gap = _RADIUS + 2
    for number, x in enumerate(_STEPS):
        left = _STEPS[number - 1] if number else 72
        yield line((left + gap, _ROWS["h"]), (x - gap, _ROWS["h"]))
        if number < 2:  # the last W has its task's sign
            yield label((left + x) // 2, _ROWS["h"] - 8, "W")
        for lower, upper in (("x", "h"), ("h", "o"), ("o", "ŷ"), ("ŷ", "L")):
            yield line((x, _ROWS[lower] - gap), (x, _ROWS[upper] + gap))
        yield label(x + 14, 362, "U")
        yield label(x + 14, 262, "V")


def _backward() -> Iterator[str]:
    for number, x in enumerate(_STEPS):
        aside, left = x - 32, _STEPS[number - 1] if number else 72
        path = f"M{x - _RADIUS} {_ROWS['L']} Q{aside} {_ROWS['L']} {aside} {_ROWS['L'] + 20}"
        path += f" L{aside} {_ROWS['o'] - 20} Q{aside} {_ROWS['o']} {x - _RADIUS - 3} {_ROWS['o']}"
        yield f'<path d="{path}" stroke="{ERROR}" {_DASHES}/>'
        yield line((x - 9, _ROWS["o"] + _RADIUS), (x - 9, _ROWS["h"] - _RADIUS), "error")
        yield line((x - _RADIUS - 2, _ROWS["h"] + 10), (left + _RADIUS + 3, _ROWS["h"] + 10), "error")
        yield line((x - 9, _ROWS["h"] + _RADIUS), (x - 9, _ROWS["x"] - _RADIUS - 10), "error")


def _nodes() -> Iterator[str]:
    yield label(72, _ROWS["h"] + 6, "h₀")
    for number, x in enumerate(_STEPS, start=1):
        for name, y in _ROWS.items():
            fill = f'fill="{FILLS[_KINDS[name]]}" stroke="{INK}" stroke-width="1.4"'
            if name == "h":
                yield f'<circle cx="{x}" cy="{y}" r="{_RADIUS}" {fill}/>'
            else:
                yield _box(x, y, _RADIUS, fill)
            yield label(x, y + 6, name + _SUBSCRIPTS[number])


def _box(x: int, y: int, half: int, style: str) -> str:
    return f'<rect x="{x - half}" y="{y - half}" width="{2 * half}" height="{2 * half}" rx="5" {style}/>'


def _biases() -> Iterator[str]:
    x = _STEPS[-1]
    for name, row in (("c", "o"), ("b", "h")):
        yield label(866, _ROWS[row] + 6, name)
        yield line((852, _ROWS[row]), (x + _RADIUS + 3, _ROWS[row]))


def _learning() -> Iterator[str]:
    yield label(852, 438, "θ ← θ − α ∂L/∂θ")


def _small(middle: int, inputs: str, outputs: str, fed: tuple[int, ...], gap_after: int) -> Iterator[str]:
    pitch, half = 46, 11
    first = middle - pitch * (len(inputs) - 1) // 2
    output, state, enters = _SMALL_ROWS.values()
    if gap_after:
        x = first + pitch * gap_after - pitch // 2
        yield f'<path d="M{x} {output - 14} {x} {enters + 14}" stroke="{INK}" stroke-dasharray="2 4" fill="none"/>'
    for number, (below, above) in enumerate(zip(inputs, outputs, strict=True), start=1):
        x = first + pitch * (number - 1)
        style = 'stroke-width="1.2"'
        yield line((x - pitch + half + 2, state), (x - half - 2, state))
        yield f'<circle cx="{x}" cy="{state}" r="{half}" fill="{FILLS["state"]}" stroke="{INK}" {style}/>'
        if below == "x":
            yield _box(x, enters, half, f'fill="{FILLS["input"]}" stroke="{INK}" {style}')
            yield line((x, enters - half - 1), (x, state + half + 2))
        if above == "y":
            yield _box(x, output, half, f'fill="{FILLS["output"]}" stroke="{INK}" {style}')
            yield line((x, state - half - 1), (x, output + half + 2))
        if number in fed:
            bend = f"M{x + half} {output} C{x + 30} {output} {x + 16} {enters} {x + pitch - half - 2} {enters}"
            yield f'<path d="{bend}" stroke="{INK}" stroke-width="1.3" fill="none" marker-end="url(#ink)"/>'


def _signs() -> Iterator[str]:
    """The tasks, each a number and a name on a coloured ground."""
    for task, (x, y, kind) in _SIGNS.items():
        text = f"{loaded().task[task].number} {task}"
        width = 8 * len(text) + 16
        place = f'x="{x - width // 2}" y="{y - 13}" width="{width}" height="26" rx="13"'
        yield f'<rect {place} fill="{FILLS[kind]}" stroke="{INK}"/>'
        yield f'<text x="{x}" y="{y + 5}" fill="{INK}" {_PLAIN}>{escape(text)}</text>'
