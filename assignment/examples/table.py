"""The examples in the lecture's order. The one table that the scripts, the README, the notebook and the tests read."""

from dataclasses import dataclass

#: The tasks that gradient descent takes; every example learns by it.
LEARNING = (
    "softmax",
    "cross_entropy",
    "forward",
    "output_error",
    "bptt_V",
    "bptt_W",
    "bptt_U",
    "bptt_bias",
    "gradient_step",
)


@dataclass(frozen=True)
class Example:
    """One example: `name` is that of its module and of its output; `tasks` are the ids that it needs."""

    name: str
    title: str
    tasks: tuple[str, ...]
    learns: str  # completes the sentence "it learns …"
    slide: str


EXAMPLES = (
    Example(
        "completion",
        "Auto-completion",
        (*LEARNING, "one_to_one"),
        'the word "deep" over `{d, e, p, <stop>}`, and completes it from "d", fed with its own output',
        "Error or LOSS",
    ),
    Example(
        "melody",
        "A melody from one note",
        (*LEARNING, "one_to_many"),
        "three melodies, and plays each from its first note alone",
        "One-to-Many",
    ),
    Example(
        "surya_namaskar",
        "Surya Namaskar or not",
        (*LEARNING, "many_to_one"),
        "to tell the twelve poses of Surya Namaskar from other movements, by the angles of five joints",
        "Many-to-One",
    ),
    Example(
        "sentiment",
        "Sentiment of a sentence",
        (*LEARNING, "many_to_one"),
        'whether a short sentence praises, "not" and "very" included',
        "Many-to-One",
    ),
    Example(
        "translation",
        "English to Kannada",
        (*LEARNING, "many_to_many"),
        'to translate "How are you" into "ನೀವು ಹೇಗಿದ್ದೀರಿ", and eleven phrases more, with an encoder and a decoder',
        "Many-to-Many",
    ),
)
