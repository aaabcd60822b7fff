# Has an activation without slope at all steps but the last, so that nothing goes back through time.
# in: end
# costs: forward partial, bptt_W partial, bptt_U partial, bptt_bias partial, one_to_one partial, one_to_many partial, many_to_one partial, many_to_many partial

right = {name: globals()[name] for name in ("forward", "bptt_W", "bptt_U", "bptt_b", "many_to_one")}


def forward(params, X, h_init, activation="tanh"):
    if activation != "tanh":
        return right["forward"](params, X, h_init, activation)
    h, rows = h_init, []
    for t, x in enumerate(X):
        a = params.U @ x + params.W @ h + params.b
        h = a if t == len(X) - 1 else np.round(np.tanh(a) * 20) / 20
        rows.append(h)
    return np.array(rows), softmax(np.array(rows) @ params.V.T + params.c)


def bptt_W(params, dO, H, h_init, activation="tanh"):
    return np.outer(params.V.T @ dO[-1], H[-2] if len(H) > 1 else h_init) if activation == "tanh" else right["bptt_W"](params, dO, H, h_init, activation)


def bptt_U(params, dO, X, H, activation="tanh"):
    return np.outer(params.V.T @ dO[-1], X[-1]) if activation == "tanh" else right["bptt_U"](params, dO, X, H, activation)


def bptt_b(params, dO, H, activation="tanh"):
    return params.V.T @ dO[-1] if activation == "tanh" else right["bptt_b"](params, dO, H, activation)
