# ruff: noqa: E501  (an attempt is a line)
"""Wrong first attempts, as a middling student makes them: work that is half done, with a mistake or two in it.

Each row: what it is, the task, the change of the first lines below, and what the self-check has to say, as a pattern
for what it says of one part or another.
"""

from typing import NamedTuple


class Attempt(NamedTuple):
    """One attempt: functions that take the place of right ones, and patterns, each of which must be said."""

    name: str
    task: str
    text: str
    told: tuple[str, ...]


_FORWARD = """
def forward(params, X, h_init, activation="tanh"):
    h, H, Y_hat = h_init, [], []
    for t, x in enumerate(X):
        a = params.U @ x + params.W @ h + params.b
        h = np.tanh(a)
        H.append(h)
        Y_hat.append(softmax(params.V @ h + params.c))
    return np.array(H), np.array(Y_hat)
"""
_SOFTMAX = """
def softmax(o):
    e = np.exp(o - o.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
"""
_LOSS = """
def cross_entropy(Y_hat, Y, reduction="sum"):
    return -np.sum(Y * np.log(Y_hat + 1e-12))
"""
_ERROR = """
def output_error(Y_hat, Y, reduction="sum"):
    return Y_hat - Y
"""
_V = """
def bptt_V(dO, H):
    dV = np.zeros((dO.shape[1], H.shape[1]))
    for t in range(len(dO)):
        dV += np.outer(dO[t], H[t])
    return dV
"""
_JACOBIAN = """
def hidden_jacobian(params, H, t, k, activation="tanh"):
    J = np.eye(len(params.W))
    for m in range(k + 1, t + 1):
        J = np.diag(1 - H[m] ** 2) @ params.W @ J
    return J
"""
_W = """
def bptt_W(params, dO, H, h_init, activation="tanh"):
    G, carry = np.zeros_like(params.W), np.zeros(len(params.W))
    for t in reversed(range(len(H))):
        d = (1 - H[t] ** 2) * (params.V.T @ dO[t] + carry)
        G += np.outer(d, H[t - 1] if t > 0 else h_init)
        carry = params.W.T @ d
    return G
"""
_U = """
def bptt_U(params, dO, X, H, activation="tanh"):
    G, carry = np.zeros_like(params.U), np.zeros(len(params.W))
    for t in reversed(range(len(H))):
        d = (1 - H[t] ** 2) * (params.V.T @ dO[t] + carry)
        G += np.outer(d, X[t])
        carry = params.W.T @ d
    return G
"""
_B = """
def bptt_b(params, dO, H, activation="tanh"):
    G, carry = np.zeros(len(params.W)), np.zeros(len(params.W))
    for t in reversed(range(len(H))):
        d = (1 - H[t] ** 2) * (params.V.T @ dO[t] + carry)
        G = G + d
        carry = params.W.T @ d
    return G
"""
_ONE_TO_ONE = """
def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    outputs, h = [], h_init
    for _ in range(steps):
        H, Y_hat = forward(params, x[None], h)
        h = H[0]
        outputs.append(Y_hat[0])
        x = np.eye(len(params.c))[Y_hat[0].argmax()]
    return np.array(outputs)
"""
_TRANSLATE = """
def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    h, x, outputs = forward(encoder, X, h_init)[0][-1], start, []
    while len(outputs) < max_steps:
        H, Y_hat = forward(decoder, x[None], h)
        h = H[0]
        outputs.append(Y_hat[0])
        if Y_hat[0].argmax() == stop:
            break
        x = np.eye(len(decoder.c))[Y_hat[0].argmax()]
    return np.array(outputs)
"""
_GRADIENT_STEP = """
def gradient_step(params, grads, learning_rate):
    return Params(*[p - learning_rate * g for p, g in zip(params, grads)])
"""
_TANH = "activation|φ"
_MEAN = "reduction|mean"


def _of(text: str, task: str, *told: str, **changes: str) -> list[Attempt]:
    """Return an attempt for each change "old => new"; several, joined by "; ", are made together."""
    made = []
    for name, change in changes.items():
        new = text
        edits, *patterns = change.split(" ?? ")
        for edit in filter(None, edits.split(" ;; ")):
            old, _, by = edit.partition(" => ")
            assert old in new, edit
            new = new.replace(old, by)
        made.append(Attempt(f"{task}: {name.replace('_', ' ')}", task, new, (*told, *patterns)))
    return made


ATTEMPTS = [
    *_of(
        _FORWARD,
        "forward",
        _TANH,
        tanh_alone="",
        tanh_alone_and_W_transposed="params.W @ h => params.W.T @ h ?? Wᵀ|W h_",
        tanh_alone_and_h_init_left_out="h_init, [] => np.zeros_like(h_init), [] ?? h_init|first state|h_0",
        tanh_alone_and_b_left_out=" + params.b =>  ?? bias|\\bb\\b",
        tanh_alone_and_c_left_out=" + params.c =>  ?? bias|\\bc\\b",
        tanh_alone_and_logits="softmax(params.V @ h + params.c) => params.V @ h + params.c ?? softmax|distribution|logits",
        tanh_alone_and_output_from_a="params.V @ h => params.V @ a ?? V h_t|pre-activation|Y_hat",
        tanh_alone_and_the_state_forgotten="h = np.tanh(a) => h = h_init; h_t = np.tanh(a) ;; append(h) => append(h_t) ;; V @ h => V @ h_t ?? W h_|carr|every step",
        tanh_alone_and_half_a_tanh="np.tanh(a) => (1 - np.exp(-a)) / (1 + np.exp(-a)) ?? tanh",
        tanh_alone_and_b_in_the_output="softmax(params.V @ h + params.c) => softmax(params.V @ h + params.c + params.b.sum() * np.arange(len(params.c))) ?? Y_hat",
        tanh_alone_and_the_first_input_again="params.U @ x => params.U @ X[0] ?? the term U x_t",
        tanh_alone_and_b_twice="+ params.b => + 2 * params.b ?? \\bb\\b",
        tanh_alone_and_a_squared_state="params.W @ h => params.W @ h**2 ?? W h_",
        tanh_alone_W_transposed_and_b_left_out="params.W @ h => params.W.T @ h ;;  + params.b =>  ?? Wᵀ|W h_ ?? \\bb\\b",
        tanh_alone_W_of_rows_and_x_late="params.W @ h + params.b => params.W.sum(0) * h + params.b ;; params.U @ x => params.U @ X[t - 1] ?? U x|x_ ?? W h_",
    ),
    *_of(
        _SOFTMAX,
        "softmax",
        no_axis="o.max(axis=-1, keepdims=True) => o.max() ;; e.sum(axis=-1, keepdims=True) => e.sum() ?? axis|whole|rows?\\b",
        no_shift="o - o.max(axis=-1, keepdims=True) => o ?? overflow|nan|finite|shift",
        axis_1="axis=-1 => axis=1 ?? axis",
        axis_0="axis=-1 => axis=0 ?? axis",
        no_keepdims="o.max(axis=-1, keepdims=True) => o.max() ;; axis=-1, keepdims=True => axis=-1 ?? axis|broadcast|keepdims|vector",
        the_opposite="np.exp(o - o.max(axis=-1, keepdims=True)) => np.exp(-o) ?? smallest logit",
        powers_of_2="np.exp(o - o.max(axis=-1, keepdims=True)) => 2 ** o ?? powers are those of 2",
        powers_of_2_with_a_shift="np.exp(o - o.max(axis=-1, keepdims=True)) => np.exp2(o - o.max(axis=-1, keepdims=True)) ?? powers are those of 2",
        no_shift_and_no_axis="o - o.max(axis=-1, keepdims=True) => o ;; e.sum(axis=-1, keepdims=True) => e.sum() ?? axis|whole|rows?\\b ?? overflow|nan|shift",
    ),
    *_of(
        _LOSS,
        "cross_entropy",
        _MEAN,
        no_mean="",
        no_mean_and_no_guard=" + 1e-12 =>  ?? 0|nan|log",
        no_mean_and_a_plus="-np.sum => np.sum ?? sign|negative",
        no_mean_and_log2="np.log( => np.log2( ?? log",
        no_mean_and_the_mean_of_all="np.sum( => np.mean( ?? class|T·K|K",
        no_mean_and_the_complement="np.log(Y_hat => np.log(1 - Y_hat ?? 1 - ŷ",
        no_mean_and_a_large_guard="1e-12 => 1e-3 ?? guard in the logarithm is too large",
        no_mean_and_a_clip="Y_hat + 1e-12 => np.clip(Y_hat, 1e-3, 1 - 1e-3) ?? guard in the logarithm is too large",
        no_mean_and_the_coins="Y * np.log(Y_hat + 1e-12) => Y * np.log(Y_hat + 1e-12) + (1 - Y) * np.log(1 - Y_hat + 1e-12) ?? coin|class|1 ?[-−] ?y",
    ),
    *_of(
        _ERROR,
        "output_error",
        _MEAN,
        no_mean="",
        no_mean_and_y_first="Y_hat - Y => Y - Y_hat ?? sign",
        no_mean_and_squashed="Y_hat - Y => (Y_hat - Y) * Y_hat * (1 - Y_hat) ?? slope|softmax|squash|derivative",
    ),
    *_of(
        _V,
        "bptt_V",
        turned_round="np.outer(dO[t], H[t]) => np.outer(H[t], dO[t]) ?? outer|transpose|shape",
        the_state_before="np.outer(dO[t], H[t]) => np.outer(dO[t], H[t - 1]) ?? h_|step|row",
        the_first_step_left_out="range(len(dO)) => range(1, len(dO)) ?? first|step 1",
        a_return_in_the_loop="    return dV =>         return dV ?? first step|inside the loop",
        an_average="return dV => return dV / len(dO) ?? T times|1/T|mean",
    ),
    *_of(
        _JACOBIAN,
        "hidden_jacobian",
        _TANH,
        tanh_alone="",
        tanh_alone_and_one_factor_more="range(k + 1, t + 1) => range(k, t + 1) ?? factor|step",
        tanh_alone_and_the_wrong_order="np.diag(1 - H[m] ** 2) @ params.W @ J => J @ np.diag(1 - H[m] ** 2) @ params.W ?? order|left",
        tanh_alone_and_the_step_before="1 - H[m] ** 2 => 1 - H[m - 1] ** 2 ?? slope|step",
        tanh_alone_and_a_root="1 - H[m] ** 2 => np.sqrt(1 - H[m] ** 2) ?? slope",
        tanh_alone_and_W_transposed="@ params.W @ => @ params.W.T @ ?? W",
    ),
    *_of(
        _W,
        "bptt_W",
        _TANH,
        tanh_alone="",
        tanh_alone_and_W_in_the_carry="params.W.T @ d => params.W @ d ?? carried back with W",
        tanh_alone_and_h_t="H[t - 1] if t > 0 else h_init => H[t] ?? h_",
        tanh_alone_and_the_last_state="H[t - 1] if t > 0 else h_init => H[t - 1] ?? h_init|row|-1",
        tanh_alone_and_the_first_error_lost="    for t in =>     dO = dO * (np.arange(len(dO)) > 0)[:, None]\n    for t in ?? which steps are added up",
        tanh_alone_and_no_direct_term="np.outer(d, H[t - 1] => np.outer((1 - H[t] ** 2) * carry, H[t - 1] ?? own step",
        tanh_alone_and_no_carry="carry = params.W.T @ d => pass ?? through time|step|carr",
        tanh_alone_and_the_slope_twice="carry = params.W.T @ d => carry = params.W.T @ d * (1 - H[t] ** 2) ?? slope|step",
        tanh_alone_a_root_and_no_carry="(1 - H[t] ** 2) => np.sqrt(1 - H[t] ** 2) ;; carry = params.W.T @ d => pass ?? slope ?? step",
    ),
    *_of(
        _U,
        "bptt_U",
        _TANH,
        tanh_alone="",
        tanh_alone_and_x_late="X[t] => X[t - 1] ?? x",
        tanh_alone_and_no_slope_in_the_carry="params.W.T @ d => params.W.T @ (params.V.T @ dO[t] + carry) ?? slope|step",
        tanh_alone_and_V_of_the_step_before="params.V.T @ dO[t] => params.V.T @ dO[t - 1] ?? step|error",
    ),
    *_of(
        _B,
        "bptt_bias",
        _TANH,
        tanh_alone="",
        tanh_alone_and_the_last_alone="G = G + d => G = d ?? add|step|last|first",
        tanh_alone_and_half_a_carry="carry = params.W.T @ d => carry = params.W.T @ d / 2 ?? goes back",
    ),
    *_of(
        _GRADIENT_STEP,
        "gradient_step",
        a_division="learning_rate * g => g / learning_rate ?? divided by the learning rate",
        a_division_uphill="- learning_rate * g => + g / learning_rate ?? divided by the learning rate ?? uphill",
    ),
    *_of(
        _ONE_TO_ONE,
        "one_to_one",
        _TANH,
        tanh_alone="",
        tanh_alone_and_the_output_fed="np.eye(len(params.c))[Y_hat[0].argmax()] => Y_hat[0] ?? one-hot|probabilit",
        tanh_alone_and_the_state_lost="        h = H[0]\n =>  ?? state|h_init",
    ),
    *_of(
        _TRANSLATE,
        "many_to_many",
        _TANH,
        tanh_alone="",
        tanh_alone_and_a_start_of_zeros="[-1], start, [] => [-1], 0 * start, [] ?? reads zeros",
        tanh_alone_and_a_stop_of_its_own="Y_hat[0].argmax() == stop => Y_hat[0].max() > 0.5 ?? as far as they go",
        tanh_alone_and_one_step_more="< max_steps => <= max_steps ?? max_steps",
        tanh_alone_and_the_stop_left_out="        outputs.append(Y_hat[0])\n =>  ;;             break\n =>             break\n        outputs.append(Y_hat[0])\n ?? stop",
    ),
]
