"""Many to many: English to Kannada, by an encoder and a decoder (slide "Many-to-Many").

A token is a word. In Kannada a vowel sign or a conjunct is a code point of its own, which means nothing without
the letter that it stands on: ನೀವು is two syllables and four code points, so letters would be the wrong pieces.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from selfcheck.functions import Functions

from .learning import Array, Params, backward, first_network, gradients, one_hot, progress, step

#: English, Kannada (Unicode NFC), and how it sounds.
PHRASES = (
    ("How are you", "ನೀವು ಹೇಗಿದ್ದೀರಿ", "neevu hegiddeeri"),
    ("How are they", "ಅವರು ಹೇಗಿದ್ದಾರೆ", "avaru hegiddaare"),
    ("How is he", "ಅವನು ಹೇಗಿದ್ದಾನೆ", "avanu hegiddaane"),
    ("How is she", "ಅವಳು ಹೇಗಿದ್ದಾಳೆ", "avalu hegiddaale"),
    ("I am well", "ನಾನು ಚೆನ್ನಾಗಿದ್ದೇನೆ", "naanu chennaagiddene"),
    ("What is your name", "ನಿಮ್ಮ ಹೆಸರು ಏನು", "nimma hesaru enu"),
    ("My name is Ravi", "ನನ್ನ ಹೆಸರು ರವಿ", "nanna hesaru Ravi"),
    ("Come here", "ಇಲ್ಲಿ ಬನ್ನಿ", "illi banni"),
    ("Thank you", "ಧನ್ಯವಾದಗಳು", "dhanyavaadagalu"),
    ("Where is the house", "ಮನೆ ಎಲ್ಲಿದೆ", "mane ellide"),
    ("Where is the school", "ಶಾಲೆ ಎಲ್ಲಿದೆ", "shaale ellide"),
    ("Where is the book", "ಪುಸ್ತಕ ಎಲ್ಲಿದೆ", "pustaka ellide"),
    ("Where is the water", "ನೀರು ಎಲ್ಲಿದೆ", "neeru ellide"),
    ("This is the house", "ಇದು ಮನೆ", "idu mane"),
    ("This is the school", "ಇದು ಶಾಲೆ", "idu shaale"),
    ("This is the water", "ಇದು ನೀರು", "idu neeru"),
    ("I want the house", "ನನಗೆ ಮನೆ ಬೇಕು", "nanage mane beku"),
    ("I want the book", "ನನಗೆ ಪುಸ್ತಕ ಬೇಕು", "nanage pustaka beku"),
    ("I want the water", "ನನಗೆ ನೀರು ಬೇಕು", "nanage neeru beku"),
)
#: Phrases of known words that it never learns from, in an order that it has to find.
HELD_OUT = (
    ("This is the book", "ಇದು ಪುಸ್ತಕ", "idu pustaka"),
    ("I want the school", "ನನಗೆ ಶಾಲೆ ಬೇಕು", "nanage shaale beku"),
)
_ENGLISH = sorted({word for english, _, _ in PHRASES for word in english.split()})
START, STOP = "<start>", "<stop>"
_KANNADA = [START, STOP, *sorted({word for _, kannada, _ in PHRASES for word in kannada.split()})]

_HIDDEN, _EPOCHS, _RATE, _MAX_WORDS = 16, 60, 0.2, 6


@dataclass(frozen=True)
class Pair:
    """One phrase as arrays."""

    read: Array  # (T, English words), what the encoder reads
    fed: Array  # (n, Kannada words), what the decoder reads while learning: <start>, then the right words
    due: Array  # (n, Kannada words), what it has to say: the words, then <stop>


def _pair(english: str, kannada: str) -> Pair:
    words = [_KANNADA.index(word) for word in (START, *kannada.split(), STOP)]
    rows = np.eye(len(_KANNADA))[words]
    read = np.array([one_hot(_ENGLISH.index(word), len(_ENGLISH)) for word in english.split()])
    return Pair(read, rows[:-1], rows[1:])


def first_networks(rnn: Functions, rng: np.random.Generator) -> tuple[Params, Params]:
    """Draw an encoder and a decoder. The encoder's outputs are its states: its V is the identity, its c is 0."""
    drawn = first_network(rnn, rng, len(_ENGLISH), _HIDDEN, _HIDDEN)
    encoder = rnn.make_params(drawn.U, drawn.W, np.eye(_HIDDEN), drawn.b, drawn.c)
    return encoder, first_network(rnn, rng, len(_KANNADA), _HIDDEN, len(_KANNADA))


def pair_gradients(rnn: Functions, encoder: Params, decoder: Params, pair: Pair) -> tuple[float, Params, Params]:
    """Return the loss of one phrase, and its gradients for the encoder and for the decoder."""
    h_init = np.zeros(_HIDDEN)
    read, _ = rnn.forward(encoder, pair.read, h_init)  # (T, H)
    said = backward(rnn, decoder, pair.fed, pair.due, read[-1])
    # bptt_U gives Σ_t δ_t ⊗ x_t. With x_1 = (1, 0, 0, …) and zeros after it, its first column is δ_1.
    first_only = np.zeros_like(pair.fed)
    first_only[0, 0] = 1.0
    delta_1 = rnn.bptt_U(decoder, said.dO, first_only, said.H)[:, 0]  # (H,)
    # The decoder's first state came from the encoder's last one by W alone: that is where the error enters.
    dO = np.zeros_like(read)
    dO[-1] = decoder.W.T @ delta_1  # V is the identity, so an error of the output is one of the state
    grads = gradients(rnn, encoder, dO, pair.read, read, h_init)
    # V and c are no parameters of the encoder: nothing reads its outputs.
    fixed = rnn.make_params(grads.U, grads.W, np.zeros_like(encoder.V), grads.b, np.zeros_like(encoder.c))
    return said.loss, fixed, said.grads


def translate(rnn: Functions, encoder: Params, decoder: Params, english: str) -> str:
    """Return the decoder's words up to <stop>."""
    start, stop = one_hot(_KANNADA.index(START), len(_KANNADA)), _KANNADA.index(STOP)
    X = np.array([one_hot(_ENGLISH.index(word), len(_ENGLISH)) for word in english.split()])
    outputs = rnn.many_to_many(encoder, decoder, X, np.zeros(_HIDDEN), start, stop, _MAX_WORDS)
    words = [_KANNADA[number] for number in outputs.argmax(axis=1)]
    return " ".join(word for word in words if word != STOP)


def run(rnn: Functions) -> Iterator[str]:
    """Learn the phrases, and translate each of them."""
    yield f"{len(PHRASES)} phrases, {len(_ENGLISH)} English words, {len(_KANNADA) - 2} Kannada words."
    rng = np.random.default_rng(1)
    encoder, decoder = first_networks(rnn, rng)
    pairs = [_pair(english, kannada) for english, kannada, _ in PHRASES]
    for epoch in range(1, _EPOCHS + 1):
        losses = []
        for number in rng.permutation(len(pairs)):
            loss, *grads = pair_gradients(rnn, encoder, decoder, pairs[number])
            encoder, decoder = step(rnn, [encoder, decoder], grads, _RATE)
            losses.append(loss)
        if epoch == 1 or epoch % 10 == 0:
            yield progress(epoch, float(np.mean(losses)))
    for phrases, what in ((PHRASES, "phrases"), (HELD_OUT, "phrases that were held out")):
        right = 0
        for english, kannada, sounds in phrases:
            said = translate(rnn, encoder, decoder, english)
            right += said == kannada
            yield f"  {english:<20} {sounds:<22} {said}"
        yield f"{right} of {len(phrases)} {what} are translated exactly."
