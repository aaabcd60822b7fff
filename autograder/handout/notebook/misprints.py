"""The appendix "Reading the slides with a gradient checker", as Markdown."""

from solutions.guide import Measured, measured

TITLE = "Reading the slides with a gradient checker"

INTRODUCTION = """\
A formula on a slide can be wrong, and so can yours. A gradient checker asks neither: it moves one number a little and
looks at the loss. Below is what the lecture prints, what is right, and how far the printed formula is from the
numerical gradient of your own loss (T = 5 steps, H = 4 hidden units; an error is relative to the gradient's largest
entry, so 0 is right, and 1 is as wrong as no gradient at all). The last two are about outputs: there the words of the
slide are read in another way, and compared with what your functions put out."""


def table() -> str:
    """Return all misprints: where, what is printed, what is right, and the printed formula's error."""
    rows = [_row(number, misprint) for number, misprint in enumerate(measured(), start=1)]
    head = ["| | name | slide | printed | error | right |", "|---:|---|---|---|---|---|"]
    return "\n".join([*head, *rows])


def _row(number: int, misprint: Measured) -> str:
    where, error = f"{misprint.slide}: {misprint.what}", "<br>".join(misprint.says)
    return f"| {number} | {misprint.name} | {where} | {misprint.printed} | {error} | {misprint.right} |"
