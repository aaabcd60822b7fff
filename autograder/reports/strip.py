"""The picture of a sequence: one cell per step, shaded by the size of the error."""

from collections.abc import Sequence
from dataclasses import dataclass

# An error relative to the largest entry, from which a shade begins. Shade 0 is for what is right.
_SHADES = (0.0, 0.01, 0.1, 0.5)
_WIDTH = 640
_WIDEST = 48
_LABELS = 16  # as many numbers as can be read below a strip


@dataclass(frozen=True)
class Step:
    """One step."""

    x: int
    middle: float
    level: int  # 0 (right) to 4
    label: str


@dataclass(frozen=True)
class Strip:
    """Where things are, and the same in words."""

    cells: tuple[Step, ...]
    step: int  # a cell's width
    width: int
    mark: float  # the middle of the first wrong cell
    says: str


def strip_of(profile: Sequence[float]) -> Strip | None:
    """Return the picture of a finding's profile, or None where there is nothing to see."""
    wrong = [index for index, error in enumerate(profile) if error > 0]
    if not wrong or len(profile) == 1:  # one step has no course
        return None
    step = min(_WIDEST, _WIDTH // len(profile))
    every = -(-len(profile) // _LABELS)
    cells = tuple(
        Step(
            index * step + 1,
            (index + 0.5) * step + 1,
            sum(error > shade for shade in _SHADES),
            f"{index + 1}" if index % every == 0 else "",
        )
        for index, error in enumerate(profile)
    )
    return Strip(cells, step, len(profile) * step + 2, cells[wrong[0]].middle, _says(wrong, len(profile)))


def _says(wrong: Sequence[int], count: int) -> str:
    first = wrong[0] + 1
    start = "Wrong from the first step on" if first == 1 else f"Right up to step {first - 1}, wrong from step {first}"
    return f"{start}: {len(wrong)} of {count} steps differ."
