"""Auto-completion over {d, e, p, <stop>}: one to one, with feedback (slides "Error or LOSS" and "1 to 1")."""

from collections.abc import Iterator

import numpy as np
from selfcheck.functions import Functions

from .learning import Params, first_network, learn, one_hot, progress

LETTERS = ("d", "e", "p", "<stop>")
WORD = ("d", "e", "e", "p", "<stop>")

_HIDDEN, _EPOCHS, _RATE = 8, 100, 0.3
_TEMPERATURES = (1, 3, 5)


def lesson(rnn: Functions, learning_rate: float = _RATE, epochs: int = _EPOCHS) -> Iterator[tuple[float, Params]]:
    """Learn the word, from the same first network every time: after each letter comes the next.

    Yields:
        The network that has learnt nothing, with a loss of nan; then, after each epoch, its loss and the network.
    """
    rng = np.random.default_rng(1)
    params = first_network(rnn, rng, len(LETTERS), _HIDDEN, len(LETTERS))
    yield float("nan"), params
    numbers = [LETTERS.index(letter) for letter in WORD]
    word = np.eye(len(LETTERS))[numbers]
    yield from learn(rnn, params, [(word[:-1], word[1:])], rng, learning_rate, epochs)


def complete(rnn: Functions, params: Params) -> np.ndarray:
    """Return the outputs after "d", each of them fed back as the next input. Shape (4, 4)."""
    first = one_hot(LETTERS.index("d"), len(LETTERS))
    outputs: np.ndarray = rnn.one_to_one(params, first, np.zeros(_HIDDEN), steps=len(WORD) - 1)
    return outputs


def say(rnn: Functions, params: Params, rng: np.random.Generator, temperature: float) -> str:
    """Return a word from "d" on, each letter drawn from P^(1/temperature): below 1 the likely ones become likelier."""
    said, h = ["d"], np.zeros(_HIDDEN)
    while len(said) < 2 * len(WORD) and said[-1] != "<stop>":
        H, Y_hat = rnn.forward(params, one_hot(LETTERS.index(said[-1]), len(LETTERS))[None, :], h)
        weights = Y_hat[0] ** (1 / temperature)
        said.append(LETTERS[rng.choice(len(LETTERS), p=weights / weights.sum())])
        h = H[0]
    return "".join(said).replace("<stop>", "")


def run(rnn: Functions) -> Iterator[str]:
    """Learn the word, and complete it."""
    yield "The network reads d e e p, and has to say what comes next: e e p <stop>."
    params = None
    for epoch, (loss, params) in enumerate(lesson(rnn)):
        if epoch == 0:
            yield f'Before learning, "d" goes on with: {" ".join(_letters(complete(rnn, params)))}'
        elif epoch == 1 or epoch % 20 == 0:
            yield progress(epoch, loss)
    yield 'Completing from "d"; each output is the next input:'
    outputs = complete(rnn, params)
    said = _letters(outputs)
    yield "  step   input   " + "".join(f"P({letter})".ljust(8) for letter in LETTERS) + "  output"
    for number, (row, before, after) in enumerate(zip(outputs, ["d", *said[:-1]], said, strict=True), start=1):
        yield f"  {number:>4}   {before:<8}" + "".join(f"{p:<8.2f}" for p in row) + f"    {after}"
    yield f'"d" is completed to "{"".join(["d", *said]).replace("<stop>", "")}".'
    yield "Words of its own, each letter drawn from P^(1/temperature):"
    rng = np.random.default_rng(2)
    for temperature in _TEMPERATURES:
        words = " ".join(say(rnn, params, rng, temperature) for _ in range(6))
        yield f"  temperature {temperature:<4g} {words}"


def _letters(outputs: np.ndarray) -> list[str]:
    return [LETTERS[number] for number in outputs.argmax(axis=1)]
