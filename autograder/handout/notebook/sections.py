"""The chapters of the notebook: which tasks they hold, what introduces them, and their figures."""

from dataclasses import dataclass

from autograder.handout.notebook.figure import Sketch, Step

_DIGITS = "₀₁₂₃₄₅₆₇₈₉"


@dataclass(frozen=True)
class Section:
    """A chapter: it begins with the task of this id, and ends where the next one begins."""

    first_task: str
    title: str
    text: str
    sketches: tuple[tuple[str, Sketch], ...]  # caption, figure


def _steps(count: int, inputs: str, outputs: str, losses: bool = False, first: int = 1) -> tuple[Step, ...]:
    """Return the steps of a network; `inputs` and `outputs` have a sign for each: the letter, "0", or "." for none."""

    def shown(letter: str, number: int) -> str:
        return {".": "", "0": "0"}.get(letter, letter + _DIGITS[number])

    return tuple(
        Step(
            f"h{_DIGITS[number]}",
            shown(inputs[number - 1], number),
            shown(outputs[number - 1], number),
            f"L{_DIGITS[number]}" if losses else "",
        )
        for number in range(first, first + count)
    )


SECTIONS = (
    Section(
        "softmax",
        "Part 1: the network and its loss",
        "The same weights serve every step. What the network knows of the past is in its hidden state, which each "
        "step takes from the one before; the first takes it from h_init. Each step has an output and a loss.",
        (
            (
                "Three steps of the network: U reads the input, W carries the state on, V makes the output.",
                Sketch(
                    "A recurrent network unrolled over three steps: each input and the state before make a state, "
                    "each state an output, each output a loss.",
                    _steps(3, "xxx", "ŷŷŷ", losses=True),
                    weights=True,
                ),
            ),
        ),
    ),
    Section(
        "output_error",
        "Part 2: backpropagation through time",
        "A state reaches the loss twice: through its own output, and through every state after it. The error "
        "takes the same ways back. A weight is used at every step, so its gradient is a sum over the steps.",
        (
            (
                "The way of the error, dashed: down from each loss, and back from state to state.",
                Sketch(
                    "The unrolled network with dashed arrows from each loss down to its state, and from each "
                    "state back to the one before.",
                    _steps(3, "xxx", "ŷŷŷ", losses=True),
                    backward=True,
                ),
            ),
        ),
    ),
    Section(
        "gradient_step",
        "Part 3: a step of learning",
        "With the gradients of all five parameters, gradient descent makes the loss smaller.",
        (),
    ),
    Section(
        "one_to_one",
        "Part 4: ways to use the network",
        "The same cell is used in four ways, which differ in what enters at each step, and in which outputs are read.",
        (
            (
                "One to one, step by step: an output is the next step's input.",
                Sketch(
                    "Three steps; an arrow leads from each output to the next input.",
                    _steps(3, "xxx", "ŷŷŷ"),
                    feedback=True,
                ),
            ),
            (
                "One to many: x enters at the first step, zeros after it.",
                Sketch("Three steps; an input at the first, zeros at the others.", _steps(3, "x00", "ŷŷŷ")),
            ),
            (
                "Many to one: only the last output is read.",
                Sketch("Three steps with inputs; an output at the last alone.", _steps(3, "xxx", "..ŷ")),
            ),
            (
                "Many to many: the encoder reads, then the decoder writes, each with weights of its own.",
                Sketch(
                    "Two steps with inputs and no outputs; then, past a dotted line, two steps with outputs, the "
                    "first of which is fed back as an input.",
                    (
                        *_steps(2, "xx", ".."),
                        Step("h₁", "start", "ŷ₁"),
                        Step("h₂", "x₂", "ŷ₂"),
                    ),
                    feedback=True,
                    gap_after=2,
                ),
            ),
        ),
    ),
)
