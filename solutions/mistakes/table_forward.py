"""Known mistakes in the forward pass and in the functions built on it: the facts."""

from autograder.assignment import Mistake

from ..mistakes.bug import OWNER, bugs

_WRAPPERS = "one_to_one one_to_many many_to_one many_to_many"
_START = "What if the first state is not zero?"
_ACTIVATION = "Which φ was asked for?"
_OUTPUT = "Which h feeds o_t?"
_THETA = "What is θ on the slide?"
_THETA_SLIDE = "Error or LOSS"
_ROWS = "Is each row a distribution?"
_CONVENTION = "Does W_ij lead from unit j to unit i, or from i to j?"

STATE_AND_ACTIVATION: tuple[Mistake, ...] = (
    *bugs(
        f"forward {_WRAPPERS}", "ignores-h_init", "start", "h_init is ignored: the first step starts from zeros", _START
    ),
    *bugs(f"forward {_WRAPPERS}", "activation-ignored", "mode", 'tanh is applied for "identity" too', _ACTIVATION),
    *bugs(
        f"forward {_WRAPPERS}",
        "always-identity",
        "mode phi | pre",
        "no activation is applied, for tanh neither",
        _ACTIVATION,
        family="activation-ignored",
    ),
)

FORWARD: tuple[Mistake, ...] = (
    *bugs(
        "forward",
        "wraparound",
        "start",
        "H[t-1] at t = 0 reads the last row, which is still zero, and not h_init",
        "What is row -1 of an array?",
    ),
    *bugs(
        "forward",
        "stale-state",
        "start",
        "the state is kept between calls, so that a second call starts where the first one ended",
        "Call it twice: same answer?",
        shows="sequence",
    ),
    *bugs(
        "forward",
        "resets-state",
        "before",
        "every step starts from h_init again, so that nothing is remembered",
        "What carries over from t - 1?",
    ),
    *bugs(
        "forward",
        "output-from-previous",
        "output",
        "the output is read from the state before: o_t = V h_{t-1} + c",
        _OUTPUT,
    ),
    *bugs(
        "forward",
        "output-from-preactivation",
        "output pre",
        "the output is read from the pre-activation: o_t = V a_t + c",
        _OUTPUT,
        family="output-from-previous",
    ),
    *bugs("forward", "softmax-of-h", "output | c", "the softmax is taken of h_t: V and c are not used", "What is o_t?"),
    *bugs("forward", "no-bias", "b c", "the biases b and c are left out", _THETA, slide=_THETA_SLIDE),
    *bugs("forward", "no-b", "b", "the bias b is left out", _THETA, family="no-bias", slide=_THETA_SLIDE),
    *bugs("forward", "no-c", "c", "the bias c is left out", _THETA, family="no-bias", slide=_THETA_SLIDE),
    *bugs(
        "forward",
        "half-tanh",
        "phi",
        "(1 - e^-a) / (1 + e^-a) is taken for tanh, but it is tanh(a/2)",
        "What is np.tanh(1)?",
    ),
    *bugs("forward", "sigmoid-for-tanh", "phi", "the logistic function is applied in place of tanh", _ACTIVATION),
    *bugs("forward", "logits-returned", "link", "the logits o are returned in place of ŷ", _ROWS),
    *bugs(
        "forward",
        "softmax-over-time",
        "link | c",  # c is the same at every step, so it cancels
        "the softmax runs over the steps instead of the classes",
        "Which axis holds the classes?",
        family="wrong-axis",
    ),
    *bugs(
        "forward",
        "W-transposed",
        "convention",
        "the state is multiplied by Wᵀ: h W in place of W h",
        _CONVENTION,
        family="row-convention",
    ),
    *bugs(
        "forward",
        "row-convention",
        "convention",
        "x U, h W and h V are computed, which fits only where D = H = K",
        _CONVENTION,
    ),
    *bugs("forward", "outputs-swapped", "return", "Ŷ and H are returned in the other order", "Which comes first?"),
    *bugs(
        "forward",
        "h_init-included",
        "return",
        "H holds h_init as its first row, so that it has T + 1 rows",
        "Which state is row 0 of H?",
    ),
    *bugs(
        "forward",
        "last-row-only",
        "return | states",
        "only the last state and output are returned",
        "How many rows has H?",
    ),
    *bugs(
        "forward",
        "same-array-appended",
        "states",
        "one array is changed and appended at every step, so that all rows of H are the last state",
        "How many arrays are in that list?",
    ),
    *bugs(
        "forward",
        "mutates-input",
        "mutate",
        "the running state is written into the argument h_init",
        OWNER,
        shows="mutation",
    ),
)
