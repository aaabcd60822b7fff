"""The loss while your functions learn the word of the first slide, for three learning rates."""

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from examples.completion import lesson
from examples.table import LEARNING
from examples.unlock import require
from selfcheck.functions import Functions, show, student_of

from .picture import STYLES, draw

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "learning-curve.png"

_RATES = (0.01, 0.1, 0.5)
_EPOCHS = 60

Losses = dict[float, list[float]]


def learning_curve(save: str | None = None) -> None:
    """Print and plot the loss of auto-completion while it is learnt, with three learning rates.

    Args:
        save: the picture's file, in a format that matplotlib writes; see `tools.picture.draw`.
    """
    show(lines(save, sys._getframe(1).f_globals))


def lines(save: str | None, namespace: Mapping[str, object]) -> Iterator[str]:
    """Yield the losses as a table, what they mean, and what became of the picture.

    Raises:
        Locked: a task that learning needs is not done.
        CannotImport, NotWrittenYet, Wrong: as calls of the student's functions do.
    """
    student = student_of(namespace)
    require(student, "The learning curve", LEARNING)
    rnn = Functions(student)
    found = {rate: [loss for loss, _ in lesson(rnn, rate, _EPOCHS)][1:] for rate in _RATES}
    yield 'The loss while learning "deep", by your gradients and your gradient_step.'
    yield "  epoch" + "".join(f"{f'rate {rate:g}':>12}" for rate in _RATES)
    for epoch in (1, 2, 5, 10, 20, 40, 60):
        yield f"  {epoch:>5}" + "".join(f"{losses[epoch - 1]:>12.3f}" for losses in found.values())
    yield "By a right gradient the loss falls at once, slowly at a small rate. One that rises"
    yield "or stands still at every rate comes of a wrong gradient: see gradient_check."
    yield from draw(lambda figure: _plot(figure, found), 6.5, 4, save, NAME)


def _plot(figure: "Figure", found: Losses) -> None:
    axes = figure.subplots()
    for (rate, losses), style in zip(found.items(), STYLES, strict=True):
        axes.semilogy(range(1, _EPOCHS + 1), losses, label=f"learning rate {rate:g}", markevery=5, **style)
    axes.set_xlabel("epoch")
    axes.set_ylabel("loss of the word")
    axes.grid(visible=True, color="#d1d5db")
    axes.legend()
