"""Known mistakes in the terms of a gradient: which steps, which factors, how they are added: the facts."""

from autograder.assignment import Mistake

from ..mistakes.bug import OWNER, SWEEPS, bugs
from ..mistakes.table_flow import CLIP, HIDDEN_BY_LOCAL

_TERMS = "Count the terms for T = 1: how many are there for T?"
_BIASES = "How many biases are there?"
_LOSSES = "How many losses are there?"
_PRINTED = "What does ERRATA.md say of gradient-u, and what does your own gradient checker?"
_PRINTED_WITHOUT_B = "What does ERRATA.md say of gradient-u and of biases, and what does your own gradient checker?"

# What a result that is made in another way altogether makes invisible.
_HIDDEN = f"{HIDDEN_BY_LOCAL} horizon slope mode V clip-delta clip-result last first h0 terms scale return"
_ALL = "factor align mutate result"

TERMS: tuple[Mistake, ...] = (
    *bugs(f"bptt_V {SWEEPS} bptt_c", "last-step-dropped", "last", "the last step is left out of the sum", _TERMS),
    *bugs(f"bptt_V {SWEEPS} bptt_c", "first-step-dropped", "first", "the first step is left out of the sum", _TERMS),
    *bugs(SWEEPS, "last-step-only", "sources last", "only the loss of the last step counts", _LOSSES),
    *bugs("bptt_V bptt_c", "last-step-only", "last | first", "only the last step counts", _LOSSES),
    *bugs(
        "bptt_V bptt_c",
        "first-step-only",
        "first | last",
        "only the first step counts, as where `return` stands inside the loop",
        _LOSSES,
        family="last-step-only",
    ),
    *bugs(
        SWEEPS,
        "last-term-only",
        f"terms | {HIDDEN_BY_LOCAL} horizon last first h0 align",
        "only the term of the last step is returned",
        _TERMS,
        family="last-step-only",
    ),
    *bugs(
        SWEEPS,
        "overwritten",
        "terms | first h0 align",
        "each step's term replaces the sum (= for +=), so that the first step's is left",
        "What is in the sum after two steps?",
    ),
    *bugs(
        f"bptt_V {SWEEPS} bptt_c",
        "averaged-over-steps",
        "scale",
        "the sum over the steps is divided by T once more",
        "Does dO already hold the 1/T?",
    ),
    *bugs(
        SWEEPS,
        "clipped-inside",
        "clip-delta | clip-carry-5",  # what W makes of ±1 does not reach ±5
        "δ_t is clipped to ±1 inside the loop",
        CLIP,
    ),
    *bugs(
        SWEEPS,
        "clipped-inside-5",
        "clip-delta",
        "δ_t is clipped to ±5 inside the loop",
        CLIP,
        family="clipped-inside",
    ),
    *bugs(
        SWEEPS,
        "clipped-dh",
        "clip-delta | clip-carry-5 sum",
        "∂L/∂h_t is clipped to ±1 inside the loop",
        CLIP,
        family="clipped-inside",
    ),
    *bugs(
        SWEEPS,
        "clipped-dh-5",
        "clip-delta | sum",
        "∂L/∂h_t is clipped to ±5 inside the loop",
        CLIP,
        family="clipped-inside",
    ),
    *bugs(
        "bptt_V bptt_c",
        "clipped-inside",
        "clip-delta | clip-result",
        "the sum is clipped to ±1 inside the loop",
        CLIP,
    ),
    *bugs(
        "bptt_V bptt_c",
        "clipped-inside-5",
        "clip-delta | clip-result",
        "the sum is clipped to ±5 inside the loop",
        CLIP,
        family="clipped-inside",
    ),
    *bugs(
        f"bptt_V {SWEEPS} bptt_c",
        "clipped-result",
        "clip-result",
        "the finished gradient is clipped to ±1",
        CLIP,
        family="clipped-inside",
    ),
    *bugs(
        f"bptt_V {SWEEPS} bptt_c",
        "clipped-result-5",
        "clip-result",
        "the finished gradient is clipped to ±5",
        CLIP,
        family="clipped-inside",
    ),
    *bugs("bptt_b", "unsummed", "return", "a row per step is returned, not their sum", _BIASES),
    *bugs("bptt_c", "unsummed", "return | clip-delta", "a row per step is returned, not their sum", _BIASES),
    *bugs(
        SWEEPS,
        "mutates-input",
        "mutate",
        "the deltas are written into the argument H",
        OWNER,
        shows="mutation",
    ),
    *bugs(
        "bptt_V",
        "mutates-input",
        "mutate",
        "the rows of the argument dO are set to zero once they have been used",
        OWNER,
        shows="mutation",
    ),
    *bugs(
        "bptt_c",
        "mutates-input",
        "mutate",
        "the sum is collected in the first row of the argument dO",
        OWNER,
        shows="mutation",
    ),
)

FACTORS: tuple[Mistake, ...] = (
    *bugs(
        "bptt_V bptt_W bptt_U",
        "transposed-outer",
        "outer",
        "the outer product has its factors the wrong way round",
        "Which units do the rows belong to: those that it comes from, or leads to?",
    ),
    *bugs(
        "bptt_V",
        "drops-1-over-T",
        "scale",
        "the sum is multiplied by T, which undoes the 1/T of the mean that dO holds",
        "Does dO already hold the 1/T?",
        slide="The Math Behind BPTT",
    ),
    *bugs(
        "bptt_V",
        "previous-state",
        "factor | first",
        "the factor is h_{t-1}, the state before, and not h_t",
        "Which state did V multiply?",
    ),
    *bugs(
        "bptt_W",
        "h_t-for-h_{t-1}",
        "factor",
        "the factor is h_t, the state after, and not h_{t-1}",
        "What did W multiply?",
    ),
    *bugs(
        "bptt_W",
        "h_init-as-zero",
        "factor h0 | first",
        "the first term uses zeros in place of h_init",
        "What did W multiply at t = 1?",
    ),
    *bugs(
        "bptt_W",
        "wraparound",
        "factor h0 | first",
        "H[t-1] at t = 0 reads the last state, and not h_init",
        "What is row -1 of an array?",
    ),
    *bugs(
        "bptt_W",
        "h_1-for-h_init",
        "factor h0 | first",
        "the first term uses H[0], which is h_1, in place of h_init",
        "What did W multiply at t = 1?",
    ),
    *bugs(
        SWEEPS,
        "direct-term-lost",
        f"{_ALL} | {_HIDDEN}",
        "each loss lacks the term of its own step: the direct one, as on a slide (direct-term in ERRATA.md)",
        "Does a_t reach the loss of step t only through later steps?",
        slide="The Math Behind BPTT",
    ),
    *bugs(
        "bptt_U",
        "as-printed",
        f"{_ALL} | {_HIDDEN}",
        "the sum is as printed on the slide: Vᵀ and φ'(a_k) are missing, and the error stands on the wrong side",
        _PRINTED,
    ),
    *bugs(
        "bptt_U",
        "as-printed-with-V",
        f"{_ALL} | {_HIDDEN}",
        "the sum is as printed on the slide, with Vᵀ: φ'(a_k) is missing, and the error stands on the wrong side",
        _PRINTED,
        family="as-printed",
    ),
    *bugs(
        "bptt_U",
        "as-printed-without-b",
        f"{_ALL} | {_HIDDEN}",
        "the sum is as printed on the slide: Vᵀ, φ'(a_k), and the b of the slope's a_m are missing, and the error "
        "stands on the wrong side",
        _PRINTED_WITHOUT_B,
        family="as-printed",
    ),
    *bugs(
        "bptt_U",
        "as-printed-with-V-without-b",
        f"{_ALL} | {_HIDDEN}",
        "the sum is as printed on the slide, with Vᵀ: φ'(a_k) and the b of the slope's a_m are missing, and the error "
        "stands on the wrong side",
        _PRINTED_WITHOUT_B,
        family="as-printed",
    ),
    *bugs(
        "bptt_U",
        "x-off-by-one",
        "factor h0 | first",
        "the factor is x_{t-1}, the input before (none at the first step), and not x_t",
        "What did U multiply?",
    ),
    *bugs(
        "bptt_U",
        "x-wraparound",
        "factor h0 | first",
        "the factor is x_{t-1}, which at the first step reads the last input",
        "What did U multiply?",
        family="x-off-by-one",
    ),
    *bugs(
        "bptt_W bptt_U",
        "deltas-not-reversed",
        "align",
        "the deltas are collected from the last step to the first and meet the factors of the other end",
        "Which step does the first delta in the list belong to?",
    ),
    *bugs(
        "bptt_b",
        "bias-skipped-at-0",
        "first",
        "the sum starts at the second step",
        "Does b act at t = 1?",
        family="first-step-dropped",  # in other words
    ),
    *bugs(
        "bptt_b",
        "accumulates-itself",
        f"result | {_HIDDEN}",
        "db is added to itself (db += db), so that it stays zero",
        "What is added in each turn of the loop?",
    ),
    *bugs(
        "bptt_b",
        "gradient-of-c",
        f"result mutate | {_HIDDEN}",
        "Σ ∂L/∂o_t is returned, which is the gradient of c",
        "Which bias is added in a_t, and which in o_t?",
    ),
    *bugs(
        "bptt_c",
        "accumulates-itself",
        "result | first last terms clip-delta clip-result scale return",
        "dc is added to itself (dc += dc), so that it stays zero",
        "What is added in each turn of the loop?",
    ),
)
