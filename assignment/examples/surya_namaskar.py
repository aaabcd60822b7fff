"""Many to one: is it Surya Namaskar, or not? Synthetic joint angles, as a camera may see them (slide "Many-to-One")."""

from collections.abc import Callable, Iterator

import numpy as np
from selfcheck.functions import Functions

from .learning import Array, Params, first_network, learn, one_hot, progress

# The twelve poses, in degrees: shoulder, hip, knee, elbow, and how far the spine is bent back.
_POSES = np.array(
    [
        [45, 180, 180, 45, 0],  # Pranamasana, prayer
        [180, 200, 180, 180, 30],  # Hasta Uttanasana, raised arms
        [170, 30, 180, 180, -30],  # Padahastasana, hands to feet
        [60, 60, 70, 180, 15],  # Ashwa Sanchalanasana, one leg back
        [90, 180, 180, 180, 0],  # Dandasana, plank
        [30, 150, 100, 30, 20],  # Ashtanga Namaskara, eight points on the floor
        [20, 200, 180, 160, 45],  # Bhujangasana, cobra
        [180, 80, 180, 180, -10],  # Parvatasana, mountain
        [60, 60, 70, 180, 15],  # Ashwa Sanchalanasana, the other leg
        [170, 30, 180, 180, -30],  # Padahastasana
        [180, 200, 180, 180, 30],  # Hasta Uttanasana
        [45, 180, 180, 45, 0],  # Pranamasana
    ],
    dtype=np.float64,
)
_SQUAT = np.array([[90, 180, 180, 180, 0], [90, 60, 60, 180, 20]], dtype=np.float64)
_USUAL: Array = _POSES.mean(axis=0)
_RANGE: Array = _POSES.std(axis=0)
_NOISE = 5.0  # degrees

_HIDDEN, _EPOCHS, _RATE = 12, 6, 0.1
_KNOWN, _NEW = 120, 80


#: The kinds of movement, each as a sequence of twelve poses.
KINDS: dict[str, Callable[[np.random.Generator], Array]] = {
    "Surya Namaskar": lambda _: _POSES,
    "its poses in another order": lambda rng: rng.permutation(_POSES),
    "broken off half-way": lambda _: np.vstack([_POSES[:6], np.repeat(_POSES[:1], 6, axis=0)]),
    "squats": lambda _: np.tile(_SQUAT, (6, 1)),
}


def _movement(rng: np.random.Generator, kind: str) -> Array:
    """Return one movement as inputs, shape (T, 5): some poses are held for a second picture, and no angle is exact."""
    poses = KINDS[kind](rng)
    angles = np.repeat(poses, rng.choice([1, 2], size=len(poses), p=[0.8, 0.2]), axis=0)
    seen: Array = angles + rng.normal(0, _NOISE, angles.shape)
    return (seen - _USUAL) / _RANGE


def _movements(rng: np.random.Generator, count: int) -> list[tuple[str, Array]]:
    """Return so many movements, half of them Surya Namaskar."""
    first, *others = KINDS
    kinds = [others[number // 2 % len(others)] if number % 2 else first for number in range(count)]
    return [(kind, _movement(rng, kind)) for kind in kinds]


def run(rnn: Functions) -> Iterator[str]:
    """Learn from some movements, and judge others."""
    rng = np.random.default_rng(1)
    known, new = _movements(rng, _KNOWN), _movements(rng, _NEW)
    yield f"{_KNOWN} movements to learn from, half of them Surya Namaskar; {_NEW} are held out."
    sequences = [(X, one_hot(_label(kind), 2)[None, :]) for kind, X in known]
    params = first_network(rnn, rng, _POSES.shape[1], _HIDDEN, 2)
    for epoch, (loss, learnt) in enumerate(learn(rnn, params, sequences, rng, _RATE, _EPOCHS), start=1):
        params = learnt
        yield progress(epoch, loss)
    yield "Held out, and judged right by the last output:"
    for kind in KINDS:
        own = [(kind, X) for name, X in new if name == kind]
        yield f"  {kind:<28} {_right(rnn, params, own)} of {len(own)}"
    for name, movements in (("learnt from", known), ("held out", new)):
        right = _right(rnn, params, movements)
        yield f"  {name + ':':<13} {right} of {len(movements)} right ({right / len(movements):.0%})"


def _label(kind: str) -> int:
    return int(kind == "Surya Namaskar")


def _right(rnn: Functions, params: Params, movements: list[tuple[str, Array]]) -> int:
    said = (rnn.many_to_one(params, X, np.zeros(_HIDDEN)).argmax() for _, X in movements)
    return sum(int(answer == _label(kind)) for answer, (kind, _) in zip(said, movements, strict=True))
