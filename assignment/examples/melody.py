"""One to many: a melody from a single note (slide "One-to-Many")."""

from collections.abc import Iterator

import numpy as np
from selfcheck.functions import Functions

from .learning import Array, first_network, learn, one_hot, progress

NOTES = ("C", "D", "E", "F", "G", "A", "B", "<end>")
# The first note enters; what follows it is to come out, with zeros for input. No two may begin alike.
MELODIES = {
    "Brother John": "C D E C C D E C E F G <end>",
    "Ode to Joy": "E E F G G F E D C C D E E D D <end>",
    "Silent Night": "G A G E G A G E D D B C C G <end>",
}

_NEW, _LONGEST = "F", 24

_HIDDEN, _EPOCHS, _RATE = 24, 100, 0.1


def _sequence(notes: list[str]) -> tuple[Array, Array]:
    """Return the inputs, one note and then zeros, and the labels, the notes after it."""
    Y = np.array([one_hot(NOTES.index(note), len(NOTES)) for note in notes[1:]])
    X = np.zeros_like(Y)
    X[0] = one_hot(NOTES.index(notes[0]), len(NOTES))
    return X, Y


def run(rnn: Functions) -> Iterator[str]:
    """Learn the melodies, and play each from its first note."""
    yield f"The network hears one note, then nothing, and has to play the rest: {len(MELODIES)} melodies."
    rng = np.random.default_rng(1)
    params = first_network(rnn, rng, len(NOTES), _HIDDEN, len(NOTES))
    sequences = [_sequence(melody.split()) for melody in MELODIES.values()]
    for epoch, (loss, learnt) in enumerate(learn(rnn, params, sequences, rng, _RATE, _EPOCHS), start=1):
        params = learnt
        if epoch == 1 or epoch % 20 == 0:
            yield progress(epoch, loss)
    right = 0
    for (name, melody), (X, Y) in zip(MELODIES.items(), sequences, strict=True):
        outputs = rnn.one_to_many(params, X[0], np.zeros(_HIDDEN), steps=len(Y))
        played = " ".join(NOTES[number] for number in outputs.argmax(axis=1))
        right += played == melody.partition(" ")[2]
        yield f"  {melody[0]} -> {played:<38} {name}"
    yield f"{right} of {len(MELODIES)} melodies are played exactly."
    yield f"No melody begins with {_NEW}. It plays one of its own, from the state that {_NEW} makes:"
    outputs = rnn.one_to_many(params, one_hot(NOTES.index(_NEW), len(NOTES)), np.zeros(_HIDDEN), steps=_LONGEST)
    notes = " ".join(NOTES[number] for number in outputs.argmax(axis=1))
    own, end, _ = notes.partition("<end>")
    yield f"  {_NEW} -> {own}{end}"
