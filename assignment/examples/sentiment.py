"""Many to one: does a short sentence praise? (slide "Many-to-One")."""

from collections.abc import Iterator
from itertools import product

import numpy as np
from selfcheck.functions import Functions

from .learning import Array, Params, first_network, learn, one_hot, progress

_OPENINGS = ("", "the film is", "the food is", "this book is")
_DEGREES = ("", "very", "not", "not very")
_PRAISE, _BLAME = ("good", "great", "lovely"), ("bad", "awful", "dull")

#: Every sentence, and whether it praises: "not" turns the meaning round, so no single word decides.
SENTENCES = {
    " ".join(f"{opening} {degree} {word}".split()): (word in _PRAISE) != ("not" in degree)
    for opening, degree, word in product(_OPENINGS, _DEGREES, _PRAISE + _BLAME)
}
_WORDS = sorted({word for sentence in SENTENCES for word in sentence.split()})

_HIDDEN, _EPOCHS, _RATE, _HELD_OUT = 12, 60, 0.06, 24


def _inputs(sentence: str) -> Array:
    return np.array([one_hot(_WORDS.index(word), len(_WORDS)) for word in sentence.split()])


def _praise(rnn: Functions, params: Params, sentence: str) -> float:
    """Return the probability that the sentence praises."""
    return float(rnn.many_to_one(params, _inputs(sentence), np.zeros(_HIDDEN))[1])


def run(rnn: Functions) -> Iterator[str]:
    """Learn from some sentences, and judge the others."""
    rng = np.random.default_rng(2)
    mixed = [list(SENTENCES)[number] for number in rng.permutation(len(SENTENCES))]
    known, new = mixed[_HELD_OUT:], mixed[:_HELD_OUT]
    yield f"{len(known)} sentences to learn from; {len(new)} are held out."
    sequences = [(_inputs(sentence), one_hot(int(SENTENCES[sentence]), 2)[None, :]) for sentence in known]
    params = first_network(rnn, rng, len(_WORDS), _HIDDEN, 2)
    for epoch, (loss, learnt) in enumerate(learn(rnn, params, sequences, rng, _RATE, _EPOCHS), start=1):
        params = learnt
        if epoch == 1 or epoch % 10 == 0:
            yield progress(epoch, loss)
    for name, sentences in (("learnt from", known), ("held out", new)):
        right = sum((_praise(rnn, params, sentence) > 0.5) == SENTENCES[sentence] for sentence in sentences)
        yield f"  {name + ':':<13} {right} of {len(sentences)} right ({right / len(sentences):.0%})"
    yield "Some of those that were held out, and the probability of praise:"
    praise, blame = ([sentence for sentence in new if SENTENCES[sentence] == kind] for kind in (True, False))
    for sentence in praise[:4] + blame[:4]:
        yield f"  {sentence:<28} {_praise(rnn, params, sentence):.2f}"
