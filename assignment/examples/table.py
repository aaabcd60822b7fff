"""The examples in the lecture's order. The one table that the scripts, the README, the notebook and the tests read."""

from dataclasses import dataclass

#: The checks of what gradient descent takes; every example learns by it, with tanh and a summed loss.
LEARNING = (
    "softmax-values",
    "cross_entropy-sum",
    "forward-tanh",
    "output_error-sum",
    "bptt_V-gradient",
    "bptt_W-tanh",
    "bptt_U-tanh",
    "bptt_bias-b",
    "bptt_bias-c",
    "gradient_step-update",
)


@dataclass(frozen=True)
class Example:
    """One example: `name` is that of its module and of its output; `needs` are the checks that unlock it."""

    name: str
    title: str
    needs: tuple[str, ...]
    learns: str  # completes the sentence "it learns …"
    slide: str

    @property
    def tasks(self) -> tuple[str, ...]:
        """The ids of the tasks that it needs, at least in part."""
        return tuple(dict.fromkeys(check.partition("-")[0] for check in self.needs))


EXAMPLES = (
    Example(
        "completion",
        "Auto-completion",
        (*LEARNING, "one_to_one-tanh"),
        'the word "deep" over `{d, e, p, <stop>}`, completes it from "d", and says words of its own',
        "Error or LOSS",
    ),
    Example(
        "melody",
        "A melody from one note",
        (*LEARNING, "one_to_many-tanh"),
        "three melodies, and plays each from its first note alone",
        "One-to-Many",
    ),
    Example(
        "surya_namaskar",
        "Surya Namaskar or not",
        (*LEARNING, "many_to_one-tanh"),
        "to tell the twelve poses of Surya Namaskar from other movements, by the angles of five joints",
        "Many-to-One",
    ),
    Example(
        "sentiment",
        "Sentiment of a sentence",
        (*LEARNING, "many_to_one-tanh"),
        'whether a short sentence praises, "not" and "very" included',
        "Many-to-One",
    ),
    Example(
        "translation",
        "English to Kannada",
        (*LEARNING, "many_to_many-tanh"),
        'to translate "How are you" into "ನೀವು ಹೇಗಿದ್ದೀರಿ", and other phrases, with an encoder and a decoder',
        "Many-to-Many",
    ),
)
