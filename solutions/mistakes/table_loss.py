"""Known mistakes in softmax, the loss and its derivative: the facts."""

from autograder.assignment import Mistake

from ..mistakes.bug import OWNER, bugs

_AXIS = "Which axis holds the classes?"
_SHIFT = "Does adding a constant to every logit change the answer?"
_REDUCTION = "Which reduction was asked?"
_ZERO = "What should p → 0 cost?"
_LOG = "Which log makes ŷ - y the derivative?"

SOFTMAX: tuple[Mistake, ...] = (
    *bugs("softmax", "overflow", "shift", "exp(o) is taken with no shift, so that large logits overflow", _SHIFT),
    *bugs("softmax", "wrong-axis", "axis", "the sum runs over axis 0, not over the last axis", _AXIS),
    *bugs(
        "softmax",
        "whole-array",
        "axis | shift-scope",
        "the sum runs over the whole array, so that all rows together sum to 1",
        _AXIS,
        family="wrong-axis",
    ),
    *bugs(
        "softmax",
        "global-max",
        "shift shift-scope",
        "the logits are shifted by the maximum of the whole array, which makes 0/0 of a row far below it",
        "Whose maximum should each row be shifted by?",
    ),
    *bugs(
        "softmax",
        "epsilon-in-exp",
        "shift",
        "exp(o + 1e-12) overflows just as exp(o) does",
        "What is exp(1000)?",
        family="overflow",  # no answer tells them apart
    ),
    *bugs(
        "softmax",
        "clipped-logits",
        "shift",
        "the logits are clipped to ±500 instead of shifted, so that larger ones become equal",
        _SHIFT,
    ),
    *bugs(
        "softmax",
        "in-place-clip",
        "mutate shift",
        "the argument itself is clipped to ±500, so that the caller's logits change",
        OWNER,
        shows="mutation",
    ),
    *bugs(
        "softmax",
        "mutates-input",
        "mutate shift",
        "the argument itself is shifted by its maximum, so that the caller's logits change",
        OWNER,
        shows="mutation",
    ),
    *bugs(
        "softmax",
        "unnormalised",
        "link | axis",
        "the exponentials are not divided by their sum",
        "What does a row sum to?",
    ),
    *bugs("softmax", "log-softmax", "link", "the log of the softmax is returned", "Can a probability be below 0?"),
    *bugs(
        "softmax",
        "negated",
        "link shift",
        "exp(-o) is taken, so that the smallest logit of a row gets the largest probability",
        "Which logit should win?",
    ),
    *bugs(
        "softmax",
        "sigmoid",
        "link | axis shift",
        "the logistic function is applied to each logit on its own",
        "What does a row sum to?",
    ),
)

CROSS_ENTROPY: tuple[Mistake, ...] = (
    *bugs(
        "cross_entropy",
        "sign",
        "sign",
        "the minus is missing (as on one slide: loss-minus in ERRATA.md), so that the loss is negative",
        "Can -log p be negative?",
    ),
    *bugs(
        "cross_entropy",
        "mean-over-classes",
        "divisor",
        "each step's loss is the mean over its K classes, not their sum",
        "Over which axis is there an average?",
    ),
    *bugs(
        "cross_entropy output_error",
        "mean-over-entries",
        "divisor mean",
        'the "mean" divides by all T·K entries instead of the T steps',
        "Over which axis is there an average?",
        family="mean-over-classes",
    ),
    *bugs(
        "cross_entropy output_error",
        "other-reduction",
        "reduction",
        'the mean is computed where "sum" was asked, and the sum where "mean" was',
        _REDUCTION,
    ),
    *bugs(
        "cross_entropy output_error",
        "always-sum",
        "reduction | mean",
        'the sum over the steps is computed for "mean" too',
        _REDUCTION,
        family="other-reduction",
    ),
    *bugs(
        "cross_entropy output_error",
        "always-mean",
        "reduction",
        'the mean over the steps is computed for "sum" too',
        _REDUCTION,
        family="other-reduction",
    ),
    *bugs("cross_entropy", "log2", "log", "the logarithm has base 2", _LOG),
    *bugs("cross_entropy", "log10", "log", "the logarithm has base 10", _LOG),
    *bugs(
        "cross_entropy",
        "ignores-confident-errors",
        "zeros",
        "terms with a tiny ŷ are skipped, so that the worst prediction costs nothing",
        _ZERO,
    ),
    *bugs("cross_entropy", "zero-log-zero", "zeros nan", "0 · log 0 becomes nan", "What is lim p→0 of p log p?"),
    *(
        row
        for exponent in (7, 8, 10)
        for row in bugs(
            "cross_entropy",
            f"epsilon-1e-{exponent}",
            "zeros",
            f"the 1e-{exponent} that guards the logarithm is too big: it caps the price of an impossible truth",
            _ZERO,
            family="epsilon-too-big",
        )
    ),
    *bugs(
        "cross_entropy",
        "binary-ce",
        "formula",
        "Σ (1 - y) log(1 - ŷ) is added, the loss of K separate coins",
        "Is this one distribution or K coins?",
    ),
    *bugs(
        "cross_entropy",
        "of-the-complement",
        "formula | zeros",
        "the logarithm is taken of 1 - ŷ, so that a sure and right prediction costs most",
        "What should ŷ = 1 for the true class cost?",
    ),
    *bugs(
        "cross_entropy output_error",
        "one-hot-only",
        "formula | nan",
        "only the likeliest true class counts, which is right for one-hot rows alone",
        "What if a row of Y is (½, ½, 0)?",
    ),
    *bugs(
        "cross_entropy",
        "arguments-swapped",
        "formula | zeros",
        "Y and Ŷ have changed places: Σ ŷ log y",
        "Which of the two is inside the logarithm?",
    ),
    *bugs(
        "cross_entropy",
        "squared-error",
        "formula | zeros log",
        "½ Σ (ŷ - y)² is computed, the squared error",
        "Which loss was it?",
    ),
    *bugs(
        "cross_entropy output_error",
        "softmax-again",
        "input | zeros",
        "the softmax is applied once more to Ŷ, which holds probabilities already",
        "What does a row of Ŷ sum to before you start?",
    ),
    *bugs(
        "cross_entropy",
        "per-step-losses",
        "return | reduction mean",
        "the losses of the steps are returned, not added up",
        "How many numbers is the loss?",
    ),
    *bugs(
        "cross_entropy",
        "mutates-input",
        "mutate | zeros",
        "the guard of the logarithm is added to the argument Ŷ itself, so that the caller's array changes",
        OWNER,
        shows="mutation",
    ),
)

OUTPUT_ERROR: tuple[Mistake, ...] = (
    *bugs(
        "output_error",
        "squashed-error",
        "squash",
        "the error is multiplied by ŷ (1 - ŷ), the slope of a logistic output",
        "∂L/∂o through the softmax is already done: what is left to multiply?",
    ),
    *bugs(
        "output_error",
        "tanh-squashed-error",
        "squash",
        "the error is multiplied by 1 - ŷ², the slope of tanh",
        "∂L/∂o through the softmax is already done: what is left to multiply?",
        family="squashed-error",
    ),
    *bugs(
        "output_error",
        "whole-columns",
        "squash formula | sign input mutate",
        "1 is subtracted in whole columns (d[:, y] -= 1), at every step and not at its own",
        "Which index picks the row of step t?",
    ),
    *bugs("output_error", "sign", "sign", "y - ŷ is returned, the opposite sign", "Which way is downhill?"),
    *bugs(
        "output_error",
        "squared-error",
        "squash",
        "the squared error ½ (ŷ - y)² is differentiated through the softmax",
        "Which loss was it?",
    ),
    *bugs(
        "output_error",
        "stops-at-probabilities",
        "squash | formula",
        "-y/ŷ is returned, the derivative by ŷ and not by the logits",
        "By what is the loss differentiated: by ŷ or by o?",
    ),
    *bugs(
        "output_error",
        "mutates-input",
        "mutate",
        "y is subtracted from the argument Ŷ itself, so that the caller's array changes",
        OWNER,
        shows="mutation",
    ),
)
