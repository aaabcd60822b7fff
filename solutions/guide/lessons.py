"""What each task is for, the shapes that meet in it, and the questions of a tutor."""

from dataclasses import dataclass

from autograder.judge.mistakes import bugs_of


@dataclass(frozen=True)
class Lesson:
    """What is said of one task beside its formula."""

    task: str
    why: str  # Markdown
    shapes: str  # products and sums of shapes, with what comes out; several are divided by ";"
    traps: tuple[str, ...]  # ids of known mistakes, whose questions are asked

    @property
    def questions(self) -> tuple[str, ...]:
        """What a tutor would ask, each question once."""
        asked = {bug.id: bug.question for bug in bugs_of(self.task)}
        return tuple(dict.fromkeys(asked[trap] for trap in self.traps))


_LESSONS = (
    Lesson(
        "softmax",
        "The readout gives K numbers of any size. The loss asks for a distribution: K positive numbers that sum to 1.",
        "o (..., K) → ŷ (..., K)",
        ("overflow", "wrong-axis", "global-max", "mutates-input"),
    ),
    Lesson(
        "cross_entropy",
        "One number for how badly the predictions fit, the negative log likelihood of the truth. Every gradient below "
        "is a derivative of this number.",
        "Ŷ (T, K) ∘ Y (T, K) → (T, K), whose sum is a number",
        ("sign", "mean-over-classes", "zero-log-zero", "ignores-confident-errors"),
    ),
    Lesson(
        "forward",
        "Read the sequence once, and keep every state: backpropagation needs them all. The same U, W and V serve "
        "at every step, so a sequence may have any length.",
        "U (H, D) · x_t (D,) + W (H, H) · h_{t-1} (H,) + b (H,) → a_t (H,); V (K, H) · h_t (H,) + c (K,) → o_t (K,)",
        ("ignores-h_init", "wraparound", "output-from-previous", "no-bias", "W-transposed"),
    ),
    Lesson(
        "output_error",
        "The first factor of every gradient: what a small change of the logits does to the loss. Softmax and "
        "logarithm cancel to a difference, which is why the two belong together.",
        "Ŷ (T, K) - Y (T, K) → dO (T, K)",
        ("sign", "squashed-error", "other-reduction"),
    ),
    Lesson(
        "bptt_V",
        "V is used at every step, so its gradient is a sum over the steps. It acts after the state and not through it: "
        "no time to travel back yet.",
        "∂L/∂o_t (K,) ⊗ h_t (H,) → (K, H)",
        ("transposed-outer", "drops-1-over-T", "last-step-dropped"),
    ),
    Lesson(
        "hidden_jacobian",
        "What is left at step t of a small change at step k. Each factor shrinks it or makes it grow: this is where "
        "gradients vanish and explode. It is the ∂h_t/∂h_k of the next task.",
        "φ'(a_m) (H, 1) ∘ W (H, H) → ∂h_m/∂h_{m-1} (H, H)",
        ("wrong-order-product", "no-tanh-slope", "includes-k", "zeros-for-k-equals-t"),
    ),
    Lesson(
        "bptt_W",
        "The heart of the lecture. W acts at every step k, and what it did there is felt in the loss of every step "
        "t ≥ k: hence the double sum.",
        "Vᵀ (H, K) · ∂L/∂o_t (K,) → (H,); (∂h_t/∂h_k)ᵀ (H, H) · ∂L/∂h_t (H,) → (H,); δ_t (H,) ⊗ h_{t-1} (H,) → (H, H)",
        ("local-only", "W-not-transposed", "slope-of-wrong-step", "h_t-for-h_{t-1}", "h_init-as-zero"),
    ),
    Lesson(
        "bptt_U",
        "The same error arrives at a_t; only what it meets there is another thing.",
        "δ_t (H,) ⊗ x_t (D,) → (H, D)",
        ("x-off-by-one", "slope-of-preactivation", "truncated-4"),
    ),
    Lesson(
        "bptt_bias",
        "θ on the slide has b and c, and no slide derives them. What does a bias multiply?",
        "δ_1 (H,) + δ_2 (H,) → (H,); ∂L/∂o_1 (K,) + ∂L/∂o_2 (K,) → (K,)",
        ("bias-skipped-at-0", "unsummed", "c-averaged-over-steps"),
    ),
    Lesson(
        "gradient_step",
        "Learning at last: the gradient points uphill, so a small step against it makes the loss smaller.",
        "W (H, H) - ∂L/∂W (H, H) → (H, H), and so for each of the five",
        ("ascent", "mutates-input", "b-forgotten"),
    ),
    Lesson(
        "one_to_one",
        "How a trained network writes: from one character the next, and on from what it has just written. So the "
        'lecture\'s auto-completion makes "deep" of "d".',
        "x (D,) → ŷ_1..ŷ_steps (steps, K), with D = K",
        ("feeds-probabilities", "state-not-carried", "one-step-long"),
    ),
    Lesson(
        "one_to_many",
        "A caption from one picture, a melody from one note: all that comes after the first step comes from memory.",
        "x (D,) → ŷ_1..ŷ_steps (steps, K)",
        ("input-repeated", "feeds-output", "state-not-carried"),
    ),
    Lesson(
        "many_to_one",
        "One verdict on a whole sequence: is this sentence kind, is this movement a Surya Namaskar?",
        "X (T, D) → ŷ_T (K,)",
        ("average-of-steps", "kept-2d"),
    ),
    Lesson(
        "many_to_many",
        "Translation: one network reads, another writes, and all that passes between them is one state.",
        "X (T, D) → h_T (H,); start (K,) → ŷ_1..ŷ_n (n, K)",
        ("encoder-ignored", "start-repeated", "stop-excluded", "wrong-network"),
    ),
)

#: What is said of each task, by its id.
LESSONS = {lesson.task: lesson for lesson in _LESSONS}
