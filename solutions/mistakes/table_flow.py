"""Known mistakes in the slope and in the way the gradient flows through time: the facts."""

from functools import partial

from autograder.assignment import Mistake

from ..mistakes.bug import SWEEPS, bugs

_SLOPES = f"hidden_jacobian {SWEEPS}"
_TIME = "Trace the loss of step 3 back to h_0: what does it pass?"
_ARROWS = "How far back do the arrows go?"
_MATH = "The Math Behind BPTT"

#: The question for every clip.
CLIP = "Does clipping belong to the gradient, or to what is done with it afterwards?"
#: What a gradient that never leaves its own step makes invisible.
HIDDEN_BY_LOCAL = "flow-W carried sum order direction sources clip-carry"

# Where the lecture follows the gradient "till the initial time step".
_flow = partial(bugs, SWEEPS, slide="Grad of loss wrt to W")

SLOPES: tuple[Mistake, ...] = (
    # Without the slope "tanh" is treated as "identity", so the same row stands for "always identity".
    *bugs(
        _SLOPES,
        "no-tanh-slope",
        "slope | mode reversed side sum slope-of-carry",
        "the slope of tanh, 1 - h², is left out",
        "What does tanh do to a small change?",
        slide=_MATH,
    ),
    *bugs(
        _SLOPES,
        "double-tanh",
        "slope",
        "the slope is taken as 1 - tanh(h)², with tanh applied twice",
        "h is already tanh(a): what is 1 - h²?",
        slide=_MATH,
    ),
    *bugs(
        _SLOPES,
        "slope-of-preactivation",
        "slope",
        "the slope is taken as 1 - a², of the pre-activation",
        "Is your slope written in terms of h or of a?",
        slide=_MATH,
    ),
    *bugs(
        _SLOPES,
        "inverse-slope",
        "slope",
        "the slope is taken as 1/(1 - h²), which belongs to the inverse of tanh",
        "Whose derivative is that?",
        slide=_MATH,
    ),
    *bugs(
        _SLOPES,
        "slope-of-wrong-step",
        "slope",
        "the slope is taken one step early: 1 - h_{t-1}² for 1 - h_t²",
        "Which a does this h come from?",
        slide=_MATH,
    ),
    *bugs(
        "bptt_W",
        "slope-of-wrong-step-wrapped",
        "slope",
        "the slope is taken one step early, and at the first step from the last state",
        "Which a does this h come from?",
        family="slope-of-wrong-step",
        slide=_MATH,
    ),
    *bugs(
        SWEEPS,
        "slope-of-wrong-step-from-zero",
        "slope",
        "the slope is taken one step early, and at the first step from a state of zeros",
        "Which a does this h come from?",
        family="slope-of-wrong-step",
        slide=_MATH,
    ),
    *bugs(
        _SLOPES,
        "activation-ignored",
        "mode",
        'the slope of tanh is applied for "identity" too',
        "Which φ was asked for?",
        slide=_MATH,
    ),
)

FLOW: tuple[Mistake, ...] = (
    *_flow(
        "slope-inside",
        f"sum | {HIDDEN_BY_LOCAL} horizon slope mode V clip-delta clip-result last first terms mutate scale",
        "the slope of the step before stands inside of Wᵀ(φ'·δ), and the step's own is left out there",
        "From a_{t+1} back to a_t: which slope comes after Wᵀ?",
    ),
    *_flow(
        "own-slope-missing",
        f"slope | {HIDDEN_BY_LOCAL} horizon mode V clip-delta clip-result last first terms mutate scale",
        "each term lacks the slope φ'(a_k) of its own step, as the sum printed for U does (gradient-u in ERRATA.md)",
        "What does U, W or b reach first, a_k or h_k?",
    ),
    *_flow(
        "local-only",
        f"horizon | {HIDDEN_BY_LOCAL}",
        "no gradient flows through time: each loss reaches its own step only",
        _TIME,
    ),
    *_flow(
        "carry-not-added",
        f"horizon | {HIDDEN_BY_LOCAL}",
        "the gradient carried from step t + 1 is computed and never added",
        "Which losses does h_t affect, and by which ways?",
        family="local-only",  # the same in other words
    ),
    *_flow(
        "carry-replaces-error",
        "sources last",
        "the gradient carried from step t + 1 replaces Vᵀ ∂L/∂o_t instead of being added to it",
        "Which losses does h_t affect, and by which ways?",
        family="carry-not-added",
    ),
    *(
        row
        for k in range(2, 7)
        for row in _flow(
            f"truncated-{k}",
            "horizon | reversed" if k == 2 else "horizon",  # two steps have one factor, which has no order
            f"each loss is followed back over {k} steps only, its own among them",
            _ARROWS,
            family="truncated-k",
        )
    ),
    *(
        row
        for k in (4, 5)
        for row in _flow(
            f"only-last-{k}-steps",
            "horizon tail | first h0",
            f"the backward loop ends after the last {k} steps of the sequence",
            _ARROWS,
            family="truncated-k",
        )
    ),
    *_flow(
        "carry-without-slope",
        "carried slope-of-carry",
        "what is carried back is Wᵀ ∂L/∂h_t, without the slope of step t",
        "Multiply by all of ∂h_t/∂h_{t-1}: what is it made of?",
    ),
    *_flow(
        "slope-before-sum",
        "sum",
        "the slope multiplies Vᵀ ∂L/∂o_t alone, and the carried gradient is added without it",
        "Add, then squash: which of the two passes through φ?",
    ),
    *_flow(
        "W-not-transposed",
        "flow-W",
        "the gradient is carried back with W, not with Wᵀ",
        "h_{t-1}[i] reaches h_t through which entries of W: a row or a column?",
    ),
    *_flow(
        "W-missing",
        "flow-W | reversed",
        "the gradient is carried back without W",
        "How does h_{t-1} reach h_t?",
    ),
    *_flow(
        "states-carried",
        "carried | horizon order",
        "the state h_t is carried back in place of the gradient δ_t",
        "What flows backward?",
    ),
    *_flow(
        "wrong-order-product",
        "order reversed | tail carried sum direction clip-carry clip-delta",
        "the Jacobians from k to t are multiplied in the reverse order",
        "J_t J_{t-1}: which acts first?",
        slide=_MATH,
    ),
    *_flow(
        "swept-forward",
        "direction | horizon order sources",
        "the sweep runs from the first step to the last, so that the gradient flows forward in time",
        "Does h_t affect the losses before it, or after it?",
    ),
    *_flow("V-missing", "V", "∂L/∂o_t is used as if it were ∂L/∂h_t, without Vᵀ", "How does the error reach h?"),
    *_flow(
        "V-not-transposed",
        "V",
        "the error is multiplied by V, not by Vᵀ",
        "How does the error reach h?",
        family="V-missing",
    ),
    *_flow(
        "clipped-carry",
        "clip-carry",
        "what is carried back is clipped to ±1 in the loop",
        CLIP,
        family="clipped-inside",
    ),
    *_flow(
        "clipped-carry-5",
        "clip-carry clip-carry-5",
        "what is carried back is clipped to ±5 in the loop",
        CLIP,
        family="clipped-inside",
    ),
)
